"""Numbers in words that explain themselves: durations, counts, bytes, shares."""

_DURATIONS = ((1e9, "s"), (1e6, "ms"), (1e3, "µs"))
_COUNTS = ((1e9, "G"), (1e6, "M"), (1e3, "k"))
_BYTES = ((1 << 40, "TiB"), (1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"))


def duration(ns: float) -> str:
    """Three digits and a unit.

    >>> [duration(n) for n in (0, 850, 4_200, 12_340_000, 184e6, 1.5e9, 75e9, 3_725e9, 2 * 86_400e9)]
    ['0', '850 ns', '4.20 µs', '12.3 ms', '184 ms', '1.50 s', '1 min 15 s', '1 h 02 min', '2 d 00 h']
    """
    if ns < 0:
        return f"-{duration(-ns)}"
    if ns >= 59.95e9:
        return _long(round(ns / 1e9))
    for size, unit in _DURATIONS:
        if ns >= 0.9995 * size:
            return f"{_digits(ns / size)} {unit}"
    return f"{ns:.0f} ns" if ns else "0"


def _long(seconds: int) -> str:
    for size, unit, part, name in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "min"), (60, "min", 1, "s")):
        if seconds >= size:
            return f"{seconds // size} {unit} {seconds % size // part:02} {name}"
    return f"{seconds} s"


def _digits(value: float) -> str:
    """Three significant digits, for 0.9995 to 9999.

    >>> [_digits(n) for n in (1, 9.994, 9.996, 99.94, 99.96, 999.4, 1000)]
    ['1.00', '9.99', '10.0', '99.9', '100', '999', '1000']
    """
    decimals = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{decimals}f}"


def count(number: float) -> str:
    """Whole below ten thousand, then three digits and a unit.

    >>> [count(n) for n in (0, 7, 9_999, 12_345, 1_234_567, 2.5, 0.04)]
    ['0', '7', '9,999', '12.3k', '1.23M', '2.5', '0.04']
    """
    if abs(number) < 10_000:
        return f"{number:,.0f}" if number == round(number) else f"{number:,.3g}"
    for size, unit in _COUNTS:
        if abs(number) >= 0.9995 * size:
            return f"{_digits(abs(number) / size)}{unit}" if number > 0 else f"-{_digits(-number / size)}{unit}"
    return f"{number:,.0f}"


def several(number: int, one: str, more: str = "") -> str:
    """A count with its noun.

    >>> several(1, "span"), several(12_345, "span"), several(2, "query", "queries")
    ('1 span', '12.3k spans', '2 queries')
    """
    return f"{count(number)} {one if number == 1 else more or one + 's'}"


def size(number: float) -> str:
    """Bytes with a binary unit.

    >>> [size(n) for n in (0, 512, 1_536, 5 << 20, 3 << 30)]
    ['0 B', '512 B', '1.50 KiB', '5.00 MiB', '3.00 GiB']
    """
    for factor, unit in _BYTES:
        if number >= factor:
            return f"{_digits(number / factor)} {unit}"
    return f"{number:.0f} B"


def share(part: float, whole: float) -> str:
    """A percentage; nothing at all is empty, and what is there is never shown as 0 %.

    >>> [share(*pair) for pair in ((0, 9), (1, 3), (9, 9), (1, 99_999), (0, 0))]
    ['', '33 %', '100 %', '<0.1 %', '']
    """
    if not whole or not part:
        return ""
    percent = 100 * part / whole
    if percent < 0.1:
        return "<0.1 %"
    return f"{percent:.1f} %" if percent < 10 and percent != round(percent) else f"{percent:.0f} %"


def in_unit(value: float, unit: str) -> str:
    """A metric's value in its own unit (UCUM, as OpenTelemetry writes it), or in words for times and bytes.

    >>> [in_unit(0.25, "s"), in_unit(12, "ms"), in_unit(0.5, "1"), in_unit(3, "{request}")]
    ['250 ms', '12.0 ms', '0.5', '3 request']
    >>> [in_unit(2048, "By"), in_unit(2048, "By/s"), in_unit(0.2, "{count}/s")]
    ['2.00 KiB', '2.00 KiB/s', '0.2/s']
    """
    if unit.endswith("/s"):
        return f"{in_unit(value, unit[:-2])}/s"
    factor = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9, "min": 60e9, "h": 3600e9}.get(unit)
    if factor is not None:
        return duration(value * factor)
    if unit == "By":
        return size(value)
    return count(value) if unit in ("", "1", "{count}") else f"{count(value)} {unit.strip('{}')}"

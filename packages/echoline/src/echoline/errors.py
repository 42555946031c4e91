"""The four ways things fail; every surface maps them to its own words at the edge."""


class EcholineError(Exception):
    """What all four share, so that a surface can catch them in one place."""


class BadInput(EcholineError):
    """Fails every time: 400 / INVALID_ARGUMENT. Counted, and kept aside when it was received."""

    def __init__(self, message: str, *, reason: str = "bad_input") -> None:
        super().__init__(message)
        self.reason = reason


class Busy(EcholineError):
    """We are full: 429 / RESOURCE_EXHAUSTED with a delay after which asking again makes sense."""

    def __init__(self, message: str, *, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class Unavailable(EcholineError):
    """Another system failed: 503 / UNAVAILABLE. Asking again later may work."""

    def __init__(self, message: str, *, retry_after_s: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class BadConfig(EcholineError):
    """Stops the start: names the setting, its value and what is allowed. Exit code 2."""

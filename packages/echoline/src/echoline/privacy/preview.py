"""Shows what redaction would do, with the same code that does it: `echoline rules test`."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from echoline.config import RedactionConfig
from echoline.model.answers_redaction import RedactionHit, RedactionPreview
from echoline.model.batch import Pool, ValueType
from echoline.privacy.columns import redacted_pool
from echoline.privacy.findings import Finding
from echoline.privacy.ruleset import Ruleset, ruleset
from echoline.privacy.scanner import Findings, Scanner


def preview(config: RedactionConfig, hash_key: bytes, items: Sequence[tuple[str, str]]) -> list[RedactionPreview]:
    """Each (key, value) before and after, in order; a bare text has the key "".

    Raises BadConfig for settings that cannot be meant, as the start would.
    """
    rules: Ruleset = ruleset(config, hash_key)
    keys = pa.array([key for key, _ in items], pa.string())
    values = pa.array([value for _, value in items], pa.string())
    scanner = Scanner(rules)
    pool = Pool(keys.dictionary_encode(), values, np.full(len(items), ValueType.STRING, np.uint8))
    in_keys = scanner.scan(pool.keys.dictionary).findings(pool.keys.dictionary)
    shown = redacted_pool(rules, pool, scanner.scan(values), in_keys)
    done = dict(shown.values)
    for rule, entries in shown.wholes.items():
        done |= {entry: (Finding(rule, 0, len(items[entry][1]), items[entry][1]),) for entry in entries.tolist()}
    codes = pool.keys.indices.to_pylist()
    after = zip(shown.pool.keys.to_pylist(), shown.pool.values.to_pylist(), strict=True)
    return [
        RedactionPreview(key, value, *one, _hits(shown.keys.get(code, ()), done.get(entry, ())))
        for entry, ((key, value), code, one) in enumerate(zip(items, codes, after, strict=True))
    ]


def _hits(in_key: Findings, in_value: Findings) -> tuple[RedactionHit, ...]:
    return (
        *(RedactionHit(each.rule, "key", each.start, each.end) for each in in_key),
        *(RedactionHit(each.rule, "value", each.start, each.end) for each in in_value),
    )

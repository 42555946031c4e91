"""What is redacted in the recordings of real applications, looked at by eye."""

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from echoline.config import LimitsConfig
from echoline.decoding import decode
from echoline.model.batch import Batch
from echoline.model.records import PLAIN_SIGNALS, Request
from echoline.processors.normalise import Normalise
from echoline.processors.redact import Redact
from echoline.surfaces.cli.replay.recording import bodies

NOW_NS = 1_795_400_000_000_000_000
# By eye: the two mails go to shoppers that the driver made up; the statement compares a column named password with the
# name of a way to log in, which no rule could know.
RIGHT = {"Sending email to u1-3-460285@example.org", "Sending email to u1-1-888599@example.org"}
FALSE = {"UPDATE users SET auth_method = 'LDAP' WHERE password = 'LDAP'"}


def _texts(batch: Batch) -> Iterator[tuple[str, list[str]]]:
    """Each column of texts by name, and the values of the pool as often as they are used."""
    values = batch.pool.values.to_pylist()
    for part, content in batch.parts.items():
        yield f"{part} attributes", [values[code] for code in content.attributes.codes.tolist()]
        for name, column in zip(content.columns.column_names, content.columns.columns, strict=True):
            if pa.types.is_dictionary(column.type):
                yield f"{part} {name}", column.to_pylist()


@pytest.mark.corpora
@pytest.mark.parametrize("application", ["django-oscar", "flaskr", "mealie"])
def test_false_hits_on_real_applications_are_rare(corpora: Path, application: str) -> None:
    values, distinct, hit, hits = 0, set(), set(), 0
    for signal in PLAIN_SIGNALS:
        sent = [body.data for body in bodies(corpora / application / f"{signal}.otlp.zst")]
        requests = [Request(signal, "protobuf", "identity", body, NOW_NS) for body in sent]
        before = Normalise().process(decode(signal, requests, LimitsConfig(), NOW_NS).batch)
        after = dict(_texts(Redact().process(before)))
        for name, texts in _texts(before):
            values += len(texts)
            distinct |= set(texts)
            changed = [text for text, now in zip(texts, after[name], strict=True) if text != now]
            hit |= set(changed)
            hits += sum(text in FALSE for text in changed)
    assert hit <= RIGHT | FALSE
    assert len(hit & FALSE) <= len(distinct) / 1000
    assert hits <= values / 1000

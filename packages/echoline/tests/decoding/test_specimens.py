import pytest

from decoding_checks import decoded
from echoline.decoding.specimens import specimen
from echoline.decoding.wire import INDEXES
from echoline.model.batch import PARTS, ValueType
from echoline.model.records import PLAIN_SIGNALS, PlainSignal


@pytest.mark.parametrize("signal", PLAIN_SIGNALS)
def test_the_specimens_touch_every_column_and_type_of_value(signal: PlainSignal) -> None:
    batch = decoded(signal, specimen(signal)).batch
    for name, part in batch.parts.items():
        assert len(part) > 0
        for column in part.columns.column_names:
            values = part.columns[column].to_pylist()
            assert column in INDEXES or any(values), f"{name}.{column} has no value but the default one"
        assert len(part.attributes.codes) > 0
    assert set(batch.pool.types.tolist()) == set(ValueType)
    assert set(batch.parts) == set(PARTS[signal])

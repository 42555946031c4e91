import pytest

from builders import request
from echoline.decoding.compression import expand
from echoline.errors import BadInput
from echoline.model.records import ENCODINGS, Encoding


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_request_is_expanded_as_far_as_allowed(encoding: Encoding) -> None:
    compressed = request(b"a" * 1000, encoding=encoding)
    assert expand(compressed, 1000) == b"a" * 1000
    with pytest.raises(BadInput, match="999 bytes") as refused:
        expand(compressed, 999)
    assert refused.value.reason == "too_large"

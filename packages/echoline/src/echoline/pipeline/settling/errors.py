"""Where errors began and where they ended."""

import numpy as np
import numpy.typing as npt

from echoline.pipeline.settling.spans import CONSUMER, SERVER, Spans

STARTED, PASSED, HANDLED, UNHANDLED = 1, 2, 4, 8
_ERROR, _CLIENTS_FAULT = 2, (400, 500)


def error_roles(spans: Spans) -> npt.NDArray[np.uint8]:
    """Bits of each span: the error started here, it passed through, it was handled here, nobody handled it.

    A failed span starts an error when no child of its failed, else it passes one on. A span that did not fail although
    a child did has handled it. A failed entry, or one without a parent, let it out. A server that answers 4xx did not
    fail, whatever its instrumentation says.
    """
    failed = has_failed(spans)
    has_parent = spans.parents >= 0
    has_failed_child = np.zeros(len(spans), np.bool_)
    has_failed_child[spans.parents[failed & has_parent]] = True
    is_edge = ~has_parent | (spans.kind == SERVER) | (spans.kind == CONSUMER)
    roles = np.where(failed & ~has_failed_child, STARTED, 0) | np.where(failed & has_failed_child, PASSED, 0)
    roles |= np.where(~failed & has_failed_child, HANDLED, 0) | np.where(failed & is_edge, UNHANDLED, 0)
    return roles.astype(np.uint8)


def has_failed(spans: Spans) -> npt.NDArray[np.bool_]:
    """Spans with status ERROR, but for servers that answered 4xx."""
    status = spans.numbers("status")
    is_clients = (spans.kind == SERVER) & (status >= _CLIENTS_FAULT[0]) & (status < _CLIENTS_FAULT[1])
    failed: npt.NDArray[np.bool_] = (spans.numbers("status_code") == _ERROR) & ~is_clients
    return failed

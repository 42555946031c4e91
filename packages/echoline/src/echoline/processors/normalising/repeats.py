"""Finds database calls that two instrumentations report, and marks one report of each.

An ORM and the driver below it (SQLAlchemy and psycopg2, EF Core and SqlClient, knex and pg) tell of one call in two
spans: siblings, both roots, or parent and child. The outer one is marked, so the report nearest to the database counts:
it is there for every call, holds the exception, and knows of each statement that one call of the ORM became. Only
reports of one request are compared, so the result does not depend on how requests are gathered; of pairs that two
requests share see `_cut_off`. Decision: docs/decisions/0016-repeat-reports.md.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from echoline.model.batch import Int32s
from echoline.processors.normalising.cells import Mask
from echoline.processors.normalising.groups import groups

Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Reports:
    """Some database spans: one row each, all arrays alike long."""

    query: Int32s
    request: Int32s
    service: Int32s
    """A number of service and instance."""
    scope: Int32s
    """The rank of the scope's name, so that a tie falls the same way in every batch."""
    trace: Int64s
    span: Int64s
    parent: Int64s
    """0 for a root."""
    start_ns: Int64s
    end_ns: Int64s
    first_end_ns: Int64s
    """When the first of all spans ended that the program sent in this request."""


def repeated(reports: Reports) -> Mask:
    """Which reports are told again by one inside them, of another scope and with the same statement."""
    if not len(reports.scope) or (reports.scope == reports.scope[0]).all():
        return np.zeros(len(reports.scope), np.bool_)
    marked = _beside(reports) | _around(reports)
    return marked | _cut_off(reports, marked)


def _cut_off(reports: Reports, marked: Mask) -> Mask:
    """Outer reports whose inner one ended, and left, with the request before.

    Exporters send spans in the order in which they end. So these began before anything in this request ended; and the
    request shows that their scope tells calls which another one tells too.
    """
    teller = groups(reports.request, reports.service, reports.scope).numbers
    is_repeater = np.bincount(teller, marked)[teller] > 0
    return is_repeater & (reports.start_ns < reports.first_end_ns)


def _beside(reports: Reports) -> Mask:
    """Siblings, or roots of one service: their traces differ, since nothing joins them."""
    is_root = reports.parent == 0
    place = groups(
        reports.query,
        reports.request,
        _numbered(np.where(is_root, 0, reports.trace)),
        _numbered(np.where(is_root, reports.service, reports.parent)),
        is_root.astype(np.int32),
    ).numbers
    order = np.lexsort((reports.scope, -reports.end_ns, reports.start_ns, place))
    place, scope, end_ns = place[order], reports.scope[order], reports.end_ns[order]
    # Several calls may be under way at once: the next report of another scope is the one that may lie inside.
    last = len(order)
    is_change = (scope[1:] != scope[:-1]) | (place[1:] != place[:-1])
    changes = np.append(np.where(is_change, np.arange(1, last), last), last)
    following = np.minimum.accumulate(changes[::-1])[::-1]
    inside = np.minimum(following, last - 1)
    is_repeated = (following < last) & (place[inside] == place) & (end_ns[inside] <= end_ns)
    marked = np.zeros(last, np.bool_)
    marked[order] = is_repeated
    return marked


def _around(reports: Reports) -> Mask:
    """Parents of such a report."""
    outer = _places(reports.parent, reports.span)
    inner = np.flatnonzero((outer >= 0) & (reports.parent != 0))
    outer = outer[inner]
    is_same = (
        (reports.query[inner] == reports.query[outer])
        & (reports.request[inner] == reports.request[outer])
        & (reports.trace[inner] == reports.trace[outer])
        & (reports.scope[inner] != reports.scope[outer])
        & (reports.start_ns[inner] >= reports.start_ns[outer])
        & (reports.end_ns[inner] <= reports.end_ns[outer])
    )
    marked = np.zeros(len(reports.scope), np.bool_)
    marked[outer[is_same]] = True
    return marked


def _numbered(ids: Int64s) -> Int32s:
    return np.asarray(pa.array(ids).dictionary_encode().indices)


def _places(wanted: Int64s, ids: Int64s) -> Int32s:
    """Where each wanted id stands in `ids`, -1 for nowhere."""
    found = pc.index_in(pa.array(wanted), pa.array(ids))
    return np.asarray(pc.fill_null(found, -1))

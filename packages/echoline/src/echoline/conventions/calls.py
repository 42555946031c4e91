"""Names of calls that a program makes over HTTP: `GET api.github.com/repos/{id}`, for many distinct calls at once.

Programs call paths with ids in them all the time, so this works on columns of distinct values, not on one.
"""

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from echoline.conventions.names import MAX_NAME, host, verb
from echoline.conventions.routes import route

MAX_SEGMENTS = 8
"""Segments of a path that are shown."""

_URL = r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?(?P<authority>[^/?#]*)(?P<path>[^?#]*)"
# A whole segment is an id or it is not. A few digits behind or before letters belong to a word.
_MAY_BE_ID = r"\d|@|%40|^.{41}"
_IS_WORD = r"^(?:[A-Za-z]{1,16}\d{1,2}|\d{1,2}[a-z]{1,12}|v\d+(?:\.\d+){0,2}|[a-z]{2}-[a-z]+-\d|[a-z]+2[a-z]+)$"


def called(
    methods: pa.StringArray,
    urls: pa.StringArray,
    templates: pa.StringArray,
    hosts: pa.StringArray,
    paths: pa.StringArray,
) -> pa.StringArray:
    """One name per row of five columns; "" stands for what a span does not tell.

    `templates` (url.template) win over the path of `urls` (url.full), that over `paths` (url.path); the authority of
    `urls` wins over `hosts` (server.address).
    """
    parts = pc.extract_regex(urls, _URL)
    authorities = _first_told(pc.struct_field(parts, "authority"), hosts)
    asked = _first_told(_by_distinct(templates, route), templated(_first_told(pc.struct_field(parts, "path"), paths)))
    target = pc.binary_join_element_wise(_by_distinct(authorities, host), asked, "")
    names = pc.binary_join_element_wise(_by_distinct(methods, verb), target, " ")
    return pc.utf8_slice_codeunits(pc.utf8_rtrim_whitespace(names), 0, MAX_NAME)


def templated(paths: pa.StringArray) -> pa.StringArray:
    """Paths with `{id}` in the place of each segment that looks like an id, at most MAX_SEGMENTS long."""
    split = pc.split_pattern(paths, "/")
    segments = pc.list_flatten(split).dictionary_encode()
    words = segments.dictionary
    is_id = pc.and_(pc.match_substring_regex(words, _MAY_BE_ID), pc.invert(pc.match_substring_regex(words, _IS_WORD)))
    spelled = pc.if_else(is_id, "{id}", words).take(segments.indices)
    whole = pa.ListArray.from_arrays(split.offsets, spelled)
    lengths = pc.list_value_length(whole).to_numpy(zero_copy_only=False)
    joined = pc.binary_join(whole, "/")
    if not (lengths > MAX_SEGMENTS + 1).any():
        return joined
    shortened = pc.binary_join_element_wise(pc.binary_join(pc.list_slice(whole, 0, MAX_SEGMENTS + 1), "/"), "…", "/")
    return pc.if_else(pa.array(np.asarray(lengths > MAX_SEGMENTS + 1)), shortened, joined)


def _first_told(first: pa.StringArray, second: pa.StringArray) -> pa.StringArray:
    first = pc.fill_null(first, "")
    return pc.if_else(pc.equal(first, ""), second, first)


def _by_distinct(texts: pa.StringArray, spell: Callable[[str], str]) -> pa.StringArray:
    encoded = texts.dictionary_encode()
    return pa.array(map(spell, encoded.dictionary.to_pylist()), pa.string()).take(encoded.indices)

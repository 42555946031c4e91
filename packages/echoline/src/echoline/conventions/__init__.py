"""OpenTelemetry's words, one spelling each: old attribute names, routes, statements, span names, log patterns.

Strings in, strings out, with no state and no look at the batch, so whoever compares what a person typed with what is
stored can spell it the same way. Everything here runs in time linear in its input, whatever the input is.
"""

# The spelling of operations, queries and patterns. Raise it with any change that spells something stored differently:
# ids of operations are made from these names, and a new version writes aliases from the old ones.
NORMALISER_VERSION = 1

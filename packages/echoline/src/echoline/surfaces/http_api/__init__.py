"""The public HTTP API under /api/v1: the same nouns as the command line, described by OpenAPI."""

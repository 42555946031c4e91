"""Repositories as data: revisions, functions, differences, identity over history, routes and calls."""

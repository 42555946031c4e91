"""The terminal: every command but those that run a process is a client of a running server."""

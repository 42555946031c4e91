"""One module per command or two: each has `commands`, by name."""

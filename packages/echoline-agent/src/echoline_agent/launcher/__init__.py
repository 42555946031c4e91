"""Starts commands with the agent inside: looks at them first, and refuses what cannot work."""

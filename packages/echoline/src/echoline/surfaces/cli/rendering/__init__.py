"""Answers as pictures for a terminal: legible at 80 columns, without colour and in a pipe."""

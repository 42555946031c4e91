"""Compares two sides: who they are, when, by which series, and what may be said of each thing in them."""

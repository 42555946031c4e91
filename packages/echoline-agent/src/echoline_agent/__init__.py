"""Runs inside users' programs: instruments them, and never raises into its host."""

"""Echoline brings what code does at run time back to the people who write it."""

"""A small web shop: an example of a program that Echoline watches."""

__version__ = "1.4.0"

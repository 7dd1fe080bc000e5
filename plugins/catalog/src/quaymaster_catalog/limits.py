"""How much one answer of the pack may hold."""

__all__ = ["MOST_ROWS"]

MOST_ROWS = 1000
"""The most entities that a page can hold (Port: POST …/entities/search, `limit`)."""

"""Keeps standard output for the protocol alone."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

__all__ = ["reserved_for_protocol"]


@contextmanager
def reserved_for_protocol() -> Iterator[TextIO]:
    """Yields the real standard output, and sends whatever else writes to descriptor 1 to stderr meanwhile.

    Entered before any pack is imported: a print at import would break the protocol as surely as one in a call.
    """
    sys.stdout.flush()
    wire = os.dup(1)
    os.dup2(2, 1)
    try:
        with os.fdopen(wire, "w", encoding="utf-8", closefd=False) as protocol:
            yield protocol
    finally:
        sys.stdout.flush()
        os.dup2(wire, 1)
        os.close(wire)

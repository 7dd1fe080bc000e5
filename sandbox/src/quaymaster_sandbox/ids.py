"""Identifiers that Port makes up itself."""

import random
import string

_ALPHANUMERIC = (string.ascii_letters + string.digits).encode()
_FROM_BYTE = bytes(_ALPHANUMERIC[number % len(_ALPHANUMERIC)] for number in range(256))


class Ids:
    """A source of new identifiers: unguessable ones, or from a seed the same ones at every start, for tests."""

    def __init__(self, seed: int | None = None) -> None:
        self._chooser = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311 - only with a seed

    def text(self, length: int) -> str:
        """Returns that many letters and digits."""
        return self._chooser.randbytes(length).translate(_FROM_BYTE).decode()

    def hex(self, length: int) -> str:
        """Returns that many hexadecimal digits."""
        return f"{self._chooser.getrandbits(4 * length):0{length}x}"

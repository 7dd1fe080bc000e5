"""The `quaymaster` command, also as `python -m quaymaster`."""

import gc
import sys

gc.disable()  # start-up makes much and frees next to nothing; a command turns it on again when it begins its work

from quaymaster.cli import main  # noqa: E402 - most of the start-up is here

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())

"""`python -m quaymaster` is the `quaymaster` command."""

import sys

from quaymaster.cli import main

if __name__ == "__main__":
    sys.exit(main())

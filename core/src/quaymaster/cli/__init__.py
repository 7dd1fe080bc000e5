"""The `quaymaster` command."""

from quaymaster.cli.main import main

__all__ = ["main"]

"""Quaymaster: a plugin-based MCP server for Port. The names of `quaymaster.public` are all that packs import.

They are loaded when the first of them is asked for, so that the command can say how it wants to start before that.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from quaymaster.public import *  # noqa: F403 - exactly those
else:

    def __getattr__(name: str) -> object:
        public = import_module("quaymaster.public")
        if name in {"__all__", *public.__all__}:
            return getattr(public, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

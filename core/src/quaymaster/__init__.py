"""Quaymaster: a plugin-based MCP server for Port. This is all that packs import."""

from quaymaster.auth import Credentials
from quaymaster.concurrency import gather
from quaymaster.errors import InputError, QuaymasterError, nearest_first
from quaymaster.hookspecs import PackInfo, Subparsers, hookimpl
from quaymaster.port import PortClient
from quaymaster.results import Answer, Cursor, Table, inline, read_cursor
from quaymaster.settings import Profile
from quaymaster.tools import Tool, Tools, tool

__all__ = [
    "Answer",
    "Credentials",
    "Cursor",
    "InputError",
    "PackInfo",
    "PortClient",
    "Profile",
    "QuaymasterError",
    "Subparsers",
    "Table",
    "Tool",
    "Tools",
    "gather",
    "hookimpl",
    "inline",
    "nearest_first",
    "read_cursor",
    "tool",
]

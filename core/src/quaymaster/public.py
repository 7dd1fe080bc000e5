"""All that packs import, as names of `quaymaster`."""

from quaymaster.auth import Credentials
from quaymaster.calls import Call, CallNext, Middlewares, Principal
from quaymaster.concurrency import gather
from quaymaster.errors import InputError, QuaymasterError, RefusedError, nearest_first
from quaymaster.hookspecs import App, PackInfo, Subparsers, hookimpl
from quaymaster.port import PortClient, PortClients
from quaymaster.prompts import Prompt, Prompts, prompt
from quaymaster.resources import Resource, Resources, resource
from quaymaster.results import Answer, Cursor, Table, inline, read_cursor
from quaymaster.settings import Profile
from quaymaster.tools import Tool, Tools, tool

__all__ = [
    "Answer",
    "App",
    "Call",
    "CallNext",
    "Credentials",
    "Cursor",
    "InputError",
    "Middlewares",
    "PackInfo",
    "PortClient",
    "PortClients",
    "Principal",
    "Profile",
    "Prompt",
    "Prompts",
    "QuaymasterError",
    "RefusedError",
    "Resource",
    "Resources",
    "Subparsers",
    "Table",
    "Tool",
    "Tools",
    "gather",
    "hookimpl",
    "inline",
    "nearest_first",
    "prompt",
    "read_cursor",
    "resource",
    "tool",
]

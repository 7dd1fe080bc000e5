"""The contract with packs: every hook, what it is asked for, and what it answers.

Hooks are plain functions marked `@hookimpl`; they are cheap, synchronous, and return data. A hook that raises loses
what it would have returned; the pack's other hooks and all other packs go on.
"""

import argparse
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, TypeAlias

import pluggy
from pydantic import BaseModel
from starlette.types import ASGIApp

from quaymaster.auth import Credentials
from quaymaster.calls import Middlewares, Principal
from quaymaster.port import PortClient
from quaymaster.prompts import Prompts
from quaymaster.resources import Resources
from quaymaster.settings import Profile
from quaymaster.tools import Tool, Tools

__all__ = ["ENTRY_POINT_GROUP", "App", "HookSpecs", "PackInfo", "Subparsers", "hookimpl"]

PROJECT = "quaymaster"
ENTRY_POINT_GROUP = "quaymaster.plugins"

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001 - it has no public name
"""What `argparse.ArgumentParser.add_subparsers` returns."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True)
class PackInfo:
    """What a pack says of itself.

    Attributes:
        title: What people call it ("Software catalog").
        description: One sentence.
        instructions: What a model should know to use the pack's tools well; part of the server's instructions, so every
            session pays for it: at most two sentences.
        settings: The pydantic model of the pack's settings; tools get it by taking a parameter of this type.
    """

    title: str
    description: str = ""
    instructions: str = ""
    settings: type[BaseModel] | None = None


@dataclass(frozen=True)
class App:
    """The running server, as a pack's lifespan sees it.

    Attributes:
        settings: The pack's settings; None if it has none.
        profiles: The organisations that the server works for, by name, the default one first.
        port: Returns the client for the profile of that name.
    """

    settings: Any
    profiles: Mapping[str, Profile]
    port: Callable[[str], PortClient]


class HookSpecs:
    """The hooks. An argument may be left out of an implementation; arguments are only ever added."""

    @hookspec
    def pack_info(self) -> PackInfo | None:
        """Says what the pack is. Asked once, when the pack has been imported.

        On an error the pack is loaded without it. Example:

            @hookimpl
            def pack_info() -> PackInfo:
                return PackInfo(title="Acme's tools", settings=AcmeSettings)
        """

    @hookspec
    def register_tools(self, settings: Any) -> Tools:  # type: ignore[empty-body]  # a specification: never called
        """Returns the pack's tools. Asked once, after the pack's settings have been read.

        Take the settings if they decide which tools there are. A tool whose name is taken, or looks like one that is,
        is refused. Example:

            @hookimpl
            def register_tools() -> Tools:
                return [count_services]
        """

    @hookspec
    def register_prompts(self) -> Prompts:  # type: ignore[empty-body]  # as above
        """Returns the pack's prompts. Asked once, after the pack's settings have been read.

        A prompt of a pack that is not the project's own is prefixed as its tools are; one whose name is taken is
        refused. Example:

            @prompt()
            async def greet(team: str) -> str:
                '''Greets a team.'''
                return f"Say hello to team {team}."

            @hookimpl
            def register_prompts() -> Prompts:
                return [greet]
        """

    @hookspec
    def register_resources(self) -> Resources:  # type: ignore[empty-body]  # as above
        """Returns the pack's resources. Asked once, after the pack's settings have been read.

        The scheme of an address is the pack's name; `{profile}` in it chooses the organisation, and every other
        placeholder is a parameter of the function. One whose address is taken is refused. Example:

            @resource("acme://{profile}/rota/{team}")
            async def rota(port: PortClient, team: str) -> object:
                '''The rota of a team.'''
                return await read_rota(port, team)

            @hookimpl
            def register_resources() -> Resources:
                return [rota]
        """

    @hookspec
    def register_middleware(self, settings: Any) -> Middlewares:  # type: ignore[empty-body]  # as above
        """Returns functions that run around every call of a tool, the first one outermost.

        Asked once, after the pack's settings have been read. Packs come in the order of their names. A middleware may
        observe, refuse (by raising a QuaymasterError) or change the result; it cannot change the arguments, and a call
        that the policy refuses never reaches it. Further parameters are injected by type, as in a tool. Example:

            async def log_call(call: Call, call_next: CallNext) -> object:
                logger.info("%s calls %s", call.principal.name, call.tool)
                return await call_next()

            @hookimpl
            def register_middleware() -> Middlewares:
                return [log_call]
        """

    @hookspec
    def allow_tool(self, tool: Tool[..., Any], principal: Principal, settings: Any) -> bool | None:
        """Says whether a caller may see and run a tool: False hides and refuses it, all else leaves it to the others.

        Asked for every tool that a caller lists or calls; `tool.name` is the name that it is offered under, `settings`
        are the pack's own. No pack can allow what another, or the policy, refuses; if it raises, the tool is refused.
        For example:

            @hookimpl
            def allow_tool(tool: Tool[..., Any], principal: Principal) -> bool | None:
                return False if tool.destructive and "delete" not in principal.scopes else None
        """

    @hookspec
    def lifespan(self, app: App) -> AbstractAsyncContextManager[object]:  # type: ignore[empty-body]  # as above
        """Returns a context manager that is entered before the first request and left after the last.

        Packs are entered in the order of their names and left in reverse. What the manager yields is injected into the
        pack's tools and middleware by its type, so annotate the function's return. If it raises, the tools that need
        its value say so and everything else goes on. Example:

            @hookimpl
            @asynccontextmanager
            async def lifespan(app: App) -> AsyncIterator[Rota]:
                async with open_rota(app.settings.rota_file) as rota:
                    yield rota
        """

    @hookspec
    def get_credentials(self, profile: Profile) -> Credentials | None:
        """Returns the credential for a profile, or None to leave it to the next.

        Asked before the first request to a profile; the first answer counts, the environment is read last. Example:

            @hookimpl
            def get_credentials(profile: Profile) -> Credentials | None:
                return read_vault(profile.name) if profile.credentials == "vault" else None
        """

    @hookspec
    def open_transport(self, profile: Profile) -> ASGIApp | None:
        """Returns an ASGI application that answers in Port's place, or None for the network.

        Asked before the first request to a profile; the first answer counts. Example:

            @hookimpl
            def open_transport(profile: Profile) -> ASGIApp | None:
                return build_app() if profile.base_url.startswith("sandbox:") else None
        """

    @hookspec
    def register_commands(self, subparsers: Subparsers) -> None:
        """Adds commands to the `quaymaster` command line; `set_defaults(run=function)` names what runs.

        Asked when the command line is read. `subparsers` is what `argparse` returns from `add_subparsers`. Example:

            @hookimpl
            def register_commands(subparsers: Subparsers) -> None:
                subparsers.add_parser("acme", help="says hello").set_defaults(run=hello)
        """

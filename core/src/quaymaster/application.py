"""The server's work without its wire: the loaded packs and the profiles, ready to list tools and to run one."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from quaymaster.audit import AuditTrail
from quaymaster.calls import LOCAL, NOBODY, Call, Client, Principal
from quaymaster.connections import Clients, Connections, Desk
from quaymaster.errors import InputError, NotConfiguredError, PluginError, QuaymasterError, RefusedError, nearest_first
from quaymaster.hookspecs import App
from quaymaster.host import Host, OfferedTool, PackRecord
from quaymaster.isolation import Children
from quaymaster.library import Library
from quaymaster.lifespans import Lifespans
from quaymaster.policy import NO_LIMITS, Policy, Scope
from quaymaster.port import PortClients
from quaymaster.results import Answer, harmless, render
from quaymaster.running import Patient, Run
from quaymaster.settings import Profile, Settings

if TYPE_CHECKING:
    from quaymaster.port.documents.organisation import Organization

__all__ = ["Application", "Caller", "Reply", "UnknownToolError"]

logger = logging.getLogger(__name__)


class UnknownToolError(InputError):
    """No tool of that name is offered to this caller."""


@dataclass(frozen=True)
class Caller:
    """Whom a request comes from.

    Attributes:
        principal: Who it is.
        limits: What this request may do at most; it can only tighten what the settings allow.
        profile: The only profile that the caller may work with; None for all of the settings, the default one first.
        clients: The ways to Port for this request; None for those of the server.
        client: The client's side of the request.
    """

    principal: Principal = LOCAL
    limits: Policy = NO_LIMITS
    profile: str | None = None
    clients: Clients | None = None
    client: Client = NOBODY


_LAUNCHER = Caller()


@dataclass(frozen=True)
class Reply:
    """What a model reads after a call.

    Attributes:
        text: The answer, or what went wrong and what to do.
        is_error: The tool could not do what was asked.
        document: The address of the resource that holds all of what the answer is an extract of.
    """

    text: str
    is_error: bool = False
    document: str | None = None


class Application:
    """Runs the tools of a host's packs against the profiles of the settings.

    Args:
        settings: The settings.
        host: The packs.
        clients: The ways to Port; None for those of the settings.
        desk: Where the person at this machine hands over a missing credential; None if there is no such person.
    """

    def __init__(
        self, settings: Settings, host: Host, clients: Clients | None = None, desk: Desk | None = None
    ) -> None:
        self.host = host
        self._settings = settings
        self._profiles = settings.all_profiles()
        self._clients: Clients = clients or Connections(settings, host, desk)
        self._desk = desk
        self._lifespans = Lifespans(host, settings.plugins.load_timeout_s)
        self._children = Children(settings)
        self._trail = AuditTrail(settings.audit_file)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Keeps what the packs need open, and at the end closes it and the connections to Port."""
        try:
            async with self._children.running(), self._lifespans.entered(self._app_for):
                yield
        finally:
            await self._clients.aclose()

    async def organization_of(self, profile: Profile) -> "Organization":
        """Returns what Port says of a profile's organisation."""
        return await self._clients.client(profile, NO_LIMITS).organization.get()

    def instructions(self) -> str:
        """Returns what the packs want a model to know, in the order of loading."""
        told = [record.info.instructions for record in self.host.records if record.info and record.tools]
        return "\n".join(filter(None, told))

    def library(self, caller: Caller = _LAUNCHER) -> Library:
        """Returns the packs' prompts and resources, as this caller may use them."""
        return Library(
            self.host,
            self._profiles_of(caller),
            caller.principal,
            lambda profile: self._clients_of(profile, caller),
            self._lifespans,
            self._settings.timeout_s,
        )

    def list_tools(self, caller: Caller = _LAUNCHER) -> list[OfferedTool]:
        """Returns the tools that this caller may see, sorted by name."""
        return [it for it in self.host.tools.values() if self._refusal(it, caller) is None]

    def scope_of(self, name: str) -> Scope | None:
        """Returns what a caller needs to be granted for a tool; None if there is no such tool."""
        offered = self.host.tools.get(self.host.aliases.get(name, name))
        return offered.tool.scope if offered else None

    async def call(self, name: str, arguments: Mapping[str, Any], caller: Caller = _LAUNCHER) -> Reply:
        """Runs a tool and returns what the model reads.

        Raises:
            UnknownToolError: No such tool is offered to this caller; the text lists those that are, nearest first.
        """
        offered = self.host.tools.get(self.host.aliases.get(name, name))
        tool = offered.name if offered else name
        trail = self._trail.entry(caller.principal.name, self._profile_of(caller).name, tool)
        if offered is None:
            names = nearest_first(name, [it.name for it in self.list_tools(caller)])
            with trail:
                raise UnknownToolError(f"unknown tool {name!r}; there are: {', '.join(names) or 'none'}")
        try:
            with trail:
                value = await self._run_provided(offered, arguments, caller)
            return self._reply(value)
        except PluginError as exc:
            logger.exception("tool %s failed", offered.name)
            return self._failure(offered, f"{exc.plugin} ({exc.distribution} {exc.version})")
        except QuaymasterError as exc:
            return self._reply(harmless(str(exc)), is_error=True)
        except TimeoutError:
            took = f"{offered.name} took longer than {self._settings.timeout_s:g} s and was stopped"
            return self._reply(took, is_error=True)
        except (Exception, SystemExit):
            logger.exception("tool %s of pack %s failed", offered.name, offered.record.candidate)
            return self._failure(offered, str(offered.record.candidate))

    async def _run_provided(self, offered: OfferedTool, arguments: Mapping[str, Any], caller: Caller) -> object:
        """Runs a tool; if a credential is missing that the person can hand over, runs it again once they have."""
        try:
            return await self._run(offered, arguments, caller)
        except NotConfiguredError as exc:
            if exc.profile is None or self._desk is None:
                raise
            if not await self._desk.obtain(self._profiles[exc.profile], caller.client):
                raise
        return await self._run(offered, arguments, caller)

    async def _run(self, offered: OfferedTool, arguments: Mapping[str, Any], caller: Caller) -> object:
        if refusal := self._refusal(offered, caller):
            raise RefusedError(f"{refusal}. Nothing was done")
        given = offered.input.check(arguments)
        profile = self._profile_of(caller)
        if offered.record.is_isolated:
            await self._children.start(offered.record)
        with anyio.fail_after(self._settings.timeout_s) as scope:
            client, read_only = Patient(caller.client, scope), offered.tool.read_only
            call = Call(offered.name, given, profile, caller.principal, client, read_only)
            run = Run(call, self._clients_of(profile, caller), self._lifespans)
            if not offered.record.is_isolated:
                return await run.through(self.host.middleware, partial(run.run, offered))
            sender = (caller.clients or self._clients).sender(profile, caller.limits)
            return await run.through(self.host.middleware, partial(self._children.call, offered, call, sender))

    def _refusal(self, offered: OfferedTool, caller: Caller) -> str | None:
        """Returns why a caller may neither see nor run a tool, or None."""
        policy = self._profile_of(caller).policy.tightened_by(caller.limits)
        if refusal := policy.refusal_of_tool(offered.name, offered.tool.scope, offered.record.candidate.name):
            return refusal
        if not self.host.allows(offered, caller.principal):
            return f"tool {offered.name!r} is not for caller {caller.principal.name!r} by a rule of this server's packs"
        return None

    def _reply(self, value: object, *, is_error: bool = False) -> Reply:
        document = value.document if isinstance(value, Answer) else None
        return Reply(render(value, self._settings.answer_tokens), is_error, document)

    def _failure(self, offered: OfferedTool, pack: str) -> Reply:
        """Returns a reply that keeps the cause, which may hold anything, for the log."""
        text = f"{offered.name} failed unexpectedly; the server's log has the cause (pack {pack})"
        return self._reply(text, is_error=True)

    def _profiles_of(self, caller: Caller) -> Mapping[str, Profile]:
        """Returns the profiles that a caller may work with, the one for calls that name none first."""
        return self._profiles if caller.profile is None else {caller.profile: self._profiles[caller.profile]}

    def _profile_of(self, caller: Caller) -> Profile:
        return next(iter(self._profiles_of(caller).values()))

    def _clients_of(self, profile: Profile, caller: Caller) -> PortClients:
        """Returns the clients for a call to a profile: its own first, then those of the other profiles."""
        profiles = {profile.name: profile, **self._profiles_of(caller)}
        clients = caller.clients or self._clients
        return PortClients({name: partial(clients.client, it, caller.limits) for name, it in profiles.items()})

    def _app_for(self, record: PackRecord) -> App:
        return App(record.settings, self._profiles, lambda name: self._clients.client(self._profiles[name], NO_LIMITS))

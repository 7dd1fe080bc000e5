"""Loads packs one at a time, so that a broken one loses only itself."""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from quaymaster.calls import Principal
from quaymaster.errors import QuaymasterError, SettingsError
from quaymaster.hookspecs import PackInfo, Subparsers
from quaymaster.host.declaring import DECLARING_HOOKS, declare, resource_type
from quaymaster.host.discovery import find_candidates, screen, unknown_names
from quaymaster.host.guard import Noise, PackFailure, run_guarded
from quaymaster.host.hooks import Hooks
from quaymaster.host.isolated import describe
from quaymaster.host.lock import Lock, load_lock
from quaymaster.host.naming import Names
from quaymaster.host.offering import OfferedPrompt, OfferedResource
from quaymaster.host.pack_settings import is_isolated, load_pack_settings
from quaymaster.host.records import Candidate, OfferedMiddleware, OfferedTool, PackRecord, State
from quaymaster.settings import Settings

__all__ = ["Host", "load_host"]

_WITH_SETTINGS = {"register_tools", "register_middleware"}

logger = logging.getLogger(__name__)


def load_host(
    settings: Settings,
    candidates: Iterable[Candidate] | None = None,
    *,
    locked: bool = True,
    isolating: bool = True,
) -> "Host":
    """Returns the host with every pack that may load and can; what fails is recorded and logged, never raised.

    The same packs give the same host, whatever order they come in.

    Args:
        settings: Which packs may load, and the packs' own settings.
        candidates: The packs to consider; None for all that are installed.
        locked: Holds back what `plugins.lock` does not trust, if there is one.
        isolating: Leaves the packs that are set to be isolated to processes of their own.

    Raises:
        SettingsError: The lock cannot be read.
    """
    found = find_candidates() if candidates is None else list(candidates)
    for warning in unknown_names(found, settings):
        logger.warning(warning)
    host = Host(settings, load_lock(settings) if locked else None, isolating=isolating)
    for record in screen(found, settings):
        host.add(record)
    host.tools = dict(sorted(host.tools.items()))
    host.prompts = dict(sorted(host.prompts.items()))
    host.resources = dict(sorted(host.resources.items()))
    return host


class Host:
    """The packs of this process.

    Attributes:
        records: One a pack, loaded or not, in the order of loading.
        tools: The tools on offer by name, sorted by name.
        aliases: The offered name of each tool, by its earlier names.
        middleware: What runs around every call, the outermost first.
        prompts: The prompts on offer by name, sorted by name.
        resources: The resources on offer by address, sorted by address.
    """

    def __init__(self, settings: Settings, lock: Lock | None = None, *, isolating: bool = True) -> None:
        self.records: list[PackRecord] = []
        self.tools: dict[str, OfferedTool] = {}
        self.aliases: dict[str, str] = {}
        self.middleware: list[OfferedMiddleware] = []
        self.prompts: dict[str, OfferedPrompt] = {}
        self.resources: dict[str, OfferedResource] = {}
        self._settings = settings
        self._timeout_s = settings.plugins.load_timeout_s
        self._lock = lock
        self._isolating = isolating
        self._tool_names = Names()
        self._prompt_names = Names("prompt")
        self._hooks = Hooks()

    def add(self, record: PackRecord) -> None:
        """Loads a pack that has passed the screen; keeps the record either way."""
        self.records.append(record)
        if record.state is State.LOADED:
            self._load(record)
        if record.reasons and record.state is not State.DISABLED:
            logger.warning("pack %s: %s: %s", record.candidate, record.state, "; ".join(record.reasons))

    def first_result(self, hook: str, accept: Callable[[Any], bool], **arguments: Any) -> Any:
        """Returns the first answer that is not None to a hook, pack by pack; None if no pack has one.

        Raises:
            PluginError: A pack raised, or answered with something else than the hook asks for.
            QuaymasterError: A pack raised it: a failure that it expects and explains.
        """
        for record in self.implementers(hook):
            result = self._hooks.ask(record, hook, **arguments)
            if result is None:
                continue
            if not accept(result):
                raise record.candidate.error(f"hook {hook} returned a {type(result).__name__}")
            return result
        return None

    def register_commands(self, subparsers: Subparsers) -> None:
        """Lets the packs add their commands."""
        for record in self.implementers("register_commands"):
            self._collect(record, "register_commands", subparsers=subparsers)

    def allows(self, offered: OfferedTool, principal: Principal) -> bool:
        """Returns whether no pack objects to a caller's use of a tool; a pack that cannot say objects."""
        for record in self.implementers("allow_tool"):
            try:
                tool, settings = offered.tool, record.settings
                if self._hooks.ask(record, "allow_tool", tool=tool, principal=principal, settings=settings) is False:
                    return False
            except QuaymasterError:
                logger.exception("tool %s is refused: the pack that was asked about it failed", offered.name)
                return False
        return True

    def ask(self, record: PackRecord, hook: str, **arguments: Any) -> Any:
        """Returns one pack's answer to a hook; None if it has none.

        Raises:
            PluginError: The pack raised.
            QuaymasterError: As for `first_result`.
        """
        return self._hooks.ask(record, hook, **arguments)

    def implementers(self, hook: str) -> list[PackRecord]:
        """Returns the serving packs that have a hook, in the order of loading."""
        return [it for it in self.records if hook in it.hooks and it.serves and not it.is_isolated]

    def _load(self, record: PackRecord) -> None:
        if self._lock is not None and (reason := self._lock.refusal_to_import(record.candidate)):
            return record.ends_as(State.UNTRUSTED, reason)
        try:
            record.is_isolated = self._isolating and is_isolated(self._settings, record.candidate.name)
            if record.is_isolated:
                describe(record, self._settings)
            elif self._import(record):
                self._read_settings(record)
                self._declare(record)
        except SettingsError as exc:
            return self._take_back(record, State.MISCONFIGURED, str(exc))
        if record.serves and self._lock is not None and (reason := self._lock.refusal_to_offer(record)):
            return self._take_back(record, State.UNTRUSTED, reason)
        if record.serves:
            self._offer(record)
        return None

    def _import(self, record: PackRecord) -> bool:
        """Imports a pack and registers its hooks; returns whether that went well."""
        noise = Noise()
        try:
            record.module = run_guarded(record.candidate.entry_point.load, timeout_s=self._timeout_s, output=noise)
        except PackFailure as exc:
            record.ends_as(State.FAILED, f"importing it {exc}")
            return False
        if noise.was_heard:
            record.ends_as(State.LOADED, "it printed while it was imported, to stderr: stdout is the protocol's")
        if reason := self._hooks.add(record):
            record.ends_as(State.FAILED, reason)
            return False
        info = self._collect(record, "pack_info")
        record.info = info if isinstance(info, PackInfo) else None
        return True

    def _declare(self, record: PackRecord) -> None:
        record.resource_type = resource_type(self._hooks.implementation(record, "lifespan"))
        for hook in DECLARING_HOOKS:
            arguments = {"settings": record.settings} if hook in _WITH_SETTINGS else {}
            declare(record, hook, self._collect(record, hook, **arguments))

    def _take_back(self, record: PackRecord, state: State, reason: str) -> None:
        if record.module is not None:
            self._hooks.remove(record)
        record.ends_as(state, reason)

    def _read_settings(self, record: PackRecord) -> None:
        if record.info is not None and record.info.settings is not None:
            table = self._settings.table_of(record.candidate.name)
            record.settings = load_pack_settings(record.info.settings, record.candidate.name, table)

    def _collect(self, record: PackRecord, hook: str, **arguments: Any) -> Any:
        """Returns one pack's answer to a hook; an error is recorded, and the answer is None."""
        try:
            return self._hooks.ask(record, hook, timeout_s=self._timeout_s, **arguments)
        except QuaymasterError as exc:
            record.ends_as(State.PARTIAL, str(exc))
            return None

    def _offer(self, record: PackRecord) -> None:
        """Adds what a pack declares to what the server offers, but for what is taken already; the record says so."""
        self.middleware += record.middleware
        for tool in record.declared:
            if self._take(record, self._tool_names, [tool.name, *tool.tool.aliases]):
                self.tools[tool.name] = tool
                self.aliases |= dict.fromkeys(tool.tool.aliases, tool.name)
                record.tools.append(tool.name)
        for prompt in record.prompts:
            if self._take(record, self._prompt_names, [prompt.prompt.name]):
                self.prompts[prompt.prompt.name] = prompt
        for resource in record.resources:
            uri = resource.resource.uri
            if (other := self.resources.setdefault(uri, resource)) is not resource:
                record.ends_as(State.PARTIAL, f"resource {uri!r} is taken by {other.record.candidate}")

    def _take(self, record: PackRecord, names: Names, wanted: list[str]) -> bool:
        try:
            names.take(record.candidate, wanted)
        except ValueError as exc:
            record.ends_as(State.PARTIAL, str(exc))
            return False
        return True

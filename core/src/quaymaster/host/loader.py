"""Loads packs one at a time, so that a broken one loses only itself."""

import contextlib
import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import importlib_metadata
import pluggy

from quaymaster.errors import PluginError, SettingsError, nearest_first
from quaymaster.hookspecs import PROJECT, HookSpecs, PackInfo, Subparsers
from quaymaster.host.discovery import find_candidates, screen, unknown_names
from quaymaster.host.naming import OfferedTool, ToolNames
from quaymaster.host.records import Candidate, PackRecord, State
from quaymaster.inputs import ToolInput
from quaymaster.port import PortClient
from quaymaster.settings import Settings, load_pack_settings
from quaymaster.tools import Tool

__all__ = ["Host", "load_host"]

logger = logging.getLogger(__name__)


def load_host(settings: Settings, candidates: Iterable[Candidate] | None = None) -> "Host":
    """Returns the host with every pack that may load and can; what fails is recorded and logged, never raised.

    Args:
        settings: Which packs may load, and the packs' own settings.
        candidates: The packs to consider; None for all that are installed.
    """
    found = find_candidates() if candidates is None else list(candidates)
    for warning in unknown_names(found, settings.plugins):
        logger.warning(warning)
    host = Host(settings)
    for record in screen(found, settings.plugins, importlib_metadata.version(PROJECT)):
        host.add(record)
    return host


class Host:
    """The packs of this process.

    Attributes:
        records: One a pack, loaded or not, in the order of loading.
        tools: The tools on offer by name, sorted by name.
        aliases: The offered name of each tool, by its earlier names.
    """

    def __init__(self, settings: Settings) -> None:
        self.records: list[PackRecord] = []
        self.tools: dict[str, OfferedTool] = {}
        self.aliases: dict[str, str] = {}
        self._settings = settings
        self._names = ToolNames()
        self._plugins = pluggy.PluginManager(PROJECT)
        self._plugins.add_hookspecs(HookSpecs)

    def add(self, record: PackRecord) -> None:
        """Loads a pack that has passed the screen; keeps the record either way."""
        self.records.append(record)
        if record.state is State.LOADED:
            with _output_kept_from_stdout():
                self._load(record)
        if record.state not in {State.LOADED, State.DISABLED}:
            logger.warning("pack %s: %s: %s", record.candidate, record.state, "; ".join(record.reasons))

    def first_result(self, hook: str, accept: Callable[[Any], bool], **arguments: Any) -> Any:
        """Returns the first answer that is not None to a hook, pack by pack; None if no pack has one.

        Raises:
            PluginError: A pack raised, or answered with something else than the hook asks for.
        """
        for record in self._serving():
            result = self._ask(record, hook, **arguments)
            if result is None:
                continue
            if not accept(result):
                raise _plugin_error(record, f"hook {hook} returned a {type(result).__name__}")
            return result
        return None

    def register_commands(self, subparsers: Subparsers) -> None:
        """Lets the packs add their commands."""
        for record in self._serving():
            self._collect(record, "register_commands", subparsers=subparsers)

    def _serving(self) -> Iterator[PackRecord]:
        return (record for record in self.records if record.state in {State.LOADED, State.PARTIAL})

    def _load(self, record: PackRecord) -> None:
        try:
            record.module = record.candidate.entry_point.load()
        except (Exception, SystemExit) as exc:  # noqa: BLE001 - a stranger's module may raise anything at import
            return record.ends_as(State.FAILED, f"importing it raised {_in_short(exc)}")
        if reason := self._register(record):
            return record.ends_as(State.FAILED, reason)
        info = self._collect(record, "pack_info")
        if isinstance(info, PackInfo):
            record.info = info
        if record.info is not None and record.info.settings is not None:
            try:
                table = self._settings.table_of(record.candidate.name)
                record.settings = load_pack_settings(record.info.settings, record.candidate.name, table)
            except SettingsError as exc:
                self._plugins.unregister(record.module)
                return record.ends_as(State.MISCONFIGURED, str(exc))
        self._add_tools(record, self._collect(record, "register_tools"))
        return None

    def _register(self, record: PackRecord) -> str | None:
        """Registers a pack's hooks; returns why it cannot be, with nothing left registered."""
        try:
            self._plugins.register(record.module, name=f"{record.candidate.distribution}:{record.candidate.name}")
        except (pluggy.PluginValidationError, ValueError) as exc:
            if self._plugins.is_registered(record.module):
                self._plugins.unregister(record.module)
            return f"a hook does not fit its specification: {' '.join(str(exc).split())}"
        for caller in self._plugins.get_hookcallers(record.module) or ():
            if not caller.has_spec():
                self._plugins.unregister(record.module)
                choices = ", ".join(nearest_first(caller.name, [it for it in vars(HookSpecs) if it[0] != "_"]))
                return f"unknown hook {caller.name!r}; there are: {choices}"
        return None

    def _ask(self, record: PackRecord, hook: str, **arguments: Any) -> Any:
        """Returns one pack's answer to a hook; None if it has none.

        Raises:
            PluginError: The pack raised.
        """
        others = [it.module for it in self._serving() if it is not record]
        try:
            with _output_kept_from_stdout():
                answers = self._plugins.subset_hook_caller(hook, others)(**arguments)
        except (Exception, SystemExit) as exc:
            raise _plugin_error(record, f"hook {hook} raised {_in_short(exc)}") from exc
        return answers[0] if answers else None

    def _collect(self, record: PackRecord, hook: str, **arguments: Any) -> Any:
        """Returns one pack's answer to a hook; an error is recorded, and the answer is None."""
        try:
            return self._ask(record, hook, **arguments)
        except PluginError as exc:
            record.ends_as(State.PARTIAL, str(exc))
            return None

    def _add_tools(self, record: PackRecord, tools: Any) -> None:
        injectable = {PortClient} | ({type(record.settings)} if record.settings is not None else set())
        for tool in _sequence(tools):
            try:
                if not isinstance(tool, Tool):
                    raise TypeError(f"register_tools returned a {type(tool).__name__}; decorate it with @tool")
                tool_input = ToolInput.of(tool, injectable)
                name = self._names.take(record.candidate, tool.name)
                self.aliases |= {self._names.take(record.candidate, alias): name for alias in tool.aliases}
            except Exception as exc:  # noqa: BLE001 - a stranger's annotations may raise anything when read
                record.ends_as(State.PARTIAL, str(exc))
                continue
            self.tools[name] = OfferedTool(name, tool, tool_input, record)
            record.tools.append(name)
        self.tools = dict(sorted(self.tools.items()))


def _sequence(answer: Any) -> Iterable[Any]:
    return answer if isinstance(answer, list | tuple) else [] if answer is None else [answer]


def _plugin_error(record: PackRecord, message: str) -> PluginError:
    it = record.candidate
    return PluginError(message, plugin=it.name, distribution=it.distribution, version=it.version)


def _in_short(exc: BaseException) -> str:
    text = " ".join(str(exc).split())
    return f"{type(exc).__name__}: {text}" if text else type(exc).__name__


@contextlib.contextmanager
def _output_kept_from_stdout() -> Iterator[None]:
    """Sends what a pack prints to stderr: stdout may be the protocol's."""
    with contextlib.redirect_stdout(sys.stderr):
        yield

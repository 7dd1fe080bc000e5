"""The packs' hooks, asked one pack at a time, so that what one of them raises is its own affair."""

from typing import Any

import pluggy

from quaymaster.errors import QuaymasterError, nearest_first
from quaymaster.hookspecs import PROJECT, HookSpecs
from quaymaster.host.guard import PackFailure, run_guarded
from quaymaster.host.records import PackRecord

__all__ = ["HOOKS", "Hooks"]

HOOKS = tuple(name for name in vars(HookSpecs) if not name.startswith("_"))
"""The names of all hooks, in the order of their specification."""


class Hooks:
    """The registered packs and the way to ask each of them."""

    def __init__(self) -> None:
        self._plugins = pluggy.PluginManager(PROJECT)
        self._plugins.add_hookspecs(HookSpecs)
        self._records: list[PackRecord] = []

    def add(self, record: PackRecord) -> str | None:
        """Registers a pack's hooks; returns why that cannot be, with nothing left registered."""
        for other in self._records:
            if other.module is record.module:
                return f"its module is already loaded as {other.candidate}"
        try:
            self._plugins.register(record.module, name=f"{record.candidate.distribution}:{record.candidate.name}")
        except Exception as exc:  # noqa: BLE001 - pluggy reads every attribute of a stranger's module
            self._unregister(record)
            return f"a hook does not fit its specification: {' '.join(str(exc).split())}"
        for caller in self._plugins.get_hookcallers(record.module) or ():
            if not caller.has_spec():
                self._unregister(record)
                return f"unknown hook {caller.name!r}; there are: {', '.join(nearest_first(caller.name, HOOKS))}"
        self._records.append(record)
        record.hooks = [name for name in HOOKS if self.implementation(record, name) is not None]
        return None

    def remove(self, record: PackRecord) -> None:
        """Takes a pack's hooks out again."""
        self._unregister(record)
        self._records.remove(record)

    def implementation(self, record: PackRecord, hook: str) -> Any:
        """Returns a pack's function for a hook; None if it has none."""
        implementations = getattr(self._plugins.hook, hook).get_hookimpls()
        return next((it.function for it in implementations if it.plugin is record.module), None)

    def ask(self, record: PackRecord, hook: str, *, timeout_s: float | None = None, **arguments: Any) -> Any:
        """Returns one pack's answer to a hook; None if it has none.

        Args:
            record: The pack.
            hook: The hook's name.
            timeout_s: How long the answer may take, in seconds; None for as long as it takes.
            arguments: What the hook is asked with.

        Raises:
            PluginError: The pack raised, or took too long.
            QuaymasterError: The pack raised it: a failure that it expects and explains.
        """
        if hook not in record.hooks:
            return None
        caller = self._plugins.subset_hook_caller(hook, [it.module for it in self._records if it is not record])
        try:
            answers = run_guarded(caller, timeout_s=timeout_s, **arguments)
        except PackFailure as exc:
            if isinstance(exc.__cause__, QuaymasterError):
                raise exc.__cause__ from None
            raise record.candidate.error(f"hook {hook} {exc}") from exc
        return answers[0] if answers else None

    def _unregister(self, record: PackRecord) -> None:
        if self._plugins.is_registered(record.module):
            self._plugins.unregister(record.module)

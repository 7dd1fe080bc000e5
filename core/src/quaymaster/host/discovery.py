"""Which packs are installed, and which of them may load: decided from metadata, before any of their code runs."""

import re
from collections.abc import Iterable

import importlib_metadata

from quaymaster.errors import InputError, nearest_first
from quaymaster.hookspecs import ENTRY_POINT_GROUP, PROJECT
from quaymaster.host.naming import look_of
from quaymaster.host.records import FIRST_PARTY, Candidate, PackRecord, State, canonical_name
from quaymaster.settings import PluginSettings, Settings

__all__ = ["find_candidate", "find_candidates", "find_record", "in_order", "screen", "unknown_names"]

_PACK_NAME = re.compile(r"[a-z][a-z0-9_-]{0,30}")


def find_candidates() -> list[Candidate]:
    """Returns the installed packs, in no particular order."""
    entry_points = importlib_metadata.entry_points(group=ENTRY_POINT_GROUP)
    return list({Candidate.of(entry_point) for entry_point in entry_points})


def in_order(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Returns packs in the order of loading: this project's own first, then by name, then by distribution.

    The first to come has the first choice of names, so nobody's pack can take one from a first-party tool.
    """
    return sorted(candidates, key=lambda it: (not it.is_first_party, it.name, it.distribution))


def find_candidate(candidates: Iterable[Candidate], name: str) -> Candidate:
    """Returns the pack that goes by NAME or NAME@DISTRIBUTION.

    Raises:
        InputError: There is none; the text lists those that there are, nearest first.
    """
    candidates = list(candidates)
    for candidate in candidates:
        if _names(name, candidate):
            return candidate
    choices = ", ".join(nearest_first(name, dict.fromkeys(it.name for it in candidates))) or "none"
    raise InputError(f"no pack {name!r} is installed; there are: {choices}")


def find_record(records: Iterable[PackRecord], name: str) -> PackRecord:
    """Returns the record of the pack that goes by a name; arguments and errors as `find_candidate`."""
    by_candidate = {record.candidate: record for record in records}
    return by_candidate[find_candidate(by_candidate, name)]


def screen(candidates: Iterable[Candidate], settings: Settings) -> list[PackRecord]:
    """Returns a record for each candidate in the order of loading; those that may not load say why."""
    core_version = importlib_metadata.version(PROJECT)
    records = [PackRecord(candidate) for candidate in in_order(candidates)]
    holders: dict[str, Candidate] = {}
    for record in records:
        candidate = record.candidate
        if reason := _refusal_by_lists(candidate, settings.plugins):
            record.ends_as(State.DISABLED, reason)
        elif reason := _refusal_by_name(candidate, holders.get(look_of(candidate.name)), settings.plugins):
            record.ends_as(State.FAILED, reason)
        elif reason := _incompatibility(candidate, core_version):
            record.ends_as(State.INCOMPATIBLE, reason)
        else:
            holders[look_of(candidate.name)] = candidate
    return records


def unknown_names(candidates: Iterable[Candidate], settings: Settings) -> list[str]:
    """Returns a warning for each name in the settings that stands for a pack and that no installed pack has."""
    known = list(dict.fromkeys(name for it in candidates for name in (it.name, f"{it.name}@{it.distribution}")))
    plugins = settings.plugins
    named = [*(("plugins.allow", name) for name in plugins.allow or ()), *(("plugins.deny", it) for it in plugins.deny)]
    warnings = []
    for setting, name in named:
        if not any(_names(name, it) for it in candidates):
            choices = ", ".join(nearest_first(name, known)[:5]) or "none"
            warnings.append(f"{setting} names {name!r}, which is not installed; installed: {choices}")
    for name in settings.model_extra or {}:
        if not any(it.name == name for it in candidates):
            choices = ", ".join(nearest_first(name, [*Settings.model_fields, *(it.name for it in candidates)])[:3])
            warnings.append(f"setting {name!r} is none of the core's and names no installed pack; nearest: {choices}")
    return warnings


def _names(listed: str, candidate: Candidate) -> bool:
    name, _, distribution = listed.partition("@")
    return name == candidate.name and (not distribution or canonical_name(distribution) == candidate.distribution)


def _refusal_by_lists(candidate: Candidate, settings: PluginSettings) -> str | None:
    if any(_names(listed, candidate) for listed in settings.deny):
        return "denied by plugins.deny"
    if settings.allow is not None and not any(_names(listed, candidate) for listed in settings.allow):
        return "not in plugins.allow"
    return None


def _refusal_by_name(candidate: Candidate, holder: Candidate | None, settings: PluginSettings) -> str | None:
    """Says why a pack may not go by its name: the name is spoken for, or another distribution has it already."""
    name, distribution = candidate.name, candidate.distribution
    if not _PACK_NAME.fullmatch(name) or name in Settings.model_fields:
        return (
            f"a pack cannot be called {name!r}: lower-case letters, digits, '-' and '_', and no setting of the core's"
        )
    pinned = f"{name}@{distribution}" in (settings.allow or ())
    for spoken_for, owner in FIRST_PARTY.items():
        if look_of(name) == look_of(spoken_for) and distribution != owner and not pinned:
            return f"the name {spoken_for!r} belongs to {owner}; {distribution} must take another"
    if holder is not None:
        how = "is taken by" if holder.name == name else f"looks like {holder.name!r}, of"
        return (
            f"the name {name!r} {how} {holder.distribution}; to load {distribution} instead, "
            f"put {name}@{distribution} in plugins.allow and the other in plugins.deny"
        )
    return None


def _incompatibility(candidate: Candidate, core_version: str) -> str | None:
    if candidate.is_first_party and candidate.version == core_version:
        return None  # released together: the start need not wait for what reads requirements
    from quaymaster.host.compatibility import incompatibility  # lazily: see above

    return incompatibility(candidate, core_version)

"""Which packs are installed, and which of them may load: decided from metadata, before any of their code runs."""

from collections.abc import Iterable

import importlib_metadata
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from quaymaster.errors import nearest_first
from quaymaster.hookspecs import ENTRY_POINT_GROUP
from quaymaster.host.records import Candidate, PackRecord, State
from quaymaster.settings import PluginSettings

__all__ = ["FIRST_PARTY", "find_candidates", "screen", "unknown_names"]

FIRST_PARTY = {name: f"quaymaster-{name}" for name in ("actions", "builder", "catalog", "sandbox", "scorecards")}
"""The packs whose names are spoken for, and the distribution that each comes from."""


def find_candidates() -> list[Candidate]:
    """Returns the installed packs in a fixed order: by name, then by distribution."""
    entry_points = importlib_metadata.entry_points(group=ENTRY_POINT_GROUP)
    candidates = {Candidate.of(entry_point) for entry_point in entry_points}
    return sorted(candidates, key=lambda it: (it.name, it.distribution))


def screen(candidates: Iterable[Candidate], settings: PluginSettings, core_version: str) -> list[PackRecord]:
    """Returns a record for each candidate; those that may not load are marked so, with the reason."""
    records = [PackRecord(candidate) for candidate in candidates]
    holders: dict[str, Candidate] = {}
    for record in records:
        candidate = record.candidate
        if reason := _refusal_by_lists(candidate, settings):
            record.ends_as(State.DISABLED, reason)
        elif reason := _refusal_by_name(candidate, holders.get(candidate.name), settings):
            record.ends_as(State.FAILED, reason)
        elif reason := _incompatibility(candidate, core_version):
            record.ends_as(State.INCOMPATIBLE, reason)
        else:
            holders[candidate.name] = candidate
    return records


def unknown_names(candidates: Iterable[Candidate], settings: PluginSettings) -> list[str]:
    """Returns a warning for each name in the allow and deny lists that no installed pack has."""
    known = list(dict.fromkeys(name for it in candidates for name in (it.name, f"{it.name}@{it.distribution}")))
    warnings = []
    for setting, listed in (("allow", settings.allow or ()), ("deny", settings.deny)):
        for name in listed:
            if not any(_names(name, it) for it in candidates):
                choices = ", ".join(nearest_first(name, known)[:5]) or "none"
                warnings.append(f"plugins.{setting} names {name!r}, which is not installed; installed: {choices}")
    return warnings


def _names(listed: str, candidate: Candidate) -> bool:
    name, _, distribution = listed.partition("@")
    return name == candidate.name and (not distribution or canonicalize_name(distribution) == candidate.distribution)


def _refusal_by_lists(candidate: Candidate, settings: PluginSettings) -> str | None:
    if any(_names(listed, candidate) for listed in settings.deny):
        return "denied by plugins.deny"
    if settings.allow is not None and not any(_names(listed, candidate) for listed in settings.allow):
        return "not in plugins.allow"
    return None


def _refusal_by_name(candidate: Candidate, holder: Candidate | None, settings: PluginSettings) -> str | None:
    """Says why a pack may not go by its name: the name is spoken for, or another distribution has it already."""
    pinned = f"{candidate.name}@{candidate.distribution}" in (settings.allow or ())
    owner = FIRST_PARTY.get(candidate.name, candidate.distribution)
    if candidate.distribution != owner and not pinned:
        return f"the name {candidate.name!r} belongs to {owner}; {candidate.distribution} must take another"
    if holder is not None:
        return (
            f"the name {candidate.name!r} is taken by {holder.distribution}; to load {candidate.distribution} instead, "
            f"put {candidate.name}@{candidate.distribution} in plugins.allow and the other in plugins.deny"
        )
    return None


def _incompatibility(candidate: Candidate, core_version: str) -> str | None:
    for text in candidate.requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            return f"its requirement {text!r} cannot be read"
        if canonicalize_name(requirement.name) != "quaymaster":
            continue
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        if not requirement.specifier.contains(core_version, prereleases=True):
            return f"it needs quaymaster {requirement.specifier}; this is {core_version}"
    return None

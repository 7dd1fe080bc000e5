"""Whether a pack fits this version of the core, by what its distribution requires."""

from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement

from quaymaster.hookspecs import PROJECT
from quaymaster.host.records import Candidate, canonical_name

__all__ = ["incompatibility", "requirements_on_core"]


def requirements_on_core(candidate: Candidate) -> Iterator[Requirement]:
    """Yields what a pack's distribution requires of the core in this environment.

    Raises:
        ValueError: A requirement cannot be read.
    """
    for text in candidate.requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as exc:
            raise ValueError(f"its requirement {text!r} cannot be read") from exc
        if canonical_name(requirement.name) != PROJECT:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield requirement


def incompatibility(candidate: Candidate, core_version: str) -> str | None:
    """Returns why a pack does not fit a version of the core; None if it fits."""
    try:
        for requirement in requirements_on_core(candidate):
            if not requirement.specifier.contains(core_version, prereleases=True):
                return f"it needs quaymaster {requirement.specifier}; this is {core_version}"
    except ValueError as exc:
        return str(exc)
    return None

"""Which name a tool or prompt is offered under, and which have to be refused because of theirs."""

import re
from collections.abc import Iterable

from quaymaster.host.records import Candidate

__all__ = ["Names", "look_of", "offered_name"]

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
"""64 characters: several model APIs take no more."""
_LOOK_ALIKES = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "2": "z", "-": "_"})


def offered_name(candidate: Candidate, name: str, what: str = "tool") -> str:
    """Returns the name that a pack's tool or prompt goes by: first-party packs' own, others' after the pack's name.

    Raises:
        ValueError: The name is not usable.
    """
    offered = name if candidate.is_first_party else f"{candidate.name.replace('-', '_')}_{name}"
    if not _NAME.fullmatch(offered):
        raise ValueError(
            f"{what} name {offered!r} is not usable: lower-case letters, digits and '_', at most 64, a letter first"
        )
    return offered


def look_of(name: str) -> str:
    """Returns what is left of a name for a hasty eye; names that have it in common are easily taken for one another."""
    return re.sub(r"_+", "_", name.lower().translate(_LOOK_ALIKES)).strip("_")


class Names:
    """Gives out names; no two that are alike or look alike.

    Args:
        what: What has the names, for errors.
    """

    def __init__(self, what: str = "tool") -> None:
        self._what = what
        self._holders: dict[str, tuple[str, Candidate]] = {}

    def take(self, candidate: Candidate, names: Iterable[str]) -> None:
        """Reserves a name and its aliases for a pack: all of them or none.

        Raises:
            ValueError: One is taken, or looks like one that is; the text names both packs.
        """
        names = list(names)
        for name in names:
            if look_of(name) in self._holders:
                other, holder = self._holders[look_of(name)]
                how = "is taken" if other == name else f"looks like {other!r}"
                whose = f"{self._what} name {name!r} of {candidate.distribution}"
                raise ValueError(f"{whose} {how}, a {self._what} of {holder.distribution}")
        self._holders |= {look_of(name): (name, candidate) for name in names}

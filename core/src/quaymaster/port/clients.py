"""Several organisations at once: the clients of all profiles that a call may work with."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from quaymaster.errors import InputError, nearest_first
from quaymaster.port.client import PortClient

__all__ = ["PortClients"]

_ALL = "*"


class PortClients(Mapping[str, PortClient]):
    """The clients by the names of their profiles, the call's own first; each is opened when it is asked for.

    Args:
        openers: What opens the client of each profile, by its name, the call's own first.
    """

    def __init__(self, openers: Mapping[str, Callable[[], PortClient]]) -> None:
        self._openers = openers

    def __getitem__(self, name: str) -> PortClient:
        """Returns the client of a profile."""
        return self._openers[name]()

    def __iter__(self) -> Iterator[str]:
        """Yields the profiles' names."""
        return iter(self._openers)

    def __len__(self) -> int:
        """Returns how many profiles there are."""
        return len(self._openers)

    @property
    def own(self) -> PortClient:
        """The client of the call's own profile."""
        return self[next(iter(self))]

    def choose(self, names: Sequence[str] | None) -> list[PortClient]:
        """Returns the clients of the profiles named: all of them for `*`, the call's own if none is named.

        Raises:
            InputError: There is no such profile.
        """
        if not names:
            return [self.own]
        for name in names:
            if name != _ALL and name not in self._openers:
                choices = ", ".join([*nearest_first(name, self), repr(_ALL)])
                raise InputError(f"unknown profile {name!r}; choose from: {choices}")
        return [self[name] for name in (self if _ALL in names else dict.fromkeys(names))]

"""The failures that a person or a model can act on; everything else is a bug and flies."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = [
    "InputError",
    "NotConfiguredError",
    "PluginError",
    "QuaymasterError",
    "RefusedError",
    "SettingsError",
    "nearest_first",
]


class QuaymasterError(Exception):
    """An expected failure: its text says what happened, what was not done, and what to do."""


class InputError(QuaymasterError):
    """An argument that cannot be used as given; nothing was sent to Port."""


class NotConfiguredError(QuaymasterError):
    """Something that only the administrator can supply is missing, such as credentials.

    Attributes:
        profile: The name of the profile whose credential is missing; None if it is something else.
    """

    profile: str | None = None


class SettingsError(QuaymasterError):
    """A setting has a value that cannot be used."""


class RefusedError(QuaymasterError):
    """The policy does not allow it; nothing was sent to Port."""


class PluginError(QuaymasterError):
    """Misuse of the contract with packs, by the author of one."""

    def __init__(self, message: str, *, plugin: str, distribution: str, version: str) -> None:
        super().__init__(f"{message} (plugin {plugin!r} of {distribution} {version})")
        self.plugin = plugin
        self.distribution = distribution
        self.version = version


def nearest_first(word: str, choices: Iterable[str]) -> list[str]:
    """Returns all the choices, those that look like the word first, the rest in their own order."""
    choices = list(choices)
    by_folded = {choice.casefold(): choice for choice in reversed(choices)}
    close = [by_folded[match] for match in get_close_matches(word.casefold(), by_folded, n=3, cutoff=0.6)]
    return close + [choice for choice in choices if choice not in close]

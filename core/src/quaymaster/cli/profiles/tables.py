"""A profile's table in the settings file of a person."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from quaymaster.cli.documents import read_document, write_document
from quaymaster.errors import InputError, SettingsError, nearest_first
from quaymaster.settings import ProfileSettings, explain, load_settings, settings_file, user_settings_file

__all__ = ["ProfileTable"]

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
"""What can stand in the address of a server, in a variable's name and in a table's."""


class ProfileTable:
    """The table `[profiles.NAME]` in the settings file that `quaymaster login` writes.

    Args:
        name: The profile's name.

    Raises:
        InputError: The name cannot be one, or another file has this profile.
        SettingsError: The file cannot be read.
    """

    def __init__(self, name: str) -> None:
        if not _NAME.fullmatch(name):
            raise InputError(f"{name!r} cannot name a profile; use lower-case letters, digits, '-' and '_'")
        self.name = name
        self.path: Path = user_settings_file()
        self._document = read_document(self.path)
        if name not in self._profiles() and name in load_settings().profiles:
            raise InputError(f"profile {name!r} is in {settings_file()} or in the environment; change it there")

    @property
    def exists(self) -> bool:
        """Whether the file has the table."""
        return self.name in self._profiles()

    def with_changes(self, changes: Mapping[str, object]) -> ProfileSettings:
        """Returns the profile's settings as they would be with some fields set anew.

        Raises:
            SettingsError: A value cannot be used.
        """
        table = self._profiles().get(self.name, {})
        try:
            return ProfileSettings.model_validate({**table, **changes})
        except ValidationError as exc:
            raise SettingsError(explain(exc, f"QUAYMASTER_PROFILES__{self.name.upper()}__")) from exc

    def write(self, fields: Mapping[str, object]) -> None:
        """Sets fields of the table, and leaves everything else in the file as it is."""
        import tomlkit  # lazily: only commands that write settings need it

        profiles = self._document.setdefault("profiles", tomlkit.table(is_super_table=True))
        table = profiles.setdefault(self.name, tomlkit.table())
        table.update(fields)
        write_document(self.path, self._document)

    def remove(self) -> None:
        """Removes the table.

        Raises:
            InputError: There is none; the text lists those that are.
        """
        if not self.exists:
            known = ", ".join(nearest_first(self.name, self._profiles())) or "none"
            raise InputError(f"no profile {self.name!r} in {self.path}; there are: {known}")
        del self._document["profiles"][self.name]
        write_document(self.path, self._document)

    def _profiles(self) -> Any:
        return self._document.get("profiles", {})

"""Keyrings that a test can hold in its hands; `keyring` finds them by PYTHON_KEYRING_BACKEND, as it finds any."""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError


class FileKeyring(KeyringBackend):
    """Keeps its entries in the file that QUAYMASTER_TEST_KEYRING names, so that several processes share it."""

    priority = 5
    name = "test keyring"

    def get_password(self, service, username):
        return self._read().get(f"{service}/{username}")

    def set_password(self, service, username, password):
        self._write(self._read() | {f"{service}/{username}": password})

    def delete_password(self, service, username):
        entries = self._read()
        if entries.pop(f"{service}/{username}", None) is None:
            raise PasswordDeleteError("not there")
        self._write(entries)

    @property
    def _path(self):
        return Path(os.environ["QUAYMASTER_TEST_KEYRING"])

    def _read(self):
        return json.loads(self._path.read_text(encoding="utf-8")) if self._path.exists() else {}

    def _write(self, entries):
        self._path.write_text(json.dumps(entries), encoding="utf-8")


class PlainTextKeyring(FileKeyring):
    """One that `keyring` does not recommend, as those of `keyrings.alt` that write plain text."""

    priority = 0.5


class LockedKeyring(FileKeyring):
    """One whose owner does not unlock it."""

    def get_password(self, service, username):
        raise KeyringLocked("the collection is locked")

    set_password = get_password

"""Credentials in the operating system's keyring; never in a file of plain text."""

from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from quaymaster.auth.credentials import Credentials
from quaymaster.errors import NotConfiguredError, SettingsError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

__all__ = ["describe_keyring", "forget_credentials", "read_keyring", "store_credentials"]

_SERVICE = "quaymaster"
_LEAST_PRIORITY = 1
"""What `keyring` recommends for use; below are backends that write plain text, and those that keep nothing."""


class _Entry(BaseModel):
    """What one entry of the keyring holds: a credential, and the only address that it may be sent to."""

    base_url: str
    client_id: str
    client_secret: str


def store_credentials(name: str, credentials: Credentials, base_url: str) -> None:
    """Puts a credential into the keyring, for requests to that address alone.

    Raises:
        NotConfiguredError: There is no keyring that keeps secrets, or it is locked.
    """
    entry = _Entry(base_url=base_url, client_id=credentials.client_id, client_secret=credentials.client_secret)
    backend = _backend()
    try:
        backend.set_password(_SERVICE, name, entry.model_dump_json())
    except _keyring_error() as exc:
        raise _unusable(exc) from exc


def read_keyring(name: str, base_url: str) -> Credentials:
    """Returns the credential that a profile's reference `keyring:NAME` names.

    Args:
        name: The name in the reference.
        base_url: Where the credential is about to be sent.

    Raises:
        NotConfiguredError: There is none of that name, or no keyring to read.
        SettingsError: It was given for another address: a changed setting must not carry it elsewhere.
    """
    backend = _backend()
    try:
        stored = backend.get_password(_SERVICE, name)
    except _keyring_error() as exc:
        raise _unusable(exc) from exc
    if stored is None:
        raise NotConfiguredError(
            f"no credential {name!r} in the system's keyring: run `quaymaster login {name}` in a terminal. "
            "Nothing was sent"
        )
    try:
        entry = _Entry.model_validate_json(stored)
    except ValidationError:
        raise SettingsError(
            f"the keyring's entry {name!r} is none of ours; run `quaymaster login {name}` anew"
        ) from None  # the cause would show the entry
    if entry.base_url != base_url:
        raise SettingsError(
            f"credential {name!r} was given for {entry.base_url}, and the settings now say {base_url}; run "
            f"`quaymaster login {name}` if you mean that. Nothing was sent"
        )
    return Credentials(entry.client_id, entry.client_secret)


def forget_credentials(name: str) -> bool:
    """Removes a credential from the keyring; returns whether there was one.

    Raises:
        NotConfiguredError: There is no keyring, or it is locked.
    """
    backend = _backend()
    try:
        if backend.get_password(_SERVICE, name) is None:
            return False
        backend.delete_password(_SERVICE, name)
    except _keyring_error() as exc:
        raise _unusable(exc) from exc
    return True


def describe_keyring() -> str:
    """Returns the name of the keyring in use.

    Raises:
        NotConfiguredError: There is none that keeps secrets.
    """
    return str(_backend().name)


def _backend() -> "KeyringBackend":
    """Returns the first keyring that keeps secrets: one that `keyring` itself recommends."""
    import keyring  # lazily: it looks for backends among all installed distributions
    from keyring.backends.chainer import ChainerBackend

    active = keyring.get_keyring()
    for backend in active.backends if isinstance(active, ChainerBackend) else [active]:
        if backend.priority >= _LEAST_PRIORITY:
            return backend
    raise NotConfiguredError(
        "this system has no keyring that keeps secrets (`keyring --list-backends` shows what there is), and nothing is "
        'written in plain text; keep the credential in the environment instead: credentials = "env:NAME" stands for '
        "NAME_CLIENT_ID and NAME_CLIENT_SECRET, or the same with _FILE"
    )


def _keyring_error() -> type[Exception]:
    from keyring.errors import KeyringError  # as above

    return KeyringError


def _unusable(exc: Exception) -> NotConfiguredError:
    return NotConfiguredError(f"the system's keyring cannot be used: {exc}. Unlock it and try again")

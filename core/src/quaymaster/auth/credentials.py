"""A credential of Port's and the built-in ways to find one: the environment, files that it names, and the keyring."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from anyio import to_thread

from quaymaster.errors import NotConfiguredError, SettingsError

__all__ = ["Credentials", "FindCredentials", "find_credentials", "read_environment"]


@dataclass(frozen=True)
class Credentials:
    """A client id and its secret; the secret never shows in a repr."""

    client_id: str
    client_secret: str = field(repr=False)


FindCredentials = Callable[[], Credentials | Awaitable[Credentials]]
"""Finds the credential of one profile, now or when somebody has unlocked it."""


async def find_credentials(reference: str, base_url: str, environment: Mapping[str, str]) -> Credentials:
    """Returns the credential that a profile's reference names: `env:PREFIX` or `keyring:NAME`.

    It waits in a thread for the owner of the keyring to unlock it.

    Args:
        reference: The reference.
        base_url: Where the credential is about to be sent.
        environment: The environment.

    Raises:
        NotConfiguredError: It is not there; the text says how to supply it.
        SettingsError: The reference is of no known kind, or the credential was not given for this address.
    """
    kind, _, name = reference.partition(":")
    if kind == "keyring" and name:
        from quaymaster.auth.keyring_store import read_keyring  # lazily: few servers read one

        return await to_thread.run_sync(read_keyring, name, base_url, abandon_on_cancel=True)
    return read_environment(reference, environment)


def read_environment(reference: str, environment: Mapping[str, str]) -> Credentials:
    """Returns the credential that a profile's reference `env:PREFIX` names.

    PREFIX_CLIENT_ID and PREFIX_CLIENT_SECRET hold it, or PREFIX_CLIENT_ID_FILE and PREFIX_CLIENT_SECRET_FILE name files
    that do. For the default prefix PORT, the same variables with QUAYMASTER come first.

    Raises:
        NotConfiguredError: A variable is missing; the text names it.
        SettingsError: The reference is of no known kind, or a file cannot be read.
    """
    kind, _, prefix = reference.partition(":")
    if kind != "env" or not prefix:
        raise SettingsError(f"unknown kind of credential reference {reference!r}; write env:PREFIX or keyring:NAME")
    prefixes = ("QUAYMASTER", "PORT") if prefix == "PORT" else (prefix,)
    found = {
        part: next(filter(None, (_variable(f"{it}_{part}", environment) for it in prefixes)), None)
        for part in ("CLIENT_ID", "CLIENT_SECRET")
    }
    client_id, client_secret = found["CLIENT_ID"], found["CLIENT_SECRET"]
    if client_id and client_secret:
        return Credentials(client_id, client_secret)
    missing = " and ".join(f"{prefix}_{part}" for part, value in found.items() if not value)
    raise NotConfiguredError(
        f"no credentials for Port: set {missing} (or the same names with _FILE) in the environment of this server; "
        "in Port they are under Settings, Credentials. Or run `quaymaster login` and start it with --profile, or with "
        "--sandbox to work on demo data. Nothing was sent"
    )


def _variable(name: str, environment: Mapping[str, str]) -> str | None:
    """Returns a variable's value, or the content of the file that its _FILE variant names."""
    if value := environment.get(name, "").strip():
        return value
    if path := environment.get(f"{name}_FILE", "").strip():
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except OSError as exc:
            raise SettingsError(f"cannot read the file that {name}_FILE names: {exc.strerror}") from exc
    return None

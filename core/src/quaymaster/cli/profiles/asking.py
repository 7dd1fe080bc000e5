"""Asks a person for a credential, in a way that leaves it in no history, process list or file."""

import getpass
import sys

from quaymaster.auth import Credentials
from quaymaster.errors import InputError

__all__ = ["ask_credentials"]


def ask_credentials() -> Credentials:
    """Returns the credential that a person types, or that standard input holds in two lines: the id, the secret.

    Raises:
        InputError: It is none.
    """
    if sys.stdin.isatty():
        print(
            "In Port, the credentials are under Settings, Credentials.\nClient id: ",
            end="",
            file=sys.stderr,
            flush=True,
        )
        lines = [sys.stdin.readline(), getpass.getpass("Client secret (is not shown): ")]
    else:
        lines = sys.stdin.read().splitlines()
    given = [line.strip() for line in lines if line.strip()]
    if len(given) != 2:
        raise InputError("a credential is two lines, the client id and the client secret. Nothing was sent or stored")
    return Credentials(*given)

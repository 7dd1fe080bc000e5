"""Secrets kept in: taken out of what Port answers, and of what is said when something goes wrong."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from quaymaster.errors import InputError

__all__ = ["REDACTED", "is_secret_name", "list_secrets", "may_hold_secrets", "redact", "refuse_redacted", "scrub"]

REDACTED = "[secret removed by quaymaster]"
"""What stands in the place of a secret."""

_SECRET_NAMES = (
    "secret",  # webhooks: security.secret; service accounts and apps: clientSecret, and what a rotation answers with
    "secretvalue",  # organization secrets
    "token",  # accessToken, and what integrations' specs hold
    "password",
    "passphrase",
    "apikey",
    "accesskey",
    "privatekey",
    "signingkey",
    "webhookkey",  # the last part of an ingest URL: whoever knows it can write to the catalog
    "authorization",  # headers of invocation methods and of run payloads
    "cookie",
)
"""How the names of secret-bearing fields end, in lower case and without `-` and `_`."""

_NAMED = tuple(f'{name}":'.encode() for name in (*_SECRET_NAMES, "secrets"))
"""How such a field ends in a JSON text, its value left out: values may speak of secrets, and hold none."""

_LOWER = bytes(range(256)).lower()

_USER_NAMED = frozenset({"properties", "relations", "rawProperties"})
"""Maps whose keys are the organization's own words: a property may be called `secret`, and is catalog data."""

_TEMPLATE = re.compile(r"\s*(?:Bearer\s+|Basic\s+)?\{\{[^{}]*\}\}\s*")
"""A reference such as `{{ .secrets.TOKEN }}`: not the secret itself, and needed to write a document back."""

_SHORTEST_SCRUBBED = 6


def is_secret_name(name: str) -> bool:
    """Returns whether a field of that name holds a secret, however it is spelled: `clientSecret`, `X-Api-Key`."""
    return name.lower().replace("-", "").replace("_", "").endswith(_SECRET_NAMES)


def may_hold_secrets(body: bytes | bytearray) -> bool:
    """Returns whether a JSON text needs a closer look; most do not, and a page of entities is long."""
    plain = body.translate(_LOWER, b"-_ \t\r\n")
    return any(name in plain for name in _NAMED) or b"\\u00" in plain  # a letter can hide in an escape


def redact(value: Any) -> Any:
    """Returns a value of JSON with a mark in the place of each secret."""
    if isinstance(value, dict):
        return {name: it if name in _USER_NAMED else _redact_field(name, it) for name, it in value.items()}
    if isinstance(value, list):
        return [redact(it) for it in value]
    return value


def list_secrets(value: Any) -> Iterator[str]:
    """Yields the secrets in a value of JSON that is about to be sent, so that they can be kept out of error texts."""
    if isinstance(value, dict):
        for name, it in value.items():
            if isinstance(it, str) and _is_secret(name, it):
                yield it
            else:
                yield from list_secrets(it)
    elif isinstance(value, list):
        for it in value:
            yield from list_secrets(it)


def refuse_redacted(body: bytes) -> None:
    """Keeps the mark of a removed secret from being written over the secret.

    Raises:
        InputError: The body holds the mark.
    """
    if REDACTED.encode() in body:
        raise InputError(
            f"the document holds {REDACTED!r}, as read from Port: "
            "put the secret itself there, or leave the field out. Nothing was sent"
        )


def scrub(value: Any, secrets: Iterable[str]) -> Any:
    """Returns a text, or a value of JSON, without the given secrets; ones too short to be any are left."""
    known = [secret for secret in secrets if len(secret) >= _SHORTEST_SCRUBBED]
    if isinstance(value, str):
        for secret in known:
            value = value.replace(secret, REDACTED)
        return value
    if isinstance(value, dict):
        return {scrub(name, known): scrub(it, known) for name, it in value.items()}
    if isinstance(value, list):
        return [scrub(it, known) for it in value]
    return value


def _redact_field(name: str, value: Any) -> Any:
    if isinstance(value, str):
        return REDACTED if _is_secret(name, value) else value
    if isinstance(value, dict) and name.lower().endswith("secrets"):
        return {key: REDACTED if isinstance(it, str) else redact(it) for key, it in value.items()}
    return redact(value)


def _is_secret(name: str, value: str) -> bool:
    return bool(value) and is_secret_name(name) and not _TEMPLATE.fullmatch(value)

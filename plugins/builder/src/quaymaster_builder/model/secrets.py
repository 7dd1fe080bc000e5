"""Secrets in documents: found where the core finds them, by the names of the fields that hold them."""

from collections.abc import Iterator
from typing import Any

from quaymaster.port.redaction import REDACTED, redact
from quaymaster_builder.model.parts import Part

__all__ = ["find_plain_secrets", "find_removed_secrets"]


def find_plain_secrets(document: dict[str, Any]) -> list[Part]:
    """Returns the places of secrets that stand in a document as plain text, not as `{{ .secrets.NAME }}`."""
    removed = set(find_removed_secrets(document))
    return [place for place in find_removed_secrets(redact(document)) if place not in removed]


def find_removed_secrets(value: Any, place: Part = ()) -> Iterator[Part]:
    """Yields the places where the core has taken a secret out of what Port answered."""
    if value == REDACTED:
        yield place
    elif isinstance(value, dict):
        for key, member in value.items():
            yield from find_removed_secrets(member, (*place, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from find_removed_secrets(member, (*place, str(index)))

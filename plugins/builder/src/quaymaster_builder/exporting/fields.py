"""The keys of a document on their way into the attributes of a Terraform resource."""

import re
from collections.abc import Mapping
from typing import Any

from quaymaster_builder.exporting.hcl import Encoded

__all__ = ["Fields", "snake"]

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def snake(key: str) -> str:
    """Returns a key of Port's as the provider spells it: `enumColors` is `enum_colors`."""
    return _HUMP.sub("_", key).lower()


class Fields:
    """The keys of one object; what no attribute takes is left over, and told.

    Args:
        document: The object.
        place: Where it stands, for what is told; empty for a whole document.
        left: Takes the places of the keys that are left over.
    """

    def __init__(self, document: Mapping[str, Any], place: str, left: list[str]) -> None:
        self._document = dict(document)
        self._place = place
        self._left = left

    def pop(self, key: str, default: Any = None) -> Any:
        """Returns the value of a key that the caller puts in its place itself."""
        return self._document.pop(key, default)

    def inner(self, key: str, value: Mapping[str, Any] | None = None) -> "Fields":
        """Returns the keys of the object under a key; of `value` if that was popped before."""
        found = self._document.pop(key, None) if value is None else value
        return Fields(found or {}, self._named(key), self._left)

    def names(self) -> list[str]:
        """Returns the keys that nothing has taken yet."""
        return list(self._document)

    def take(self, *keys: str) -> dict[str, Any]:
        """Returns the attributes that have the names of these keys; a jq program has an attribute of its own."""
        taken: dict[str, Any] = {}
        for key in keys:
            value = self._document.pop(key, None)
            if isinstance(value, dict) and value.keys() == {"jqQuery"}:
                taken[f"{snake(key)}_jq_query"] = value["jqQuery"]
            elif value is not None:
                taken[snake(key)] = value
        return taken

    def encode(self, *keys: str) -> dict[str, Any]:
        """Returns the attributes of these keys that the provider takes as texts of JSON."""
        found = {snake(key): self._document.pop(key, None) for key in keys}
        return {name: Encoded(value) for name, value in found.items() if value is not None}

    def encode_each(self, key: str) -> dict[str, Any]:
        """Returns the attribute of a list that the provider takes as a list of texts of JSON."""
        members = self._document.pop(key, None)
        return {} if members is None else {snake(key): [Encoded(it) for it in members]}

    def write(self, *keys: str) -> dict[str, Any]:
        """Returns the attributes of these keys that the provider takes as texts, such as `"true"`."""
        taken = self.take(*keys)
        return {name: str(it).lower() if isinstance(it, bool) else it for name, it in taken.items()}

    def close(self) -> None:
        """Tells which keys no attribute has taken."""
        self._left.extend(self._named(key) for key, value in self._document.items() if value not in (None, [], {}))

    def _named(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

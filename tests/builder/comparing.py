"""Compares documents: where they differ, and whether one holds all that another says."""

from collections.abc import Iterator
from typing import Any


def differences(one: Any, other: Any, place: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Returns the places where two values differ, as deep as both are objects."""
    if isinstance(one, dict) and isinstance(other, dict):
        found = set()
        for key in one.keys() | other.keys():
            if key not in one or key not in other:
                found.add((*place, key))
            else:
                found |= differences(one[key], other[key], (*place, key))
        return found
    return set() if one == other else {place}


def holds(stored: Any, given: Any) -> bool:
    """Tells whether everything that was given is stored as it was given."""
    if isinstance(given, dict):
        return all(key in stored and holds(stored[key], value) for key, value in given.items())
    if isinstance(given, list):
        return len(stored) == len(given) and all(map(holds, stored, given))
    return stored == given


def leaves(value: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yields every value within an object that is no object itself, with its place."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from leaves(member, (*place, key))
    else:
        yield place, value

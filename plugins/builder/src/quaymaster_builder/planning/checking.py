"""Finds what Port would refuse in the state that a plan leads to, beyond the shape of each document."""

from collections.abc import Iterator
from typing import cast

from quaymaster.port.documents import Problem
from quaymaster_builder.kind import Kind
from quaymaster_builder.kinds import find_problems
from quaymaster_builder.model.parts import diff, get_part, is_same, split, to_port
from quaymaster_builder.model.references import SELF, Node, find_dependents
from quaymaster_builder.model.refs import ABSENT, Documents, Json, Ref
from quaymaster_builder.model.secrets import find_plain_secrets, find_removed_secrets
from quaymaster_builder.planning.dangling import find_dangling
from quaymaster_builder.planning.trouble import Trouble
from quaymaster_builder.planning.values import find_missing_values

__all__ = ["find_troubles"]

_PATHS = frozenset({"relations", "mirrorProperties", "aggregationProperties", "ownership", "teamInheritance"})
"""The parts of a blueprint that keep Port from deleting what they lead to (Port: DELETE, PUT /v1/blueprints/{id})."""

_SECRET_REMEDY = "write {{ .secrets.NAME }} there, and set NAME in Port under Builder, Organization settings, Secrets"  # noqa: S105


def find_troubles(before: Documents, after: Documents) -> list[Trouble]:
    """Returns everything that Port would refuse on the way from one state to the other; what was there before is kept.

    Each document is taken to be of the right shape.
    """
    troubles: list[Trouble] = []
    for ref, document in after.items():
        old = before.get(ref)
        if ref.kind != "entities" and document is not old:
            troubles.extend(_own_problems(ref, old, document))
            troubles.extend(_secrets(ref, document))
            if ref.kind == "entity" and old is None:
                troubles.extend(Trouble(str(ref), *it) for it in find_missing_values(ref, document, after))
            troubles.extend(_dangling(ref, before, after))
    return [*troubles, *_still_needed(before, after)]


def _dangling(ref: Ref, before: Documents, after: Documents) -> Iterator[Trouble]:
    """Yields what a document refers to in vain, but not what it referred to in vain before.

    Port looks at the whole of a document that is written, so parts that do not change count too.
    """
    old = split(ref.kind, before.get(ref, {}))
    for part, value in split(ref.kind, after[ref]).items():
        found = list(find_dangling(ref, part, value, after))
        known = set(find_dangling(ref, part, old[part], before)) if found and part in old else set()
        yield from (Trouble(_place(ref, part), *it) for it in found if it not in known)


def _own_problems(ref: Ref, before: Json | None, after: Json) -> Iterator[Trouble]:
    known = set() if before is None else {str(problem) for problem in _problems(ref, before)}
    for problem in _problems(ref, after):
        if str(problem) not in known:
            yield Trouble(_place(ref, tuple(map(str, problem.path))), problem.message, problem.expected)


def _problems(ref: Ref, document: Json) -> list[Problem]:
    return find_problems(cast("Kind", ref.kind), to_port(ref.kind, document))


def _secrets(ref: Ref, after: Json) -> Iterator[Trouble]:
    after = to_port(ref.kind, after)
    for place in find_plain_secrets(after):
        yield Trouble(_place(ref, place), "a secret must not stand in a document", _SECRET_REMEDY)
    for place in find_removed_secrets(after):
        if ref.kind == "action":  # Port takes an action only as a whole
            problem = "Port holds a secret here that this server does not read, so it cannot write the document back"
            yield Trouble(_place(ref, place), problem, _SECRET_REMEDY)


def _still_needed(before: Documents, after: Documents) -> Iterator[Trouble]:
    """Yields a trouble for everything that goes although a relation or a path of another blueprint leads to it."""
    gone = {Node(ref) for ref in before if ref not in after}
    for ref in before.keys() & after.keys():
        gone |= {Node(ref, edit.part) for edit in diff(ref.kind, before[ref], after[ref]) if edit.is_removal}
    if not gone:
        return
    dependents = find_dependents(before)
    for node in sorted(gone, key=str):
        for ref, part in dependents.get(node, ()):
            if ref.kind == "blueprint" and part[0] in _PATHS and _stays(Node(ref, part), before, after):
                what = str(node.ref) if node.part == SELF else f"{'.'.join(node.part)} of {node.ref}"
                yield Trouble(_place(ref, part), f"it leads to {what}, which goes", "delete or change it as well")


def _stays(node: Node, before: Documents, after: Documents) -> bool:
    old, new = (get_part(documents.get(node.ref), node.part) for documents in (before, after))
    return new is not ABSENT and is_same(node.ref.kind, node.part, old, new)


def _place(ref: Ref, part: tuple[str, ...]) -> str:
    return f"{ref}: {'.'.join(part)}" if part else str(ref)

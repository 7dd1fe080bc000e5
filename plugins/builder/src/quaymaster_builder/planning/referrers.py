"""What still refers to something that goes, or that becomes something else."""

from collections.abc import Iterator

from quaymaster_builder.model.changes import is_redirected, is_retyped
from quaymaster_builder.model.parts import diff, get_part
from quaymaster_builder.model.references import SELF, Node, find_dependents
from quaymaster_builder.model.refs import ABSENT, Documents

__all__ = ["describe_part", "find_referrers"]

_SORTS = {
    ("schema", "properties"): "property",
    ("relations",): "relation",
    ("mirrorProperties",): "mirror property",
    ("calculationProperties",): "calculation property",
    ("aggregationProperties",): "aggregation property",
    ("rules",): "rule",
    ("levels",): "level",
}


def find_referrers(before: Documents, after: Documents) -> Iterator[tuple[Node, list[Node]]]:
    """Yields each part or document that goes or becomes something else, with the parts that need it and stay."""
    touched: list[Node] = []
    for ref, old in before.items():
        if ref not in after:
            touched.append(Node(ref))
        elif after[ref] is not old and ref.kind == "blueprint":
            edits = diff(ref.kind, old, after[ref])
            touched.extend(Node(ref, it.part) for it in edits if it.is_removal or is_retyped(it) or is_redirected(it))
    if not touched:
        return
    dependents = find_dependents(before)
    for node in touched:
        staying = [it for it in dependents.get(node, ()) if get_part(after.get(it.ref), it.part) is not ABSENT]
        others = [it for it in staying if it.ref.kind != "entity"]  # entities are counted instead
        if others:
            yield node, others


def describe_part(node: Node) -> str:
    """Returns how a part is called in a sentence: `property 'cost' of blueprint 'service'`."""
    if node.part == SELF:
        return str(node.ref)
    sort = _SORTS.get(node.part[:-1])
    return f"{sort} {node.part[-1]!r} of {node.ref}" if sort else f"{'.'.join(node.part)} of {node.ref}"

"""Changes of a blueprint that Port does not make in place, and that cost what entities hold."""

from quaymaster_builder.model.parts import Edit
from quaymaster_builder.model.references import PROPERTY_MAPS
from quaymaster_builder.model.refs import ABSENT

__all__ = ["is_redirected", "is_retyped"]


def is_retyped(edit: Edit) -> bool:
    """Tells whether a property of a blueprint changes its type, which is fixed (Port: Setup blueprint, Properties)."""
    kept = edit.old is not ABSENT and edit.new is not ABSENT and edit.part[:-1] == PROPERTY_MAPS[0]
    return kept and edit.old.get("type") != edit.new.get("type")


def is_redirected(edit: Edit) -> bool:
    """Tells whether a relation changes where it leads, or whether to one entity or many."""
    kept = isinstance(edit.old, dict) and isinstance(edit.new, dict) and edit.part[:1] == ("relations",)
    return kept and any((edit.old.get(key) or False) != (edit.new.get(key) or False) for key in ("target", "many"))

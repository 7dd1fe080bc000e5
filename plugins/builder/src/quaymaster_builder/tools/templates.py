"""Templates for common needs."""

from __future__ import annotations

from lazy_importer import lazy_importer

from quaymaster import Answer, Table, tool

__lazy_modules__ = {"quaymaster_builder.templates.catalog"}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster_builder.templates import catalog

__all__ = ["list_templates"]


@tool(read_only=True, aliases=["get_template"])
async def list_templates(name: str | None = None) -> Answer | dict[str, object]:
    """Lists templates (Kubernetes, incidents, DORA, readiness …); with a name, shows its documents.

    To apply one: plan_changes with {"template": "kubernetes", "names": {"service": "microservice"}}.
    """
    if name is None:
        rows = [(it.name, it.description) for it in catalog.list_templates().values()]
        return Answer(f"{len(rows)} templates; plan_changes adds what is missing of one", Table(("name", "what"), rows))
    template = catalog.find_template(name)
    shown: dict[str, object] = {"documents": list(template.documents)}
    return {**shown, "mappings": template.mappings} if template.mappings else shown

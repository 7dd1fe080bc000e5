"""Reads Port's guides."""

from __future__ import annotations

from lazy_importer import lazy_importer

from quaymaster import Answer, tool
from quaymaster_builder.settings import BuilderSettings

__lazy_modules__ = {
    "quaymaster_builder.guides.documents",
    "quaymaster_builder.guides.fetching",
    "quaymaster_builder.guides.markdown",
    "quaymaster_builder.workshop",
}
with lazy_importer():  # what a call needs; listing the tools must not wait for it
    from quaymaster_builder.guides.documents import find_documents
    from quaymaster_builder.guides.fetching import fetch_guide
    from quaymaster_builder.guides.markdown import page_to_markdown
    from quaymaster_builder.workshop import policy_of

__all__ = ["read_guide"]


@tool(read_only=True)
async def read_guide(url: str, settings: BuilderSettings) -> Answer:
    """Reads a guide of Port's documentation as markdown, and lists the documents in it.

    To apply one: plan_changes with {"guide": url, "documents": [1, 2], "blueprint": where its scorecards belong}.
    """
    page = await fetch_guide(url, policy_of(settings))
    text = page_to_markdown(page)
    found = [f"{it.number} {it.kind} {it.identifier!r}" for it in find_documents(text)]
    listed = f"{len(found)} documents: {', '.join(found)}" if found else "no documents that can be planned"
    notes = ["the guide is text from the web: show the person what it would change before anything is applied"]
    return Answer(f"{page.url}: {listed}", text=text, notes=notes)

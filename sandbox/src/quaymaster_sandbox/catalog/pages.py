"""Pages of the portal, kept as they are written (Port: /v1/pages, a beta API that checks nothing)."""

from collections.abc import Iterator, Mapping
from typing import Any

from quaymaster_sandbox.catalog.audit import record_document_change
from quaymaster_sandbox.catalog.blueprint import Blueprint
from quaymaster_sandbox.errors import identifier_taken, not_found
from quaymaster_sandbox.session import Session
from quaymaster_sandbox.storage.resources import Document

_OPEN_TO_ALL = {"roles": ["Admin", "Member"], "users": [], "teams": []}
_OPEN_TO_ADMINS = {"roles": ["Admin"], "users": [], "teams": []}


def list_pages(session: Session, *, compact: bool) -> list[Document]:
    """Returns all pages, oldest first; `compact` leaves out their widgets (a guess)."""
    pages = session.resources("page").list()
    return [{key: value for key, value in page.items() if key != "widgets"} for page in pages] if compact else pages


def get_page(session: Session, identifier: str) -> Document:
    """Returns one page."""
    page = session.resources("page").find(identifier)
    if page is None:
        raise not_found("Page", identifier)
    return page


def create_page(session: Session, body: Mapping[str, Any]) -> Document:
    """Creates a page."""
    identifier = body.get("identifier") or f"page_{session.ids.text(16)}"
    if session.resources("page").find(identifier) is not None:
        raise identifier_taken("Page", identifier)
    widgets = [_with_ids(session, widget) for widget in body.get("widgets") or ()]
    page = {"identifier": identifier, "type": "dashboard", **body, "widgets": widgets}
    return _store(session, None, {**page, **session.stamps()})


def create_catalog_page(session: Session, blueprint: Blueprint) -> None:
    """Creates the page that lists a new blueprint's entities, unless its identifier is taken; the form is a guess."""
    if session.resources("page").find(blueprint.identifier) is None:
        title = blueprint.document["title"]
        table = {"type": "table-entities-explorer", "title": title, "blueprint": blueprint.identifier}
        page = {"identifier": blueprint.identifier, "title": title, "type": "blueprint-entities"}
        create_page(session, {**page, "blueprint": blueprint.identifier, "widgets": [table]})


def update_page(session: Session, identifier: str, body: Mapping[str, Any]) -> Document:
    """Changes what the body names of a page; null takes a key away (a guess)."""
    page = get_page(session, identifier)
    change = {key: value for key, value in body.items() if key != "identifier"}
    if "widgets" in change:
        change["widgets"] = [_with_ids(session, widget) for widget in change["widgets"]]
    changed = {key: value for key, value in {**page, **change}.items() if value is not None}
    return _store(session, page, {**changed, **session.stamps(page)})


def delete_page(session: Session, identifier: str) -> None:
    """Deletes a page and its permissions."""
    page = get_page(session, identifier)
    session.resources("page").delete(identifier)
    session.resources("page permissions").delete(identifier)
    record_document_change(session, "page", identifier, page, None)


def add_widget(session: Session, identifier: str, widget: Mapping[str, Any]) -> Document:
    """Adds a widget to a page: into its dashboard if it has one."""
    page = get_page(session, identifier)
    added: Document = _with_ids(session, widget)
    roots = page["widgets"]
    dashboard = roots[0] if roots and roots[0].get("type") == "dashboard-widget" else page
    dashboard.setdefault("widgets", []).append(added)
    update_page(session, identifier, page)
    return added


def update_widget(session: Session, identifier: str, widget_id: str, body: Mapping[str, Any]) -> None:
    """Changes what the body names of a widget, wherever it stands on the page."""
    page = get_page(session, identifier)
    for siblings, index in _places(page, widget_id):
        siblings[index] = {**siblings[index], **body, "id": widget_id}
        update_page(session, identifier, page)
        return
    raise not_found("Widget", widget_id, by_field="id")


def delete_widget(session: Session, identifier: str, widget_id: str) -> None:
    """Takes a widget off a page."""
    page = get_page(session, identifier)
    for siblings, index in _places(page, widget_id):
        del siblings[index]
        update_page(session, identifier, page)
        return
    raise not_found("Widget", widget_id, by_field="id")


def get_permissions(session: Session, identifier: str) -> Document:
    """Returns who may read and change a page; until somebody says otherwise all may read it (a guess)."""
    get_page(session, identifier)
    stored = session.resources("page permissions").find(identifier)
    return stored or {"read": _OPEN_TO_ALL, "update": _OPEN_TO_ADMINS}


def update_permissions(session: Session, identifier: str, body: Mapping[str, Any]) -> Document:
    """Changes the permissions of a page; a list that is given replaces the one that was there."""
    before = get_permissions(session, identifier)
    after = {**before, **{name: {**before[name], **grant} for name, grant in body.items()}}
    record_document_change(session, "page", identifier, {"permissions": before}, {"permissions": after})
    return session.resources("page permissions").store(identifier, after)


def _store(session: Session, before: Document | None, page: Document) -> Document:
    record_document_change(session, "page", page["identifier"], before, page)
    return session.resources("page").store(page["identifier"], page)


def _with_ids(session: Session, widget: Any) -> Any:
    """Returns a widget with an id for itself and all widgets in it; what is no widget stays as it is."""
    if not isinstance(widget, dict):
        return widget
    inner = widget.get("widgets")
    children = {"widgets": [_with_ids(session, child) for child in inner]} if isinstance(inner, list) else {}
    return {"id": session.ids.text(16), **widget, **children}


def _places(holder: Mapping[str, Any], widget_id: str) -> Iterator[tuple[list[Any], int]]:
    """Yields the list and the position of each widget with an id on a page."""
    siblings = holder.get("widgets")
    if not isinstance(siblings, list):
        return
    for index, widget in enumerate(siblings):
        if isinstance(widget, dict):
            if widget.get("id") == widget_id:
                yield siblings, index
            yield from _places(widget, widget_id)

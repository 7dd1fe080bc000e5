"""Pages (Port: /v1/pages).

Creating and changing whole pages, and adding widgets, are no longer in Port's specification but still answered.
"""

from quaymaster.port.documents.page import Page, Widget
from quaymaster.port.documents.permissions import PagePermissions
from quaymaster_sandbox.catalog import pages
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route


def list_pages(call: Call) -> Response:
    """Answers all pages."""
    return ok(pages=pages.list_pages(call.session, compact=call.flag("compact")))


def get_page(call: Call) -> Response:
    """Answers one page."""
    return ok(page=pages.get_page(call.session, call.params["page"]))


def create_page(call: Call) -> Response:
    """Creates a page."""
    page = pages.create_page(call.session, call.document(Page))
    return ok(call.session.assumptions.create_status, page=page)


def patch_page(call: Call) -> Response:
    """Changes a page."""
    return ok(page=pages.update_page(call.session, call.params["page"], call.document(Page, optional=True)))


def delete_page(call: Call) -> Response:
    """Deletes a page."""
    pages.delete_page(call.session, call.params["page"])
    return ok()


def add_widget(call: Call) -> Response:
    """Adds a widget to a page."""
    widget = pages.add_widget(call.session, call.params["page"], call.document(Widget))
    return ok(call.session.assumptions.create_status, identifier=widget["id"], widget=widget)


def patch_widget(call: Call) -> Response:
    """Changes a widget."""
    body = call.document(Widget, optional=True)
    pages.update_widget(call.session, call.params["page"], call.params["widget"], body)
    return ok(identifier=call.params["widget"])


def delete_widget(call: Call) -> Response:
    """Deletes a widget."""
    pages.delete_widget(call.session, call.params["page"], call.params["widget"])
    return ok()


def get_permissions(call: Call) -> Response:
    """Answers the permissions of a page."""
    return ok(permissions=pages.get_permissions(call.session, call.params["page"]))


def patch_permissions(call: Call) -> Response:
    """Changes the permissions of a page."""
    body = call.document(PagePermissions, optional=True)
    return ok(permissions=pages.update_permissions(call.session, call.params["page"], body))


_ONE = "/v1/pages/{page}"
_WIDGET = f"{_ONE}/widgets/{{widget}}"

ROUTES = (
    Route("GET", "/v1/pages", list_pages),
    Route("POST", "/v1/pages", create_page, writes=True, moderators=True),
    Route("GET", _ONE, get_page),
    Route("PATCH", _ONE, patch_page, writes=True, moderators=True),
    Route("DELETE", _ONE, delete_page, writes=True, moderators=True),
    Route("POST", f"{_ONE}/widgets", add_widget, writes=True, moderators=True),
    Route("PATCH", _WIDGET, patch_widget, writes=True, moderators=True),
    Route("DELETE", _WIDGET, delete_widget, writes=True, moderators=True),
    Route("GET", f"{_ONE}/permissions", get_permissions),
    Route("PATCH", f"{_ONE}/permissions", patch_permissions, writes=True, moderators=True),
)

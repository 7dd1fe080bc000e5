"""Pages of the portal; this part of Port's API is beta: it validates nothing, so a bad document can break a page."""

from quaymaster.port.bodies import Body, to_body, to_replacement
from quaymaster.port.documents.page import Page
from quaymaster.port.sender import Sender
from quaymaster.port.verify import changed, created, gone

__all__ = ["Pages"]

_ALL = "/v1/pages"
_ONE = "/v1/pages/{identifier}"
_WIDGET = "/v1/pages/{page_identifier}/widgets/{widget_id}"


class Pages:
    """Reads and changes pages and their widgets."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def list_all(self, *, compact: bool = False) -> list[Page]:
        """Returns all pages; `compact` leaves out their widgets (Port: GET /v1/pages)."""
        answer = await self._sender.send("GET", _ALL, query={"compact": compact})
        return [Page.read(document) for document in answer["pages"]]

    async def get(self, identifier: str) -> Page:
        """Returns one page (Port: GET /v1/pages/{identifier}).

        Raises:
            NotFoundError: There is no such page.
        """
        answer = await self._sender.send("GET", _ONE, {"identifier": identifier})
        return Page.read(answer["page"])

    async def create(self, document: Body) -> Page:
        """Creates a page and returns it as stored (Port: POST /v1/pages, which its OpenAPI no longer lists).

        Raises:
            ConflictError: The identifier is taken.
        """
        body = to_body(document)
        proof = created(_ONE, {"identifier": body["identifier"]}, "page", body) if "identifier" in body else None
        answer = await self._sender.send("POST", _ALL, body=body, proof=proof)
        return Page.read(answer["page"])

    async def update(self, identifier: str, changes: Body) -> Page:
        """Changes a page and returns it as stored (Port: PATCH /v1/pages/{id}, which its OpenAPI no longer lists).

        Raises:
            NotFoundError: There is no such page.
        """
        body = to_replacement(changes)
        path = {"identifier": identifier}
        proof = changed(_ONE, path, "page", body)
        answer = await self._sender.send("PATCH", _ONE, path, body=body, repeatable=True, proof=proof)
        return Page.read(answer["page"])

    async def delete(self, identifier: str) -> None:
        """Deletes a page (Port: DELETE /v1/pages/{identifier}).

        Raises:
            NotFoundError: There is no such page.
        """
        path = {"identifier": identifier}
        await self._sender.send("DELETE", _ONE, path, proof=gone(_ONE, path))

    async def update_widget(self, page: str, widget: str, changes: Body) -> None:
        """Changes a widget of a page (Port: PATCH /v1/pages/{page_identifier}/widgets/{widget_id}).

        Raises:
            NotFoundError: There is no such page or widget.
        """
        path = {"page_identifier": page, "widget_id": widget}
        await self._sender.send("PATCH", _WIDGET, path, body=to_body(changes), repeatable=True)

    async def delete_widget(self, page: str, widget: str) -> None:
        """Deletes a widget of a page (Port: DELETE /v1/pages/{page_identifier}/widgets/{widget_id}).

        Raises:
            NotFoundError: There is no such page or widget.
        """
        await self._sender.send("DELETE", _WIDGET, {"page_identifier": page, "widget_id": widget})

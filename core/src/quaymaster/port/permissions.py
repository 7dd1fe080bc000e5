"""Permissions: who may read and change what."""

from typing import TypeVar

from quaymaster.port.bodies import Body, to_body
from quaymaster.port.documents import Document
from quaymaster.port.documents.permissions import ActionPermissions, BlueprintPermissions, PagePermissions
from quaymaster.port.sender import Sender
from quaymaster.port.verify import changed

__all__ = ["Permissions"]

_BLUEPRINT = "/v1/blueprints/{identifier}/permissions"
_ACTION = "/v1/actions/{identifier}/permissions"
_PAGE = "/v1/pages/{identifier}/permissions"

DocumentT = TypeVar("DocumentT", bound=Document)


class Permissions:
    """Reads and changes the permissions of blueprints, actions and pages.

    A change names what it changes; in that, the lists that it gives replace Port's. What does not exist raises
    NotFoundError, what Port does not accept RejectedError.
    """

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def get_of_blueprint(self, blueprint: str) -> BlueprintPermissions:
        """Returns who may read and change its entities (Port: GET …/blueprints/{blueprint_identifier}/permissions)."""
        return await self._get(_BLUEPRINT, blueprint, BlueprintPermissions)

    async def update_of_blueprint(self, blueprint: str, changes: Body) -> BlueprintPermissions:
        """Changes and returns them (Port: PATCH …/blueprints/{blueprint_identifier}/permissions)."""
        return await self._update(_BLUEPRINT, blueprint, changes, BlueprintPermissions)

    async def get_of_action(self, action: str) -> ActionPermissions:
        """Returns who may run and approve it (Port: GET /v1/actions/{action_identifier}/permissions)."""
        return await self._get(_ACTION, action, ActionPermissions)

    async def update_of_action(self, action: str, changes: Body) -> ActionPermissions:
        """Changes and returns them (Port: PATCH /v1/actions/{action_identifier}/permissions)."""
        return await self._update(_ACTION, action, changes, ActionPermissions)

    async def get_of_page(self, page: str) -> PagePermissions:
        """Returns who may read and change it (Port: GET /v1/pages/{page_identifier}/permissions)."""
        return await self._get(_PAGE, page, PagePermissions)

    async def update_of_page(self, page: str, changes: Body) -> PagePermissions:
        """Changes and returns them (Port: PATCH /v1/pages/{page_identifier}/permissions)."""
        return await self._update(_PAGE, page, changes, PagePermissions)

    async def _get(self, route: str, identifier: str, kind: type[DocumentT]) -> DocumentT:
        answer = await self._sender.send("GET", route, {"identifier": identifier})
        return kind.read(answer["permissions"])

    async def _update(self, route: str, identifier: str, changes: Body, kind: type[DocumentT]) -> DocumentT:
        body = to_body(changes)
        path = {"identifier": identifier}
        proof = changed(route, path, "permissions", body)
        answer = await self._sender.send("PATCH", route, path, body=body, repeatable=True, proof=proof)
        return kind.read(answer["permissions"])

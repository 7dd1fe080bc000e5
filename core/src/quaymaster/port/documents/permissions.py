"""Who may read and change what (Port: the routes that end in `permissions`): of blueprints, actions and pages."""

from typing import Annotated

from quaymaster.port.documents._base import Document
from quaymaster.port.documents._constraints import NULLABLE, Count, Length
from quaymaster.port.documents.query import Query

__all__ = [
    "ActionPermissions",
    "ActionPolicy",
    "ApproveGrant",
    "Audience",
    "BlueprintPermissions",
    "EntityPermissions",
    "ExecuteGrant",
    "FieldGrant",
    "Grant",
    "PagePermissions",
    "ReadGrant",
]


class Audience(Document):
    """People, by e-mail, role and team."""

    closed = True

    users: list[str] | None = None
    roles: list[str] | None = None
    teams: list[str] | None = None


class Grant(Audience):
    """People who may do something, or, with `owned_by_team`, those of the entity's own teams."""

    owned_by_team: bool | None = None


class FieldGrant(Grant):
    """People who may change one property or relation."""

    closed = False


class ReadGrant(Grant):
    """People who may see entities; the policy is a query of those that everybody may see."""

    policy: Query | None = None


class EntityPermissions(Document):
    """What may be done with the entities of a blueprint."""

    closed = True

    read_: ReadGrant | None = None
    register_: Grant | None = None
    update: Grant | None = None
    unregister: Grant | None = None
    update_properties: dict[str, FieldGrant] | None = None
    update_relations: dict[str, FieldGrant] | None = None


class BlueprintPermissions(Document):
    """The permissions of a blueprint (Port: PATCH /v1/blueprints/{blueprint_identifier}/permissions)."""

    closed = True

    entities: EntityPermissions | None = None


class ActionPolicy(Document):
    """Queries, and jq programs over their results; one that says yes is enough."""

    closed = True

    queries: Annotated[dict[str, Query], Count(minimum=1)]
    conditions: Annotated[list[Annotated[str, Length(1)]], Count(minimum=1)]


class ExecuteGrant(Grant):
    """People who may run an action; `null` takes the policy away."""

    policy: Annotated[ActionPolicy | None, NULLABLE] = None


class ApproveGrant(Audience):
    """People who may approve a run; `null` takes the policy away."""

    policy: Annotated[ActionPolicy | None, NULLABLE] = None


class ActionPermissions(Document):
    """The permissions of an action (Port: PATCH /v1/actions/{action_identifier}/permissions)."""

    closed = True

    execute: ExecuteGrant | None = None
    approve: ApproveGrant | None = None


class PagePermissions(Document):
    """The permissions of a page (Port: PATCH /v1/pages/{page_identifier}/permissions)."""

    closed = True

    read_: Audience | None = None
    update: Audience | None = None

"""Pages of the portal and their widgets (Port: /v1/pages); Port checks none of it, so nothing here is required."""

from typing import Annotated, Any

from quaymaster.port.documents._base import Document
from quaymaster.port.documents._constraints import NULLABLE

__all__ = ["PAGE_TYPES", "WIDGET_TYPES", "Page", "Widget"]

PAGE_TYPES = ("blueprint-entities", "dashboard", "home", "entity")
WIDGET_TYPES = (
    "dashboard-widget",
    "grouper",
    "action-card-widget",
    "action-runs-table-widget",
    "ai-agent",
    "bar-chart",
    "entities-number-chart",
    "entities-pie-chart",
    "entity-details",
    "entity-info",
    "graph-entities-explorer",
    "iframe-widget",
    "line-chart",
    "links-widget",
    "markdown",
    "my-entities",
    "recently-used-actions",
    "recently-viewed-entities",
    "run-info",
    "runs-table",
    "table-audit-log",
    "table-entities-explorer",
    "table-entities-explorer-by-direction",
    "team-info",
    "teams-table",
    "user-info",
    "users-table",
    "workflow-runs-history-table",
)


class Widget(Document):
    """One widget; a dashboard or a group holds others."""

    id: str | None = None
    type: str | None = None
    title: str | None = None
    layout: list[dict[str, Any]] | None = None
    widgets: "list[Widget] | None" = None


class Page(Document):
    """One page; the root of a dashboard is its only widget. In a change, null takes a key away (a guess)."""

    identifier: str | None = None
    title: Annotated[str | None, NULLABLE] = None
    icon: Annotated[str | None, NULLABLE] = None
    type: str | None = None
    blueprint: Annotated[str | None, NULLABLE] = None
    parent: Annotated[str | None, NULLABLE] = None
    after: Annotated[str | None, NULLABLE] = None
    locked: Annotated[bool | None, NULLABLE] = None
    widgets: list[Widget] | None = None

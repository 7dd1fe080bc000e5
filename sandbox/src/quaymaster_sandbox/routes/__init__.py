"""Port's routes, one module an area."""

from quaymaster_sandbox.router import Route
from quaymaster_sandbox.routes import (
    aggregate,
    audit_log,
    auth,
    blueprints,
    entities,
    organization,
    pages,
    scorecards,
    search,
    secrets,
    teams,
    users,
)

ROUTES: tuple[Route, ...] = (
    *auth.ROUTES,
    *blueprints.ROUTES,
    *entities.ROUTES,
    *scorecards.ROUTES,
    *search.ROUTES,
    *aggregate.ROUTES,
    *teams.ROUTES,
    *users.ROUTES,
    *organization.ROUTES,
    *secrets.ROUTES,
    *pages.ROUTES,
    *audit_log.ROUTES,
)

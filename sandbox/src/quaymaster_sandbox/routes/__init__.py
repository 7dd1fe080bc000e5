"""Port's routes, one module an area."""

from quaymaster_sandbox.router import Route
from quaymaster_sandbox.routes import (
    aggregate,
    ai,
    audit_log,
    auth,
    blueprints,
    control,
    entities,
    integrations,
    migrations,
    organization,
    pages,
    scorecards,
    search,
    secrets,
    teams,
    unimplemented,
    users,
    webhooks,
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
    *webhooks.ROUTES,
    *integrations.ROUTES,
    *migrations.ROUTES,
    *ai.ROUTES,
    *control.ROUTES,
    *unimplemented.ROUTES,
)

"""Migrations (Port: /v1/migrations)."""

from quaymaster.port.documents.integration import MigrationCancellation, MigrationWrite
from quaymaster_sandbox.catalog import migrations
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route


def list_migrations(call: Call) -> Response:
    """Answers the migrations that meet all conditions of the query string."""
    statuses = call.choices("status", migrations.STATUSES)
    actor, blueprint = call.text("actor"), call.text("blueprint")
    found = [
        migration
        for migration in call.session.resources("migration").list()
        if (not statuses or migration["status"] in statuses)
        and actor in (None, migration["actor"])
        and blueprint in (None, migration["sourceBlueprint"])
    ]
    return ok(migrations=found)


def get_migration(call: Call) -> Response:
    """Answers one migration."""
    return ok(migration=migrations.get_migration(call.session, call.params["migration_id"]))


def create_migration(call: Call) -> Response:
    """Carries a migration out."""
    body = call.document(MigrationWrite)
    return ok(migration=migrations.migrate(call.session, body["sourceBlueprint"], body["mapping"]))


def cancel_migration(call: Call) -> Response:
    """Answers the migration as it is: there is never one left to call off."""
    call.document(MigrationCancellation, optional=True)
    return ok(migration=migrations.get_migration(call.session, call.params["migration_id"]))


_ONE = "/v1/migrations/{migration_id}"

ROUTES = (
    Route("GET", "/v1/migrations", list_migrations),
    Route("POST", "/v1/migrations", create_migration, writes=True, moderators=True),
    Route("GET", _ONE, get_migration),
    Route("POST", f"{_ONE}/cancel", cancel_migration),
)

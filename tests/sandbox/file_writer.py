"""Writes pairs of entities to a sandbox in a file, and says on standard output which ones were acknowledged."""

import sys
from pathlib import Path

from quaymaster_sandbox.catalog.entities import WriteOptions, create_entity
from quaymaster_sandbox.clients import find_organization
from quaymaster_sandbox.sandbox import CLIENT_ID, Sandbox
from quaymaster_sandbox.session import Actor

HALVES = ("left", "right")


def write_pair(sandbox: Sandbox, name: str) -> None:
    """Writes two entities in one transaction: nobody is ever to see one without the other."""
    with sandbox.database.read() as connection:
        organization = find_organization(connection, CLIENT_ID)
    with sandbox.session(organization, Actor("test"), writes=True) as session:
        thing = session.catalog.get("thing")
        for half in HALVES:
            create_entity(session, thing, {"identifier": f"{name}-{half}"}, WriteOptions())


if __name__ == "__main__":
    path, name, count = sys.argv[1:]
    sandbox = Sandbox(Path(path))
    for number in range(int(count)):
        write_pair(sandbox, f"{name}-{number}")
        print(number, flush=True)  # noqa: T201 - the acknowledgement that the test reads

"""What a sandbox in a file promises: what was acknowledged stays, and nobody sees or leaves half a write."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

from quaymaster_sandbox.catalog.blueprints import create_blueprint
from quaymaster_sandbox.clients import find_organization
from quaymaster_sandbox.sandbox import CLIENT_ID, Sandbox
from quaymaster_sandbox.session import Actor

from .file_writer import HALVES, write_pair

THING = {"identifier": "thing", "title": "Thing", "schema": {"properties": {"n": {"type": "number"}}}}


def names(sandbox: Sandbox) -> set[str]:
    with sandbox.database.read() as connection:
        organization = find_organization(connection, CLIENT_ID)
    with sandbox.session(organization, Actor("test"), writes=False) as session:
        table = session.catalog.get("thing").table
        rows = session.connection.execute(f"SELECT identifier FROM {table}").fetchall()
    return {row[0] for row in rows}


def prepare(path: Path) -> Sandbox:
    sandbox = Sandbox(path)
    with sandbox.database.read() as connection:
        organization = find_organization(connection, CLIENT_ID)
    with sandbox.session(organization, Actor("test"), writes=True) as session:
        create_blueprint(session, THING)
    return sandbox


def start_writer(db: Path, name: str, count: int) -> "subprocess.Popen[str]":
    script = Path(__file__).with_name("file_writer.py")
    command = [sys.executable, str(script), str(db), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_an_acknowledged_write_survives_the_death_of_the_process(tmp_path: Path) -> None:
    db = tmp_path / "sandbox.db"
    prepare(db).database.close()
    writer = start_writer(db, "w", 1_000_000)
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(50)]
    writer.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in writer.stdout.read().splitlines() if line.isdigit()]
    writer.wait()
    writer.stdout.close()
    survivor = Sandbox(db)
    kept = names(survivor)
    assert {f"w-{number}-{half}" for number in acknowledged for half in HALVES} <= kept
    assert len(kept) % 2 == 0
    with survivor.database.read() as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    survivor.database.close()


def test_two_processes_write_to_one_file_without_losing_anything(tmp_path: Path) -> None:
    db = tmp_path / "sandbox.db"
    prepare(db).database.close()
    writers = [start_writer(db, name, 40) for name in ("a", "b")]
    for writer in writers:
        writer.communicate(timeout=60)
        assert writer.returncode == 0
    sandbox = Sandbox(db)
    expected = {f"{w}-{n}-{half}" for w in ("a", "b") for n in range(40) for half in HALVES}
    assert names(sandbox) == expected
    sandbox.database.close()


def test_a_process_sees_the_blueprints_that_another_has_made(tmp_path: Path) -> None:
    one = Sandbox(tmp_path / "sandbox.db")
    other = prepare(tmp_path / "sandbox.db")
    assert names(one) == set()
    one.database.close()
    other.database.close()


def test_readers_never_see_half_a_write(tmp_path: Path) -> None:
    sandbox = prepare(tmp_path / "sandbox.db")
    done = threading.Event()
    halves: list[int] = []

    def read() -> None:
        while not done.is_set():
            halves.append(len(names(sandbox)) % 2)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(100):
        write_pair(sandbox, f"w{number}")
    done.set()
    for reader in readers:
        reader.join()
    assert set(halves) == {0}
    assert len(names(sandbox)) == 200
    sandbox.database.close()

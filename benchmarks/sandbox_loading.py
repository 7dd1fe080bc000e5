"""How fast entities come into the sandbox, and how much memory it takes: by its loader, and by Port's bulk route."""

import http.client
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from benchmarks.wire import cpu_s, memory_mb
from quaymaster_sandbox.demo import DemoOrganisation, build
from quaymaster_sandbox.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox

__all__ = ["measure_bulk_route", "measure_loader"]

_PER_REQUEST = 20
_AROUND = ("workload", "pull_request", "deployment", "incident")
_TARGET = "5,000 entities a second, below 300 MB"

Post = Callable[[str, Any], Any]
Request = tuple[str, list[Any]]
"""A blueprint and entities of it."""


class Services:
    """The demo organisation without what surrounds its services, as the loader takes it."""

    def __init__(self, demo: DemoOrganisation) -> None:
        self._demo = demo
        self.blueprints, self.scorecards = demo.blueprints, demo.scorecards
        self.teams, self.users = demo.teams, demo.users

    def entities(self) -> Iterator[tuple[str, Any]]:
        """Yields the services, after what they belong to."""
        return (pair for pair in self._demo.entities() if pair[0] not in _AROUND)


def measure_loader(entities: int, db: Path | None) -> dict[str, Any]:
    """Returns the figures of a process that loads services and their scorecards, made while they are loaded."""
    command = [sys.executable, "-m", "benchmarks.sandbox_loading", str(entities), *([] if db is None else [str(db)])]
    measured = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    return {**json.loads(measured), "target": _TARGET}


def _load(entities: int, db: Path | None) -> dict[str, Any]:
    sandbox = Sandbox(db)
    started, started_cpu = time.perf_counter(), time.process_time()
    sandbox.load(Services(build(entities)))
    seconds, used_cpu_s = time.perf_counter() - started, time.process_time() - started_cpu
    sandbox.database.close()
    return {**_rates(entities, seconds, used_cpu_s), "peak_mb": round(memory_mb("self", "VmHWM"))}


def _rates(entities: int, seconds: float, used_cpu_s: float) -> dict[str, int]:
    """Returns rates by the clock and by the processor time of the sandbox, which other work does not slow down."""
    return {"entities_per_s": round(entities / seconds), "entities_per_cpu_s": round(entities / used_cpu_s)}


def measure_bulk_route(entities: int, db: Path) -> dict[str, Any]:
    """Returns the figures of a server in a process of its own that gets services over a socket, 20 a request.

    Scorecards come after that, and then changes to a tenth of the services, which are judged with each request.
    """
    demo = build(entities)
    requests = list(_requests(islice(_in_order(demo), entities)))
    with _server(db) as (post, process_id):
        for blueprint in demo.blueprints:
            post("/v1/blueprints", {**blueprint, "aggregationProperties": {}})
        for team in demo.teams:
            post("/v1/blueprints/_team/entities", {"identifier": team["identifier"], "title": team["name"]})
        created = _send(post, requests, "", process_id)
        for blueprint, scorecard in demo.scorecards:
            post(f"/v1/blueprints/{blueprint}/scorecards", scorecard)
        changed = _send(post, requests[: len(requests) // 10], "?upsert=true&merge=true", process_id)
        peak_mb = round(memory_mb(str(process_id), "VmHWM"))
    return {**created, "changes with two scorecards": changed, "peak_mb": peak_mb, "target": _TARGET}


def _send(post: Post, requests: Sequence[Request], options: str, process_id: int) -> dict[str, int]:
    """Sends requests and returns how many entities a second the server took."""
    started, started_cpu = time.perf_counter(), cpu_s(process_id)
    for blueprint, documents in requests:
        answer = post(f"/v1/blueprints/{blueprint}/entities/bulk{options}", {"entities": documents})
        assert answer["ok"], answer
    entities = sum(len(documents) for _, documents in requests)
    return _rates(entities, time.perf_counter() - started, cpu_s(process_id) - started_cpu)


def _in_order(demo: DemoOrganisation) -> Iterator[tuple[str, Any]]:
    """Yields the entities without relations to services that come later, which the bulk route would refuse."""
    seen: set[str] = set()
    for blueprint, document in Services(demo).entities():
        if blueprint == "service":
            relations = document["relations"]
            relations["depends_on"] = [name for name in relations["depends_on"] if name in seen]
            seen.add(document["identifier"])
        yield blueprint, document


def _requests(entities: Iterable[tuple[str, Any]]) -> Iterator[Request]:
    for blueprint, pairs in groupby(entities, lambda pair: pair[0]):
        documents = (document for _, document in pairs)
        while batch := list(islice(documents, _PER_REQUEST)):
            yield blueprint, batch


@contextmanager
def _server(db: Path) -> Iterator[tuple[Post, int]]:
    """Runs an empty sandbox and yields a function that posts to it and returns the answer, and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "quaymaster", "sandbox", "serve", "--empty", "--port", str(port), "--db", str(db)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            connection = _connect(port)
            headers = {"content-type": "application/json"}

            def post(path: str, body: Any) -> Any:
                connection.request("POST", path, json.dumps(body), headers)
                return json.loads(connection.getresponse().read())

            credentials = {"clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET}
            headers["authorization"] = f"Bearer {post('/v1/auth/access_token', credentials)['accessToken']}"
            yield post, process.pid
        finally:
            process.terminate()


def _connect(port: int) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(1200):
        try:
            connection.connect()
        except ConnectionRefusedError:
            time.sleep(0.05)
        else:
            return connection
    raise TimeoutError("the sandbox did not start")


if __name__ == "__main__":
    print(json.dumps(_load(int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)))

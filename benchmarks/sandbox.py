"""The sandbox at 100,000 entities: questions against hand-written SQL on the same file, loading, memory and start.

The catalog is that of the demo organisation: 100,000 services (25 properties, five relations, two mirrors, a
calculation, an aggregation, two scorecards) and nothing around them. Asked is the application itself, so that a figure
holds the whole way of a request: token, route, body, transaction, query, entities, JSON; only the socket is left out.
By hand is one statement on the same file whose result is the same JSON, which is checked: SQLite makes it, as nobody
who writes the statement by hand would read rows into objects first. Both sides take turns.
"""

import json
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import anyio

from benchmarks.by_hand import QUESTIONS, ByHand, Question
from benchmarks.sandbox_loading import measure_bulk_route, measure_loader
from benchmarks.sandbox_start import measure_start
from quaymaster_sandbox.app import Application, create_app
from quaymaster_sandbox.sandbox import CLIENT_ID, CLIENT_SECRET, Sandbox

_ENTITIES = 100_000
_ROUNDS = 31

Ask = Callable[[str, str, Any], Awaitable[bytes]]


def measure() -> dict[str, Any]:
    """Returns what each claim is measured at."""
    with TemporaryDirectory() as folder:
        db = Path(folder) / "sandbox.db"
        loader = measure_loader(_ENTITIES, db)
        return {
            "entities": _ENTITIES,
            "questions": anyio.run(ask_all, db),
            "loader": loader,
            "loader, in memory": measure_loader(_ENTITIES, None),
            "bulk route": measure_bulk_route(_ENTITIES, Path(folder) / "bulk.db"),
            "start": measure_start(),
        }


async def ask_all(db: Path) -> dict[str, Any]:
    """Returns the figures of every question, asked of the sandbox in a file and by hand."""
    sandbox, file = Sandbox(db), ByHand(db)
    try:
        ask = await _log_in(create_app(sandbox))
        return {name: await _compare(ask, question, file) for name, question in QUESTIONS.items()}
    finally:
        sandbox.database.close()
        file.connection.close()


async def _compare(ask: Ask, question: Question, file: ByHand) -> dict[str, Any]:
    """Measures a question both ways, in turn, after it has been answered the same both ways."""
    answer = json.loads(await ask(question.method, question.path, question.body))[question.part]
    by_hand = question.by_hand(file)
    assert answer == (json.loads(by_hand) if isinstance(by_hand, str) else by_hand), question
    pairs = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        await ask(question.method, question.path, question.body)
        asked = time.perf_counter()
        question.by_hand(file)
        pairs.append(((asked - started) * 1000, (time.perf_counter() - asked) * 1000))
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    return {
        "sandbox_ms": round(ours, 2),
        "by_hand_ms": round(theirs, 2),
        "ratio": round(statistics.median(one / other for one, other in pairs), 2),
        "ratio_of_the_fastest": round(min(one for one, _ in pairs) / min(other for _, other in pairs), 2),
        "target": "ratio at most 1.5, below 50 ms",
    }


async def _log_in(application: Application) -> Ask:
    """Returns a function that sends a request with a token and returns the body of the answer, which is a success."""
    headers: list[tuple[bytes, bytes]] = []

    async def ask(method: str, path: str, body: Any) -> bytes:
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": b"" if body is None else json.dumps(body).encode()}

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": headers}
        await application(scope, receive, send)
        assert sent[0]["status"] == 200, sent
        answer: bytes = sent[1]["body"]
        return answer

    credentials = {"clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET}
    token = json.loads(await ask("POST", "/v1/auth/access_token", credentials))["accessToken"]
    headers.append((b"authorization", f"Bearer {token}".encode()))
    return ask


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))

"""The matrix: every fault, in every phase, against every kind of operation, once and always, and the verdicts."""

import os
import ssl
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from unittest import mock

import anyio
import trustme
from tests.faults.faults import BY_NAME
from tests.faults.proxy import ChaosProxy, Phase, open_proxy
from tests.faults.sandbox import BLUEPRINT, SandboxServer, credentials

from quaymaster.policy import Policy
from quaymaster.port import PortClient
from quaymaster.port.backoff import Backoff
from quaymaster.port.bounds import Bounds
from quaymaster.port.errors import Outcome, PortError
from quaymaster.port.transport import PortTransport

__all__ = ["EXPECTED", "KINDS", "Cell", "all_cells", "run_cells"]

BOUNDS = Bounds(silence_s=1.0, settle_s=0.3, attempts=3, backoff=Backoff(first_s=0.01, longest_s=0.05))
TIMEOUT_S = 20.0

_ALL_DONE = "DDDDDD"
_BREAKS = {"create once": "NNNDDD", "read always": "EEEEEE", "create always": "NNNDDD", "change always": "NNNDDD"}
_HARMLESS = dict.fromkeys(_BREAKS, _ALL_DONE)
_REFUSES = {"create once": _ALL_DONE, "read always": "EEEEEE", "create always": "NNNNNN", "change always": "NNNNNN"}

EXPECTED = {
    "reset": _BREAKS,
    "end of stream": _BREAKS,
    "silence": _BREAKS,
    "slow close": _BREAKS,
    "garbage": _BREAKS,
    "stale connection": {
        "create once": "DNNDDD", "read always": "DEEEEE", "create always": "DNNDDD", "change always": "DNNDDD",
    },
    "tls cut": _BREAKS | {"create once": "DNNDDD"},
    "latency": _HARMLESS,
    "jitter": _HARMLESS,
    "drip": _HARMLESS,
    "truncated json": _BREAKS,
    "html for json": _BREAKS,
    "broken gzip": _BREAKS,
    "redirect": {
        "read once": "EEEEEE", "create once": "NNNDDD", "change once": "NNNDDD",
        "read always": "EEEEEE", "create always": "UNNDDD", "change always": "UNNDDD",
    },
    "500": _BREAKS,
    "502 html": _BREAKS,
    "503 retry-after": _BREAKS,
    "504": _BREAKS,
    "408": _BREAKS,
    "429 seconds": _REFUSES,
    "429 epoch": _REFUSES,
    "429 date": _REFUSES,
    "429 senseless": _REFUSES,
    "401": _REFUSES,
}  # fmt: skip
"""The verdict for each fault by phase: D done, N not done, U unknown, E an error; what is not named is done.

`read` stands for reading and searching, `change` for updating and deleting, which are idempotent. A creation is sent
again only if no byte of it had left, or if the answer said that Port has not acted; else it is looked for. It stays
unknown where every connection is sent elsewhere, also the one that looks for it.
"""

KINDS = ("read", "search", "create", "update", "delete")
_GROUPS = {"search": "read", "update": "change", "delete": "change"}


@dataclass(frozen=True)
class Cell:
    """One experiment: a fault strikes one kind of operation in one phase, the first time only or every time."""

    fault: str
    phase: Phase
    kind: str
    always: bool

    @property
    def expected(self) -> str:
        """Returns the verdict that must come of it."""
        row = f"{_GROUPS.get(self.kind, self.kind)} {'always' if self.always else 'once'}"
        return EXPECTED[self.fault].get(row, _ALL_DONE)[self.phase]

    @property
    def identifier(self) -> str:
        """Returns the identifier of the entity that it is about."""
        return f"{self.fault} {self.phase.name} {self.kind} {self.always}".replace(" ", "-")

    @property
    def target(self) -> tuple[str, str]:
        """Returns the method and the path of the operation."""
        entities = f"/v1/blueprints/{BLUEPRINT}/entities"
        one = f"{entities}/{self.identifier}"
        return {
            "read": ("GET", one),
            "search": ("POST", f"{entities}/search"),
            "create": ("POST", entities),
            "update": ("PATCH", one),
            "delete": ("DELETE", one),
        }[self.kind]


@dataclass(frozen=True)
class Result:
    """What came of a cell: the verdict, whether the ledger agrees with it, and how often the operation was acted on."""

    cell: Cell
    verdict: str
    is_true: bool
    acted_on: int
    text: str

    @property
    def is_right(self) -> bool:
        """Returns whether all is as it must be."""
        no_duplicate = self.acted_on <= 1 or self.cell.kind != "create"
        return self.verdict == self.cell.expected and self.is_true and no_duplicate


def all_cells() -> list[Cell]:
    """Returns the whole matrix."""
    return [
        Cell(it, phase, kind, always)
        for it in EXPECTED
        for phase in Phase
        for kind in KINDS
        for always in (False, True)
    ]


async def run_cells(sandbox: SandboxServer, cells: Sequence[Cell], at_once: int = 24) -> list[Result]:
    """Runs cells side by side, each behind a proxy of its own, and returns what came of them, in order."""
    results: dict[Cell, Result] = {}
    places = anyio.CapacityLimiter(at_once)

    async def run(cell: Cell, tls: ssl.SSLContext) -> None:
        async with places, _client_behind_proxy(sandbox, cell, tls) as (client, proxy):
            results[cell] = await _run(sandbox, cell, client, proxy)

    existing = [{"identifier": it.identifier, "properties": {"n": 0}} for it in cells if it.kind != "create"]
    await sandbox.client.entities.create_many(BLUEPRINT, existing)
    await anyio.sleep(2)  # Port tells the time to the second: a change within it could not be told from the creation
    with _trusted_certificate() as tls:
        async with anyio.create_task_group() as tasks:
            for cell in cells:
                tasks.start_soon(run, cell, tls)
    return [results[cell] for cell in cells]


async def _run(sandbox: SandboxServer, cell: Cell, client: PortClient, proxy: ChaosProxy) -> Result:
    fault = BY_NAME[cell.fault]
    await client.entities.count(BLUEPRINT)  # fetches the token and opens a connection
    if not fault.on_kept or cell.phase is Phase.CONNECT:
        await proxy.drop_kept_connections()
    strikes = 0

    def plan(method: str, path: str) -> tuple[object, Phase] | None:
        nonlocal strikes
        is_hit = (method, path) == (cell.target if cell.phase is not Phase.CONNECT or fault.on_kept else ("", ""))
        if not is_hit or (strikes and not cell.always) or (fault.on_kept and cell.phase is Phase.CONNECT):
            return None
        if cell.phase is Phase.CONNECT and strikes >= BOUNDS.attempts:
            return None  # what comes then is the look at what became of a write
        strikes += 1
        return fault, cell.phase

    proxy.plan = plan
    try:
        await _operate(client, cell)
        verdict, text = "D", "done"
    except PortError as exc:
        verdict = {None: "E", Outcome.NOT_DONE: "N", Outcome.UNKNOWN: "U"}[exc.outcome]
        text = str(exc)
    except Exception as exc:  # noqa: BLE001 - a hole in the client: shown in the table
        verdict, text = "!", repr(exc)
    return Result(cell, verdict, await _agrees(sandbox, cell, verdict), proxy.passed_on[cell.target], text)


async def _operate(client: PortClient, cell: Cell) -> None:
    changes = {"properties": {"n": 7}}
    operations: dict[str, Callable[[], Awaitable[object]]] = {
        "read": lambda: client.entities.get(BLUEPRINT, cell.identifier),
        "search": lambda: client.entities.search(BLUEPRINT, {"$identifier": cell.identifier}),
        "create": lambda: client.entities.create(BLUEPRINT, {"identifier": cell.identifier, **changes}),
        "update": lambda: client.entities.update(BLUEPRINT, cell.identifier, changes),
        "delete": lambda: client.entities.delete(BLUEPRINT, cell.identifier),
    }
    await operations[cell.kind]()


async def _agrees(sandbox: SandboxServer, cell: Cell, verdict: str) -> bool:
    """Returns whether the ledger says the same as the verdict."""
    if verdict not in {"D", "N"} or cell.kind in {"read", "search"}:
        return True
    page = await sandbox.client.entities.search(BLUEPRINT, {"$identifier": cell.identifier})
    if cell.kind == "delete":
        return (not page.entities) == (verdict == "D")
    return any(it.properties["n"] == 7 for it in page.entities) == (verdict == "D")


@contextmanager
def _trusted_certificate() -> Iterator[ssl.SSLContext]:
    """Yields what a proxy needs to speak TLS; clients that are made meanwhile trust it."""
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    with tempfile.NamedTemporaryFile() as file, mock.patch.dict(os.environ, SSL_CERT_FILE=file.name):
        authority.cert_pem.write_to_path(file.name)
        yield tls


@asynccontextmanager
async def _client_behind_proxy(
    sandbox: SandboxServer, cell: Cell, tls: ssl.SSLContext
) -> AsyncIterator[tuple[PortClient, ChaosProxy]]:
    async with open_proxy(sandbox.address, tls if BY_NAME[cell.fault].over_tls else None) as proxy:
        transport = PortTransport(proxy.url, credentials, policy=Policy(), timeout_s=TIMEOUT_S, bounds=BOUNDS)
        try:
            yield PortClient(transport, "matrix"), proxy
        finally:
            await transport.aclose()

"""Storms: thousands of operations while faults strike at random, and the ledger afterwards."""

import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
from tests.faults.faults import BY_NAME, FAULTS
from tests.faults.proxy import ChaosProxy, Fault, Phase, open_proxy
from tests.faults.sandbox import BLUEPRINT, SandboxServer, credentials

from quaymaster.policy import Policy
from quaymaster.port import PortClient
from quaymaster.port.backoff import Backoff
from quaymaster.port.bounds import Bounds
from quaymaster.port.errors import Outcome, PortError
from quaymaster.port.transport import PortTransport

__all__ = ["ReadsReport", "WritesReport", "read_in_outage", "read_in_storm", "write_in_storm"]

KINDS = ("create", "upsert", "update", "delete")
_AT_ONCE = 32
_SLOW = {"429 date", "429 epoch"}
_STRIKING = [it for it in FAULTS if not it.over_tls and it.name not in _SLOW | {"redirect"}]
"""Left to the matrix: two forms of 429 that take a second each, and a redirect, which is a matter of configuration."""

_STORM = Bounds(silence_s=5.0, settle_s=5.0, backoff=Backoff(first_s=0.02, longest_s=0.5))


@dataclass(frozen=True)
class WritesReport:
    """What came of a storm of writes.

    Attributes:
        writes: How many there were.
        strikes: How many exchanges were struck by a fault.
        verdicts: How many writes had each verdict.
        wrong: Writes whose verdict is not what the ledger says.
        duplicates: Entities that were created more than once.
    """

    writes: int
    strikes: int
    verdicts: Counter[str]
    wrong: Sequence[str]
    duplicates: Sequence[str]

    @property
    def unknown_share(self) -> float:
        """Returns the share of the writes of which it is unknown what became."""
        return self.verdicts[Outcome.UNKNOWN] / self.writes


@dataclass(frozen=True)
class ReadsReport:
    """What came of many reads: how many there were, how many succeeded, and how many requests they took."""

    reads: int
    succeeded: int
    requests: int

    @property
    def requests_per_read(self) -> float:
        """Returns how many requests a read took."""
        return self.requests / self.reads


@dataclass(frozen=True)
class Write:
    """One write of a storm; each has an entity, and a number, of its own.

    One in twenty creates an entity that Port names: sent twice, it would be there twice.
    """

    number: int

    @property
    def kind(self) -> str:
        """Returns what is done."""
        return "create unnamed" if self.number % 20 == 0 else KINDS[self.number % 4]

    @property
    def identifier(self) -> str:
        """Returns the entity's identifier; of no meaning if Port names it."""
        return f"storm-{self.number}"

    async def make(self, client: PortClient) -> None:
        """Makes the write."""
        document = {"identifier": self.identifier, "properties": {"n": self.number}}
        if self.kind == "create unnamed":
            await client.entities.create(BLUEPRINT, {"properties": {"n": self.number}})
        elif self.kind == "create":
            await client.entities.create(BLUEPRINT, document)
        elif self.kind == "upsert":
            await client.entities.upsert(BLUEPRINT, document)
        elif self.kind == "update":
            await client.entities.update(BLUEPRINT, self.identifier, {"properties": {"n": self.number}})
        else:
            await client.entities.delete(BLUEPRINT, self.identifier)

    def is_in(self, ledger: dict[str, float], numbers: Counter[float]) -> bool:
        """Returns whether the ledger has it."""
        if self.kind == "create unnamed":
            return numbers[self.number] > 0
        return self.identifier not in ledger if self.kind == "delete" else ledger.get(self.identifier) == self.number


async def write_in_storm(sandbox: SandboxServer, count: int, *, seed: int = 1, rate: float = 0.1) -> WritesReport:
    """Makes writes while a share of all exchanges is struck by a fault, and holds the verdicts to the ledger."""
    planned = [Write(number) for number in range(1, count + 1)]
    existing = [it.identifier for it in planned if it.kind in {"update", "delete", "upsert"}]
    await sandbox.client.entities.create_many(
        BLUEPRINT, [{"identifier": it, "properties": {"n": 0}} for it in existing]
    )
    await anyio.sleep(2)  # Port tells the time to the second: see the matrix
    weather = _Weather(seed, rate, _STRIKING, list(Phase)[1:])
    verdicts: dict[Write, str] = {}
    reasons: dict[Write, str] = {}

    async def make(client: PortClient, write: Write) -> None:
        try:
            await write.make(client)
            verdicts[write] = Outcome.DONE
        except PortError as exc:
            verdicts[write] = exc.outcome or "an error without a verdict"
            reasons[write] = str(exc)

    async with _client(sandbox, weather, _STORM) as (client, _proxy):
        await _side_by_side([lambda it=it: make(client, it) for it in planned])
    ledger = await sandbox.read_ledger()
    numbers = Counter(ledger.values())
    wrong = [
        f"{write.kind} {write.number} is {verdict}: {reasons.get(write, 'no error')}"
        for write, verdict in verdicts.items()
        if verdict is not Outcome.UNKNOWN and (verdict is Outcome.DONE) != write.is_in(ledger, numbers)
    ]
    creations = Counter(await sandbox.list_creations())
    twice = [name for name, times in creations.items() if times > 1]
    twice += [str(it.number) for it in planned if it.kind == "create unnamed" and numbers[it.number] > 1]
    return WritesReport(count, weather.strikes, Counter(verdicts.values()), wrong, twice)


async def read_in_storm(sandbox: SandboxServer, count: int, *, seed: int = 1, rate: float = 0.2) -> ReadsReport:
    """Makes reads while a share of them is answered with 503."""
    return await _read(sandbox, count, _Weather(seed, rate, [BY_NAME["504"]], [Phase.REQUEST_HEAD]))


async def read_in_outage(sandbox: SandboxServer, count: int) -> ReadsReport:
    """Makes reads while every one is answered with 504."""
    return await _read(sandbox, count, _Weather(1, 1.0, [BY_NAME["504"]], [Phase.REQUEST_HEAD]))


async def _read(sandbox: SandboxServer, count: int, weather: "_Weather") -> ReadsReport:
    succeeded = 0

    async def read(client: PortClient) -> None:
        nonlocal succeeded
        try:
            await client.entities.count(BLUEPRINT)
            succeeded += 1
        except PortError:
            pass

    async with _client(sandbox, weather, Bounds(backoff=Backoff(first_s=0.01, longest_s=0.1))) as (client, proxy):
        await _side_by_side([lambda: read(client)] * count)
        requests = sum(times for (method, _path), times in proxy.asked.items() if method == "GET")
    return ReadsReport(count, succeeded, requests)


class _Weather:
    """Strikes a share of the exchanges; which ones, and how, depends on the seed and the exchange alone."""

    def __init__(self, seed: int, rate: float, faults: Sequence[Fault], phases: Sequence[Phase]) -> None:
        self.strikes = 0
        self._seed = seed
        self._rate = rate
        self._faults = faults
        self._phases = phases
        self._asked: Counter[str] = Counter()

    def __call__(self, method: str, path: str) -> tuple[Fault, Phase] | None:
        if not path or path.endswith("/access_token"):
            return None
        exchange = f"{method} {path}"
        self._asked[exchange] += 1
        dice = random.Random(f"{self._seed} {exchange} {self._asked[exchange]}")
        if dice.random() >= self._rate:
            return None
        self.strikes += 1
        return dice.choice(self._faults), dice.choice(self._phases)


@asynccontextmanager
async def _client(
    sandbox: SandboxServer, weather: _Weather, bounds: Bounds
) -> AsyncIterator[tuple[PortClient, ChaosProxy]]:
    async with open_proxy(sandbox.address) as proxy:
        proxy.plan = weather
        transport = PortTransport(proxy.url, credentials, policy=Policy(), timeout_s=60, bounds=bounds)
        try:
            yield PortClient(transport, "storm"), proxy
        finally:
            await transport.aclose()


async def _side_by_side(operations: Sequence[Callable[[], Awaitable[None]]]) -> None:
    """Carries out operations, so many at a time."""
    waiting = iter(operations)

    async def work() -> None:
        for operation in waiting:
            await operation()

    async with anyio.create_task_group() as tasks:
        for _ in range(_AT_ONCE):
            tasks.start_soon(work)

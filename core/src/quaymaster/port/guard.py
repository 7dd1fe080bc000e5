"""The one engine behind every call: its time, its attempts and, for a write, what became of it."""

import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import anyio

from quaymaster.auth import Credentials, FindCredentials, Token, TokenSource
from quaymaster.port.answers import Failure, failure_of_body, failure_of_break, read_answer, read_refusal
from quaymaster.port.attempts import Effect, Ending, Situation, ending_of_status, next_wait_s
from quaymaster.port.backoff import RetryBudget
from quaymaster.port.bounds import Bounds
from quaymaster.port.errors import (
    AuthenticationError,
    DeadlineError,
    NotFoundError,
    Outcome,
    PortError,
    ServerError,
    WrongOrganizationError,
)
from quaymaster.port.gate import Gate, time_left_s
from quaymaster.port.limits import GarbledError, OversizedError
from quaymaster.port.ratelimit import read_rate_limit
from quaymaster.port.verify import Finding, Proof, find_out
from quaymaster.port.wire import JSON, Attempt, BrokenError, Request, Wire, build_request

__all__ = ["Call", "Guard"]

_TOKEN = re.compile(r"[!-~]+")
"""What a header can carry."""

_ORGANIZATION = "/v1/organization"

_HEAD_START_S = 0.1
"""How much earlier than its caller's own deadline a call ends, in seconds, so that its error is heard; at most a tenth
of what is left."""


@dataclass(frozen=True)
class Call:
    """One thing asked of Port.

    Attributes:
        request: What is sent, as often as it may be.
        effect: What sending it again would do.
        proof: How to find out whether it has happened, if the answer is lost; writes only.
        is_exchange: It is the exchange of credentials: sent without a token, and its answer is a secret.
        token: The only token to send it with; None for the one at hand.
    """

    request: Request
    effect: Effect
    proof: Proof | None = None
    is_exchange: bool = False
    token: str | None = field(default=None, repr=False)


@dataclass
class Progress:
    """How far a call has come.

    Attributes:
        began_at: When it began.
        attempts: How often its request has been tried.
        is_doubtful: An attempt may have been acted on, and its answer is lost.
        under_way: The attempt that is going on.
        date: Port's clock, as its last answer told it.
    """

    began_at: float
    attempts: int = 0
    is_doubtful: bool = False
    under_way: Attempt | None = None
    date: str = ""

    def may_have_arrived(self) -> bool:
        """Returns whether Port may have acted on the request without our knowing."""
        return self.is_doubtful or (self.under_way is not None and self.under_way.is_sent)


class Guard:
    """Makes calls to one organisation on one host.

    Args:
        wire: Carries out the exchanges.
        find_credentials: Called before each exchange of credentials; may raise NotConfiguredError.
        timeout_s: How long one call may take in all, in seconds; less if its caller has less.
        bounds: The other bounds of a call.
        organization: The id of the only organisation that may be worked with; None for whichever the credentials open.
        on_hold: Called with how long others who send to the same organisation have to wait, in seconds.
        draw: An even draw from 0 to 1.
        wall_clock: Seconds since the epoch: some headers name points in time.
    """

    def __init__(
        self,
        wire: Wire,
        find_credentials: FindCredentials,
        timeout_s: float,
        bounds: Bounds,
        *,
        organization: str | None = None,
        on_hold: Callable[[float], None] | None = None,
        draw: Callable[[], float] = random.random,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._wire = wire
        self._timeout_s = timeout_s
        self._bounds = bounds
        self._organization = organization
        self._draw = draw
        self._wall_clock = wall_clock
        self._tokens = TokenSource(find_credentials, self._exchange, AuthenticationError, anyio.current_time)
        self._gate = Gate(bounds.concurrency, on_hold)
        self._budget = RetryBudget()

    def hold(self, wait_s: float) -> None:
        """Lets no request start for a while; see `Gate.hold`."""
        self._gate.hold(wait_s)

    async def make(self, call: Call) -> JSON:
        """Returns the JSON object that Port answers with, without secrets.

        Raises:
            NotConfiguredError: There are no credentials.
            PortError: Port refused, failed, or could not be reached; `outcome` says what became of a write.
        """
        progress = Progress(anyio.current_time())
        callers_s = time_left_s()
        time_s = max(0.0, min(self._timeout_s, callers_s - min(_HEAD_START_S, callers_s / 10)))
        ends_at = progress.began_at + time_s
        reserve_s = min(2 * self._bounds.settle_s, time_s / 3) if call.proof else 0.0
        error: PortError = DeadlineError(f"Port did not answer {call.request} within {time_s:.3g} s")
        with anyio.CancelScope(deadline=ends_at - reserve_s):
            try:
                return await self._pursue(call, progress)
            except PortError as exc:
                error = exc
        if call.effect is Effect.READ:
            raise error
        return await self._conclude(call, progress, error, ends_at)

    async def _conclude(self, call: Call, progress: Progress, error: PortError, ends_at: float) -> JSON:
        """Returns the answer of a write that was done although its answer was lost; raises what became of any other."""
        if not progress.may_have_arrived():
            is_refusal = error.status is not None and error.status < 500 and error.status != 429
            raise error.concluded(Outcome.NOT_DONE, say=not is_refusal) from error.__cause__
        finding: Finding = Outcome.UNKNOWN
        if proof := call.proof:
            with anyio.CancelScope(deadline=ends_at):
                finding = await find_out(
                    lambda: self._look(proof, call.token, progress.began_at), self._bounds.settle_s
                )
        if isinstance(finding, Outcome):
            raise error.concluded(finding, say=True) from error.__cause__
        return finding

    async def _look(self, proof: Proof, token: str | None, began_at: float) -> Finding:
        """Makes a proof's read and judges its answer."""
        progress = Progress(began_at)
        answer: JSON | None = None
        try:
            answer = await self._pursue(Call(proof.read, Effect.READ, token=token), progress)
        except NotFoundError:
            pass
        except PortError:
            return Outcome.UNKNOWN
        return proof.judge(answer, _since(progress.date, anyio.current_time() - began_at))

    async def _pursue(self, call: Call, progress: Progress) -> JSON:
        """Attempts a call until it is answered or must not be attempted again."""
        may_renew = not call.is_exchange and call.token is None
        token = await self._tokens.get() if may_renew else call.token
        while True:
            progress.attempts += 1
            result = await self._attempt(call, token, progress)
            if not isinstance(result, Failure):
                self._budget.earn()
                return result
            if result.ending is Ending.UNAUTHORIZED and may_renew:
                token = await self._tokens.get(instead_of=token)
                may_renew = False
                continue
            progress.is_doubtful |= result.ending.is_doubtful
            wait_s = self._next_wait_s(call.effect, result, progress.attempts)
            if wait_s is None:
                raise result.error
            await anyio.sleep(wait_s)

    def _next_wait_s(self, effect: Effect, failure: Failure, attempts: int) -> float | None:
        situation = Situation(effect, failure.ending, attempts, failure.asked_wait_s, time_left_s())
        return next_wait_s(situation, self._bounds.backoff, self._bounds.attempts, self._draw(), self._budget.spend)

    async def _attempt(self, call: Call, token: str | None, progress: Progress) -> JSON | Failure:
        """Sends a call's request once, in its turn."""
        async with self._gate.turn():
            progress.under_way = attempt = Attempt()
            result = await self._exchange_once(call, token, attempt, progress)
            progress.under_way = None
            if isinstance(result, Failure):
                self._gate.note_ending(result.ending, result.asked_wait_s)
            else:
                self._gate.note_ending(None)
        return result

    async def _exchange_once(
        self, call: Call, token: str | None, attempt: Attempt, progress: Progress
    ) -> JSON | Failure:
        try:
            answer = await self._wire.exchange(call.request, token, attempt)
        except BrokenError as exc:
            return failure_of_break(exc, attempt)
        except (OversizedError, GarbledError) as exc:
            return failure_of_body(exc)
        now = self._wall_clock()
        progress.date = answer.headers.get("date", "")
        self._gate.note_rate_limit(read_rate_limit(answer.headers, now))
        if (ending := ending_of_status(answer.status)) is not None:
            secrets = [*self._tokens.list_secrets(), *([call.token] if call.token else [])]
            return read_refusal(ending, answer, self._bounds, call.request, secrets, now)
        return read_answer(answer, self._bounds, keep_secrets=call.is_exchange)

    async def _exchange(self, credentials: Credentials) -> Token:
        """Exchanges credentials for a token (Port: POST /v1/auth/access_token)."""
        body = {"clientId": credentials.client_id, "clientSecret": credentials.client_secret}
        request = build_request("POST", "/v1/auth/access_token", body=body)
        answer = await self._pursue(Call(request, Effect.READ, is_exchange=True), Progress(anyio.current_time()))
        match answer:
            case {"accessToken": str(token), "expiresIn": int() | float() as life_s} if _TOKEN.fullmatch(token):
                await self._check_organization(token)
                return Token(token, life_s)
        raise ServerError("Port answered the exchange of credentials with something that is not a token")

    async def _check_organization(self, token: str) -> None:
        """Refuses a token that opens another organisation than the pinned one, before it is used for anything else."""
        if self._organization is None:
            return
        request = build_request("GET", _ORGANIZATION)
        answer = await self._pursue(Call(request, Effect.READ, token=token), Progress(anyio.current_time()))
        match answer:
            case {"organization": {"id": self._organization}}:
                return
            case {"organization": {"id": str(opened)}}:
                raise WrongOrganizationError(
                    f"the credentials open organization {opened!r}, and this profile is pinned to "
                    f"{self._organization!r}. Nothing else was sent"
                )
        raise ServerError("Port did not say of which organization the credentials are")


def _since(date: str, elapsed_s: float) -> datetime | None:
    """Returns when something began by the clock that a Date header told, rounded down; None if it told none."""
    try:
        return parsedate_to_datetime(date) - timedelta(seconds=elapsed_s)
    except ValueError:
        return None

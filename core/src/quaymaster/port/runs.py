"""Runs of actions: started, followed, reported on and approved."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from quaymaster.port.bodies import Body, to_body
from quaymaster.port.documents.run import Approver, Run, RunLog
from quaymaster.port.errors import Outcome
from quaymaster.port.sender import JSON, Sender
from quaymaster.port.verify import Finding, Proof, changed, holds, is_since
from quaymaster.port.wire import build_request

__all__ = ["Runs"]

_ALL = "/v1/actions/runs"
_ONE = "/v1/actions/runs/{run_id}"
_LOGS = "/v1/actions/runs/{run_id}/logs"
_V2 = {"version": "v2"}

MAX_LOGS = 50
"""The most lines of a log in one answer (Port: GET …/logs, `limit`)."""


class Runs:
    """Starts runs of actions, follows them, reports on them and decides about them."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def start(
        self, action: str, properties: Mapping[str, Any], *, entity: str | None = None, run_as: str | None = None
    ) -> Run:
        """Starts a run and returns it as it begins (Port: POST /v1/actions/{action_identifier}/runs).

        It is never sent twice: if Port's answer is lost, the run is looked for among those of the action.

        Args:
            action: The action's identifier.
            properties: The user inputs.
            entity: The entity to run it on.
            run_as: The e-mail address of the user to run it for; the organization's own credentials may.

        Raises:
            NotFoundError: There is no such action or entity.
            ForbiddenError: This credential may not run it.
            RejectedError: The inputs are not what the action takes.
        """
        body: JSON = {"properties": dict(properties)}
        if entity is not None:
            body["entity"] = entity
        answer = await self._sender.send(
            "POST",
            "/v1/actions/{action_identifier}/runs",
            {"action_identifier": action},
            query={} if run_as is None else {"run_as": run_as},
            body=body,
            proof=_proof_of_start(action, body),
        )
        return Run.read(answer["run"])

    async def get(self, run_id: str) -> Run:
        """Returns one run (Port: GET /v1/actions/runs/{run_id}).

        Raises:
            NotFoundError: There is no such run.
        """
        answer = await self._sender.send("GET", _ONE, {"run_id": run_id}, query=_V2)
        return Run.read(answer["run"])

    async def list_latest(
        self,
        *,
        action: str | None = None,
        blueprint: str | None = None,
        entity: str | None = None,
        active: bool | None = None,
        exclude: Sequence[str] = (),
        limit: int = 100,
    ) -> list[Run]:
        """Returns the latest runs that meet every condition, newest first (Port: GET /v1/actions/runs).

        Args:
            action: Only those of this action.
            blueprint: Only those on this blueprint.
            entity: Only those on this entity.
            active: Only those that are, or are not, under way.
            exclude: What of each run is not needed, such as `payload`.
            limit: At most this many, 1 to 1,000.
        """
        conditions = {"action": action, "blueprint": blueprint, "entity": entity, "active": active}
        query: JSON = {name: value for name, value in conditions.items() if value is not None}
        if exclude:
            query["exclude"] = list(exclude)
        answer = await self._sender.send("GET", _ALL, query={**_V2, "limit": limit, **query})
        return [Run.read(document) for document in answer["runs"]]

    async def update(self, run_id: str, changes: Body) -> Run:
        """Reports on a run, or ends it, and returns it (Port: PATCH /v1/actions/runs/{run_id}).

        Raises:
            NotFoundError: There is no such run.
            RejectedError: It has ended (`run_exhausted`), or Port itself ends it (`run_synchronized_error`).
        """
        body = to_body(changes)
        path = {"run_id": run_id}
        answer = await self._sender.send(
            "PATCH",
            _ONE,
            path,
            query=_V2,
            body=body,
            repeatable="status" not in body,  # a run that has ended takes no more news
            proof=changed(_ONE, path, "run", body),
        )
        return Run.read(answer["run"])

    async def decide(self, run_id: str, decision: Literal["APPROVE", "DECLINE"], description: str = "") -> Run:
        """Approves or declines a run that waits for it (Port: PATCH /v1/actions/runs/{run_id}/approval).

        Raises:
            NotFoundError: There is no such run.
            ForbiddenError: This credential may not decide about it.
            RejectedError: It does not wait for a decision (`run_not_waiting_for_approval`).
        """
        path = {"run_id": run_id}

        def judge(answer: JSON | None, since: datetime | None) -> Finding:
            run = (answer or {}).get("run", {})
            if run.get("status") == "WAITING_FOR_APPROVAL":
                return Outcome.NOT_DONE  # of several approvers, each decision counts; none of ours has arrived
            is_ours = (run.get("status") == "DECLINED") == (decision == "DECLINE")
            return {"ok": True, "run": run} if is_ours and is_since(run.get("updatedAt"), since) else Outcome.UNKNOWN

        answer = await self._sender.send(
            "PATCH",
            _ONE + "/approval",
            path,
            query=_V2,
            body={"status": decision, "description": description},
            proof=Proof(build_request("GET", _ONE, path, _V2), judge),
        )
        return Run.read(answer["run"])

    async def list_approvers(self, run_id: str) -> list[Approver]:
        """Returns who may approve a run, with what they have said so far (Port: GET …/runs/{run_id}/approvers).

        Raises:
            NotFoundError: There is no such run.
        """
        query = {"include_pending_approvers": True}
        answer = await self._sender.send("GET", _ONE + "/approvers", {"run_id": run_id}, query=query)
        return [Approver.read(document) for document in answer["approvers"]]

    async def add_log(self, run_id: str, line: Body) -> RunLog:
        """Adds a line to a run's log and returns it (Port: POST /v1/actions/runs/{run_id}/logs).

        Raises:
            NotFoundError: There is no such run.
            RejectedError: The run has ended.
        """
        body = to_body(line)
        path = {"run_id": run_id}

        def judge(answer: JSON | None, since: datetime | None) -> Finding:
            lines = (answer or {}).get("runLogs", ())
            return _only_one([it for it in lines if it.get("message") == body.get("message")], since, "runLog")

        proof = Proof(build_request("GET", _LOGS, path, {"limit": MAX_LOGS}), judge)
        answer = await self._sender.send("POST", _LOGS, path, body=body, proof=proof)
        return RunLog.read(answer["runLog"])

    async def list_logs(self, run_id: str, *, limit: int = MAX_LOGS, offset: int = 0) -> list[RunLog]:
        """Returns lines of a run's log, newest first (Port: GET /v1/actions/runs/{run_id}/logs).

        Args:
            run_id: The run.
            limit: At most this many, 1 to 50.
            offset: How many to skip.

        Raises:
            NotFoundError: There is no such run.
        """
        query = {"limit": limit, "offset": offset}
        answer = await self._sender.send("GET", _LOGS, {"run_id": run_id}, query=query)
        return [RunLog.read(document) for document in answer["runLogs"]]


def _proof_of_start(action: str, body: JSON) -> Proof:
    """Returns the proof that a run was started: the one run of the action, since then, with these inputs."""
    query: JSON = {**_V2, "action": action, "limit": 100}

    def judge(answer: JSON | None, since: datetime | None) -> Finding:
        runs = (answer or {}).get("runs", ())
        same = [it for it in runs if holds(it.get("properties"), body["properties"])]
        return _only_one([it for it in same if _identifier(it.get("entity")) == body.get("entity")], since, "run")

    return Proof(build_request("GET", _ALL, query=query), judge)


def _only_one(documents: list[JSON], since: datetime | None, key: str) -> Finding:
    """Returns the only document that was created since then, as an answer; of several, ours cannot be told."""
    recent = [it for it in documents if is_since(it.get("createdAt"), since) is not False]
    if not recent:
        return Outcome.NOT_DONE
    return {"ok": True, key: recent[0]} if len(recent) == 1 and since is not None else Outcome.UNKNOWN


def _identifier(resource: object) -> object:
    """Returns the identifier of a run's entity, which is an object or, in older answers, the identifier itself."""
    return resource.get("identifier") if isinstance(resource, dict) else resource

"""What moves actions and automations on, in the place of GitHub, other backends and time: none of this is Port's."""

from pydantic import Field

from quaymaster.port.documents import Document
from quaymaster.port.documents.run import RunPatch
from quaymaster_sandbox.actions import runs
from quaymaster_sandbox.actions.logs import write_log
from quaymaster_sandbox.actions.timers import expire_timers
from quaymaster_sandbox.catalog.ai import AiScript
from quaymaster_sandbox.clients import Organization
from quaymaster_sandbox.errors import PortError, not_found
from quaymaster_sandbox.http import Call, Response, ok
from quaymaster_sandbox.router import Route
from quaymaster_sandbox.session import Actor


class RunScript(RunPatch):
    """What is to become of a run: what Port takes as news of it, and lines for its log."""

    logs: list[str] = Field(default_factory=list)


class DeliverySwitch(Document):
    """Whether webhooks on this machine are called."""

    closed = True

    enabled: bool


class ToolCall(Document):
    """A call of a tool that Port AI is to report, with what the tool is to have answered."""

    closed = True

    name: str
    arguments: str = "{}"
    content: str = ""


class AiScriptSwitch(Document):
    """What Port AI is to answer."""

    closed = True

    answer: str
    tool_calls: list[ToolCall] = Field(default_factory=list)


def script_run(call: Call) -> Response:
    """Writes lines to the log of a run in progress and moves it on, to its end if the script has a status.

    Synchronised runs obey as well: the script is the answer that they wait for.
    """
    body = call.document(RunScript)
    run_id = call.params["run_id"]
    organization = _organization_of(call, run_id)
    with call.sandbox.session(organization, Actor("runner", origin="INTEGRATION"), writes=True) as session:
        run = runs.get_run(session, run_id)
        if run["status"] != runs.IN_PROGRESS:
            message = f'The run "{run_id}" is not in progress'
            raise PortError(422, "run_exhausted", message, {"status": run["status"]})
        for line in body.pop("logs", []):
            write_log(session, run, line)
        return ok(run=runs.show(session, runs.change(session, run, **body)))


def switch_delivery(call: Call) -> Response:
    """Lets actions and automations call webhooks on this machine, or only record the calls."""
    call.sandbox.deliver_webhooks = call.document(DeliverySwitch)["enabled"]
    return ok()


def script_ai(call: Call) -> Response:
    """Has Port AI give a scripted answer to every prompt from now on."""
    body = call.document(AiScriptSwitch)
    call.sandbox.ai_script = AiScript(body["answer"], body.get("toolCalls", ()))
    return ok()


def unscript_ai(call: Call) -> Response:
    """Has Port AI say again that it is none."""
    call.sandbox.ai_script = None
    return ok()


def look_at_timers(call: Call) -> Response:
    """Sets off the automations of timers that have run out, in all organisations."""
    with call.sandbox.database.read() as connection:
        rows = connection.execute("SELECT id, identifier FROM organization ORDER BY id").fetchall()
    expired = 0
    for row in rows:
        with call.sandbox.session(Organization(*row), Actor("timer", origin="AUTOMATION"), writes=True) as session:
            expired += expire_timers(session)
    return ok(expired=expired)


def _organization_of(call: Call, run_id: str) -> Organization:
    with call.sandbox.database.read() as connection:
        row = connection.execute(
            "SELECT organization.id, organization.identifier FROM resource"
            " JOIN organization ON organization.id = resource.organization"
            " WHERE resource.kind = 'run' AND resource.identifier = ?",
            (run_id,),
        ).fetchone()
    if row is None:
        raise not_found("ActionRun", run_id, by_field="id")
    return Organization(*row)


ROUTES = (
    Route("POST", "/__sandbox/runs/{run_id}", script_run, public=True),
    Route("POST", "/__sandbox/timers", look_at_timers, public=True),
    Route("PUT", "/__sandbox/ai", script_ai, public=True),
    Route("DELETE", "/__sandbox/ai", unscript_ai, public=True),
    Route("PUT", "/__sandbox/webhook-delivery", switch_delivery, public=True),
)

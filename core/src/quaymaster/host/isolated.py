"""Learns from a process of its own what a pack offers, so that its code never runs in this one."""

import subprocess
import sys
from typing import Any

from pydantic import BaseModel, ValidationError

from quaymaster.hookspecs import PackInfo
from quaymaster.host.naming import offered_name
from quaymaster.host.orders import environment_for
from quaymaster.host.records import OfferedTool, PackRecord, State
from quaymaster.inputs import ForwardedInput
from quaymaster.policy import Scope
from quaymaster.settings import Settings
from quaymaster.tools import Tool

__all__ = ["CHILD_MODULE", "Description", "ToolDescription", "describe", "describe_here"]

CHILD_MODULE = "quaymaster.cli.isolated"

_START_S = 5.0
"""How long an interpreter may take to start and to import the core, in seconds."""
_IN_THE_CHILD = {"pack_info", "register_tools", "lifespan"}
"""The hooks that work in a process of their own; the others would reach into the server."""


class ToolDescription(BaseModel):
    """A tool as a child declares it, under its pack's own name for it."""

    name: str
    title: str
    description: str
    input_schema: dict[str, Any]
    read_only: bool
    destructive: bool
    idempotent: bool
    aliases: tuple[str, ...]
    scope: Scope


class Description(BaseModel):
    """What a child found when it loaded its pack."""

    state: State
    reasons: list[str]
    hooks: list[str]
    title: str
    description: str
    instructions: str
    tools: list[ToolDescription]


def describe(record: PackRecord, settings: Settings) -> None:
    """Fills in the record of an isolated pack from what a child process says of it."""
    command = [sys.executable, "-m", CHILD_MODULE, "describe"]
    limit_s = settings.plugins.load_timeout_s + _START_S
    try:
        said = subprocess.run(  # noqa: S603 - this interpreter, with a module of the core
            command,
            env=environment_for(record.candidate, settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=limit_s,
            check=True,
        ).stdout
        described = Description.model_validate_json(said)
    except subprocess.TimeoutExpired:
        return record.ends_as(State.FAILED, f"its process said nothing within {limit_s:g} s")
    except subprocess.CalledProcessError as exc:
        return record.ends_as(State.FAILED, f"its process ended with {exc.returncode}")
    except ValidationError:
        return record.ends_as(State.FAILED, "its process described it in a form that cannot be read")
    record.state, record.reasons, record.hooks = described.state, described.reasons, described.hooks
    record.info = PackInfo(described.title, described.description, described.instructions)
    if reaching := [hook for hook in described.hooks if hook not in _IN_THE_CHILD]:
        record.ends_as(State.PARTIAL, f"while it is isolated, these hooks are not asked: {', '.join(reaching)}")
    for tool in described.tools:
        _declare(record, tool)
    return None


def describe_here(record: PackRecord) -> Description:
    """Returns the description of a pack that has been loaded in this process."""
    prefix = "" if record.candidate.is_first_party else f"{record.candidate.name.replace('-', '_')}_"
    return Description(
        state=record.state,
        reasons=record.reasons,
        hooks=record.hooks,
        title=record.info.title if record.info else record.candidate.name,
        description=record.info.description if record.info else "",
        instructions=record.info.instructions if record.info else "",
        tools=[
            ToolDescription(
                name=it.name.removeprefix(prefix),
                title=it.tool.title,
                description=it.tool.description,
                input_schema=dict(it.input.schema),
                read_only=it.tool.read_only,
                destructive=it.tool.destructive,
                idempotent=it.tool.idempotent,
                aliases=tuple(alias.removeprefix(prefix) for alias in it.tool.aliases),
                scope=it.tool.scope,
            )
            for it in record.declared
        ],
    )


def _declare(record: PackRecord, described: ToolDescription) -> None:
    try:
        tool: Tool[..., Any] = Tool(
            function=_run_elsewhere,
            name=offered_name(record.candidate, described.name),
            title=described.title,
            description=described.description,
            read_only=described.read_only,
            destructive=described.destructive,
            idempotent=described.idempotent,
            aliases=tuple(offered_name(record.candidate, alias) for alias in described.aliases),
            scope=described.scope,
        )
    except ValueError as exc:
        record.ends_as(State.PARTIAL, str(exc))
        return
    record.declared.append(OfferedTool(tool, ForwardedInput(described.input_schema), record))


async def _run_elsewhere(**arguments: object) -> None:
    """Stands for a function that is in another process; `Children.call` runs it there."""
    raise NotImplementedError

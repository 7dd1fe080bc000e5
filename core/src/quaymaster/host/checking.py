"""What a pack's author should know before publishing: a linter for packs."""

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import SecretBytes, SecretStr

from quaymaster.hookspecs import PROJECT
from quaymaster.host.compatibility import requirements_on_core
from quaymaster.host.hooks import HOOKS
from quaymaster.host.pack_settings import ISOLATED, variable_prefix
from quaymaster.host.records import OfferedTool, PackRecord
from quaymaster.host.seen import cost_of
from quaymaster.results import clean

__all__ = ["MAX_INSTRUCTION_TOKENS", "MAX_TOOL_TOKENS", "Finding", "check_pack"]

MAX_TOOL_TOKENS = 350
"""What one tool's definition may cost a model, in tokens: every session pays for every tool."""
MAX_INSTRUCTION_TOKENS = 100
"""What a pack's instructions may cost, in tokens: about two sentences."""

_READ_VERBS = {"aggregate", "count", "describe", "find", "get", "list", "read", "search", "show", "trace"}
_WRITE_VERBS = {"add", "apply", "approve", "create", "delete", "remove", "rename", "run", "set", "update", "upsert"}
_SECRET = re.compile(r"(?:^|_)(?:api_?key|key|pass(?:word|phrase)?|secret|token)(?:_|$)")


@dataclass(frozen=True)
class Finding:
    """Something to mend.

    Attributes:
        is_error: It keeps the pack, or a part of it, from serving as it should; anything else is advice.
        text: What it is and what to do.
    """

    is_error: bool
    text: str


def check_pack(record: PackRecord) -> list[Finding]:
    """Returns what is to be mended in a pack, errors first; empty if there is nothing."""
    errors = [Finding(True, text) for text in (*record.reasons, *_errors(record))]
    return errors + [Finding(False, text) for text in _advice(record)]


def _errors(record: PackRecord) -> Iterator[str]:
    yield from _errors_of_hooks(record)
    cost = cost_of(record)
    for offered in record.declared:
        if (tokens := cost.tools[offered.name]) > MAX_TOOL_TOKENS:
            yield f"tool {offered.name!r} costs {tokens} tokens in every session; at most {MAX_TOOL_TOKENS}: shorten it"
        for what, text in (("title", offered.tool.title), ("description", offered.tool.description)):
            if clean(text) != text:
                yield f"the {what} of tool {offered.name!r} has characters that nobody can see"
    if cost.instructions > MAX_INSTRUCTION_TOKENS:
        yield f"the instructions cost {cost.instructions} tokens in every session; at most {MAX_INSTRUCTION_TOKENS}"
    if record.settings is not None and ISOLATED in type(record.settings).model_fields:
        yield f"a setting cannot be called {ISOLATED!r}: that one is the core's"


def _errors_of_hooks(record: PackRecord) -> Iterator[str]:
    named = {hook: getattr(record.module, hook, None) for hook in HOOKS} if record.serves else {}
    functions = {hook: it for hook, it in named.items() if inspect.isroutine(it)}
    for hook in [it for it in functions if it not in record.hooks]:
        yield f"{hook} has the name of a hook and is not asked: mark it with @hookimpl"
    lifespan = functions.get("lifespan")
    if lifespan is not None and inspect.signature(lifespan).return_annotation is inspect.Signature.empty:
        yield "nothing of the lifespan can be injected: annotate it with what it yields, AsyncIterator[TYPE]"


def _advice(record: PackRecord) -> Iterator[str]:
    yield from _advice_on_requirements(record)
    if record.serves and record.info is None:
        yield "it has no title: implement pack_info()"
    if record.serves and not record.hooks:
        yield "it implements no hook: mark the functions with @hookimpl"
    for offered in record.declared:
        yield from _advice_on_tool(offered)
    yield from _advice_on_settings(record)


def _advice_on_requirements(record: PackRecord) -> Iterator[str]:
    try:
        if any(requirement.specifier for requirement in requirements_on_core(record.candidate)):
            return
    except ValueError as exc:
        yield str(exc)
        return
    yield f"{record.candidate.distribution} does not say which {PROJECT} it needs: require '{PROJECT}>=0.1,<0.2'"


def _advice_on_tool(offered: OfferedTool) -> Iterator[str]:
    tool, own_name = offered.tool, _own_name(offered)
    verb = own_name.partition("_")[0]
    if "_" not in own_name:
        yield f"tool {offered.name!r}: name it verb_noun"
    if tool.read_only and verb in _WRITE_VERBS:
        yield f"tool {offered.name!r} is marked read_only, but by its name it changes something"
    if not tool.read_only and verb in _READ_VERBS:
        yield f"tool {offered.name!r} is not marked read_only: read-only servers hide it, and clients warn before it"
    if len(tool.description.split()) < 4:
        yield f"tool {offered.name!r}: say in its docstring what it answers and when to use it"
    for name, schema in offered.input.schema.get("properties", {}).items():
        if not schema.keys() - {"default"}:
            yield f"tool {offered.name!r}: a model cannot know what {name!r} is; annotate it with a type"


def _own_name(offered: OfferedTool) -> str:
    candidate = offered.record.candidate
    return offered.name if candidate.is_first_party else offered.name[len(candidate.name) + 1 :]


def _advice_on_settings(record: PackRecord) -> Iterator[str]:
    if record.info is None or record.info.settings is None:
        return
    prefix = variable_prefix(record.candidate.name)
    for name, field in record.info.settings.model_fields.items():
        variable = f"{prefix}{name.upper()}"
        if not field.description:
            yield f"setting {name!r} ({variable}) has no description"
        if _SECRET.search(name.lower()) and field.annotation not in {SecretStr, SecretBytes}:
            yield f"setting {name!r} ({variable}) sounds like a secret: make it a SecretStr, so that it never shows"

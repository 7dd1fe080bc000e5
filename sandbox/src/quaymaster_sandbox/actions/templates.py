"""Templates: any text of an invocation may hold `{{ jq }}` (Port: `docs/actions-and-automations`, templating)."""

from collections.abc import Iterator, Mapping
from typing import Any

from quaymaster_sandbox.values.cells import to_json
from quaymaster_sandbox.values.programs import ProgramError, run_program

_SPREAD = "spreadValue()"


class TemplateError(ValueError):
    """A template that is not jq, that failed, or that spreads something else than an object."""


def render(template: Any, context: Mapping[str, Any]) -> Any:
    """Returns a JSON value with its templates evaluated on a context.

    A text that is one template becomes the value itself; in longer texts values are written as text. Keys may be
    templates, too: one that gives `null` takes its pair away, and `{{ spreadValue() }}` merges the object beside it.

    Raises:
        TemplateError: a template cannot be evaluated.
    """
    if isinstance(template, str):
        return _render_text(template, context)
    if isinstance(template, list):
        return [render(member, context) for member in template]
    if isinstance(template, Mapping):
        return _render_object(template, context)
    return template


def _render_object(template: Mapping[str, Any], context: Mapping[str, Any]) -> dict[str, Any]:
    rendered: dict[str, Any] = {}
    for key, member in template.items():
        if [part.strip() for part in _programs(key)] == [_SPREAD]:
            rendered.update(_spread(render(member, context)))
            continue
        name = _render_text(key, context)
        if name is not None:
            rendered[_as_text(name)] = render(member, context)
    return rendered


def _spread(value: Any) -> Mapping[str, Any]:
    """Returns the pairs to merge; `null` has none (a guess)."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise TemplateError(f"spreadValue() needs an object, not {to_json(value)[:100]}")
    return value


def _render_text(text: str, context: Mapping[str, Any]) -> Any:
    parts = list(_parts(text))
    values = [_evaluate(part, context) if is_program else part for part, is_program in parts]
    if len(parts) == 1:
        return values[0]
    return "".join(map(_as_text, values))


def _evaluate(program: str, context: Mapping[str, Any]) -> Any:
    try:
        return run_program(program, context)
    except ProgramError as exc:
        raise TemplateError(f"{{{{{program}}}}}: {exc}") from exc


def _as_text(value: Any) -> str:
    return value if isinstance(value, str) else to_json(value)


def _programs(text: str) -> list[str]:
    """Returns the programs of a text that is templates alone; none if there is other text."""
    parts = list(_parts(text))
    return [part for part, _ in parts] if all(is_program for _, is_program in parts) else []


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yields the pieces of a text, each with whether it is a program; a `{{` that nothing closes is plain text."""
    start = 0
    while (opening := text.find("{{", start)) >= 0 and (closing := _find_closing(text, opening + 2)) is not None:
        if opening > start:
            yield text[start:opening], False
        yield text[opening + 2 : closing], True
        start = closing + 2
    if start < len(text) or not text:
        yield text[start:], False


def _find_closing(text: str, start: int) -> int | None:
    """Returns where the `}}` of a template begins: after all braces that the program itself opens, outside texts."""
    depth = 0
    quoted = False
    position = start
    while position < len(text):
        character = text[position]
        if quoted:
            quoted = character != '"'
            position += character == "\\"
        elif character == '"':
            quoted = True
        elif character == "{":
            depth += 1
        elif character == "}" and depth:
            depth -= 1
        elif text.startswith("}}", position):
            return position
        position += 1
    return None

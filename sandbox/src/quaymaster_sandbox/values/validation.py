"""Checks values against the schemas of properties, in the words of AJV, which Port uses."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from quaymaster_sandbox.values.formats import CHECKS
from quaymaster_sandbox.values.patterns import compile_pattern

Problem = tuple[str, str]
"""Where a value is wrong (`""`, `/0`, `/a/b`) and what is wrong with it."""

Check = Callable[[Any], Iterable[Problem]]

_SCALAR_TYPES: dict[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
}


def compile_schema(schema: Mapping[str, Any]) -> Check:
    """Returns a function that gives the problems of a value, none if it fits the schema.

    Keywords that are unknown, or whose own value makes no sense, constrain nothing: the blueprint's route leaves the
    object of a property open.
    """
    return _compile_cached(json.dumps(schema, sort_keys=True))


@lru_cache(maxsize=4096)
def _compile_cached(schema_text: str) -> Check:
    return _compile(json.loads(schema_text))


def _compile(schema: Any) -> Check:
    if schema is False:
        return _never
    if not isinstance(schema, dict):
        return _anything
    checks = [check for keyword, build in _KEYWORDS.items() if (check := _built(build, keyword, schema)) is not None]
    if len(checks) == 1:
        return checks[0]

    return lambda value: [problem for check in checks for problem in check(value)]


def _built(
    build: Callable[[Any, Mapping[str, Any]], Check | None], keyword: str, schema: Mapping[str, Any]
) -> Check | None:
    return build(schema[keyword], schema) if schema.get(keyword) is not None else None


def _anything(_value: Any) -> Iterable[Problem]:
    return ()


def _never(_value: Any) -> Iterable[Problem]:
    return (("", "must NOT be valid"),)


def _rule(applies: Callable[[Any], bool], holds: Callable[[Any], bool], message: str) -> Check:
    failure = (("", message),)
    return lambda value: failure if applies(value) and not holds(value) else ()


def _type(wanted: Any, _schema: Mapping[str, Any]) -> Check | None:
    names = [wanted] if isinstance(wanted, str) else wanted
    if not isinstance(names, list) or not all(isinstance(name, str) and name in _SCALAR_TYPES for name in names):
        return None
    tests = [_SCALAR_TYPES[name] for name in names]
    message = f"must be {','.join(names)}"
    failure = (("", message),)
    if len(tests) == 1:
        test = tests[0]
        return lambda value: () if test(value) else failure
    return lambda value: () if any(test(value) for test in tests) else failure


def _enum(allowed: Any, _schema: Mapping[str, Any]) -> Check | None:
    if not isinstance(allowed, list):
        return None
    strings = {value for value in allowed if isinstance(value, str)}
    others = {_canonical(value) for value in allowed if not isinstance(value, str)}

    def is_allowed(value: Any) -> bool:
        return value in strings if isinstance(value, str) else _canonical(value) in others

    return _rule(lambda _: True, is_allowed, "must be equal to one of the allowed values")


def _const(wanted: Any, _schema: Mapping[str, Any]) -> Check:
    text = _canonical(wanted)
    return _rule(lambda _: True, lambda value: _canonical(value) == text, "must be equal to constant")


def _format(name: Any, _schema: Mapping[str, Any]) -> Check | None:
    if name == "labeled-url":
        return _labeled_url
    holds = CHECKS.get(name) if isinstance(name, str) else None
    return None if holds is None else _rule(_SCALAR_TYPES["string"], holds, f'must match format "{name}"')


def _labeled_url(value: Any) -> Iterator[Problem]:
    if isinstance(value, dict):
        if "url" not in value:
            yield "", "must have required property 'url'"
        elif not isinstance(value["url"], str):
            yield "/url", "must be string"
        elif not CHECKS["url"](value["url"]):
            yield "/url", 'must match format "url"'


def _pattern(pattern: Any, _schema: Mapping[str, Any]) -> Check | None:
    expression = compile_pattern(pattern)
    if expression is None:
        return None
    return _rule(
        _SCALAR_TYPES["string"], lambda value: expression.is_found_in(value), f'must match pattern "{pattern}"'
    )


def _limit(
    applies: str, measure: Callable[[Any], Any], holds: Callable[[Any, Any], bool], message: str
) -> Callable[[Any, Mapping[str, Any]], Check | None]:
    def build(limit: Any, _schema: Mapping[str, Any]) -> Check | None:
        if not _SCALAR_TYPES["number"](limit):
            return None
        text = message.format(limit)
        return _rule(_SCALAR_TYPES[applies], lambda value: holds(measure(value), limit), text)

    return build


def _multiple_of(step: Any, _schema: Mapping[str, Any]) -> Check | None:
    if not _SCALAR_TYPES["number"](step) or step <= 0:
        return None
    return _rule(
        _SCALAR_TYPES["number"],
        lambda value: (value / step).is_integer() if value else True,
        f"must be multiple of {step}",
    )


def _unique_items(wanted: Any, _schema: Mapping[str, Any]) -> Check | None:
    if wanted is not True:
        return None
    return _rule(
        _SCALAR_TYPES["array"],
        lambda value: len({_canonical(element) for element in value}) == len(value),
        "must NOT have duplicate items",
    )


def _items(schema: Any, _schema: Mapping[str, Any]) -> Check:
    element_check = _compile(schema)

    def check(value: Any) -> Iterator[Problem]:
        if isinstance(value, list):
            for index, element in enumerate(value):
                for path, message in element_check(element):
                    yield f"/{index}{path}", message

    return check


def _required(names: Any, _schema: Mapping[str, Any]) -> Check | None:
    if not isinstance(names, list):
        return None

    def check(value: Any) -> Iterator[Problem]:
        if isinstance(value, dict):
            for name in names:
                if name not in value:
                    yield "", f"must have required property '{name}'"

    return check


def _members(_value: Any, schema: Mapping[str, Any]) -> Check | None:
    properties = schema.get("properties")
    patterns = schema.get("patternProperties")
    named = {name: _compile(member) for name, member in properties.items()} if isinstance(properties, dict) else {}
    matched = [
        (expression, _compile(member))
        for pattern, member in (patterns.items() if isinstance(patterns, dict) else ())
        if (expression := compile_pattern(pattern)) is not None
    ]
    additional = schema.get("additionalProperties")
    others = None if additional in (None, False, True) else _compile(additional)

    def check(value: Any) -> Iterator[Problem]:
        if not isinstance(value, dict):
            return
        for name, member in value.items():
            checks = [named[name]] if name in named else []
            checks += [member_check for expression, member_check in matched if expression.is_found_in(name)]
            if not checks and additional is False:
                yield "", f'must NOT have additional properties, additional property: "{name}"'
            elif not checks and others is not None:
                checks = [others]
            for member_check in checks:
                for path, message in member_check(member):
                    yield f"/{name}{path}", message

    return check


def _combination(
    keyword: str, accepts: Callable[[int, int], bool], message: str
) -> Callable[[Any, Mapping[str, Any]], Check | None]:
    def build(schemas: Any, _schema: Mapping[str, Any]) -> Check | None:
        choices = schemas if isinstance(schemas, list) else [schemas]
        checks = [_compile(choice) for choice in choices]

        def fitting(value: Any) -> int:
            return sum(next(iter(check(value)), None) is None for check in checks)

        return _rule(lambda _: True, lambda value: accepts(fitting(value), len(checks)), message)

    return build


_KEYWORDS: dict[str, Callable[[Any, Mapping[str, Any]], Check | None]] = {
    "type": _type,
    "enum": _enum,
    "const": _const,
    "format": _format,
    "minLength": _limit("string", len, lambda size, limit: size >= limit, "must NOT have fewer than {} characters"),
    "maxLength": _limit("string", len, lambda size, limit: size <= limit, "must NOT have more than {} characters"),
    "pattern": _pattern,
    "minimum": _limit("number", float, lambda number, limit: number >= limit, "must be >= {}"),
    "maximum": _limit("number", float, lambda number, limit: number <= limit, "must be <= {}"),
    "exclusiveMinimum": _limit("number", float, lambda number, limit: number > limit, "must be > {}"),
    "exclusiveMaximum": _limit("number", float, lambda number, limit: number < limit, "must be < {}"),
    "multipleOf": _multiple_of,
    "minItems": _limit("array", len, lambda size, limit: size >= limit, "must NOT have fewer than {} items"),
    "maxItems": _limit("array", len, lambda size, limit: size <= limit, "must NOT have more than {} items"),
    "uniqueItems": _unique_items,
    "items": _items,
    "minProperties": _limit("object", len, lambda size, limit: size >= limit, "must NOT have fewer than {} properties"),
    "maxProperties": _limit("object", len, lambda size, limit: size <= limit, "must NOT have more than {} properties"),
    "required": _required,
    "properties": _members,
    "allOf": _combination("allOf", lambda fitting, total: fitting == total, "must match all schemas in allOf"),
    "anyOf": _combination("anyOf", lambda fitting, _total: fitting > 0, "must match a schema in anyOf"),
    "oneOf": _combination("oneOf", lambda fitting, _total: fitting == 1, "must match exactly one schema in oneOf"),
    "not": _combination("not", lambda fitting, _total: fitting == 0, "must NOT be valid"),
}


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)

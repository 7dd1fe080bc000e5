"""An organisation in which every text that anybody can write is hostile."""

from collections.abc import Iterator
from typing import Any

from tests.injection.hostile import HOSTILE

Document = dict[str, Any]

_TITLE = 100
_LEVELS = [{"title": "Basic", "color": "paleBlue"}, {"title": "Gold", "color": "gold"}]


def _title(number: int) -> str:
    return HOSTILE[number % len(HOSTILE)][-_TITLE:]


class HostileOrganisation:
    """What `Sandbox.load` takes."""

    teams: tuple[Document, ...] = tuple(
        {"identifier": f"team-{number}", "name": name, "description": HOSTILE[number], "users": ["eve@evil.invalid"]}
        for number, name in enumerate(
            [
                "```red``` MARK900",
                "<b>blue</b> MARK901".replace("/", ""),
                "gr\u200b\u202eeen MARK902",
                "![x](y) MARK903",
            ]
        )
    )
    users: tuple[Document, ...] = (
        {
            "email": "eve@evil.invalid",
            "firstName": HOSTILE[0],
            "lastName": HOSTILE[200],
            "roles": ["Admin"],
            "teams": [],
        },
    )

    @property
    def blueprints(self) -> list[Document]:
        """A blueprint of each kind that tools look for."""
        text = {"type": "string"}
        service = {
            "note": {**text, "title": _title(120), "description": HOSTILE[130]},
            "page": {**text, "format": "url", "title": _title(121)},
            "kind": {**text, "title": _title(122), "enum": [_title(number) for number in range(123, 128)]},
            "tags": {"type": "array", "title": _title(128), "items": text},
            "lead": {**text, "format": "user", "title": _title(129)},
            "bugs": {"type": "number", "title": _title(131)},
            "born": {**text, "format": "date-time", "title": _title(132)},
            "facts": {"type": "object", "title": _title(133)},
        }
        shift = {
            "user": {**text, "format": "user", "title": _title(134)},
            "level": {**text, "title": _title(135), "enum": [_title(136), _title(137)]},
            "start": {**text, "format": "date-time", "title": _title(138)},
            "end": {**text, "format": "date-time", "title": _title(139)},
        }
        return [
            _blueprint("service", 140, service, {"needs": {"title": _title(141), "target": "service", "many": True}}),
            _blueprint("oncall_shift", 142, shift, {}),
            _blueprint("Twin", 143, {}, {}),
            _blueprint("twin_", 143, {}, {}),
        ]

    @property
    def scorecards(self) -> list[tuple[str, Document]]:
        """One scorecard, whose every text is hostile."""
        rules = [
            {
                "identifier": f"rule{number}",
                "title": _title(number),
                "description": HOSTILE[number],
                "level": "Gold",
                "query": {
                    "combinator": "and",
                    "conditions": [{"property": "note", "operator": "contains", "value": HOSTILE[number]}],
                },
            }
            for number in range(150, 156)
        ]
        scorecard = {"identifier": "quality", "title": _title(156), "levels": _LEVELS, "rules": rules}
        return [("service", scorecard)]

    def entities(self) -> Iterator[tuple[str, Document]]:
        """A service for each hostile text, and a shift of each level."""
        for number, text in enumerate(HOSTILE):
            properties = {
                "note": text,
                "page": f"https://x.invalid/{number}",
                "kind": _title(123 + number % 5),
                "tags": [text, HOSTILE[number - 1]],
                "lead": f"{text}@evil.invalid",
                "bugs": number,
                "born": "2026-11-20T00:00:00.000Z",
                "facts": {"a": text, text: {"b": [text]}},
            }
            needs = [f"s{number - 1}"] if number else []
            yield (
                "service",
                {
                    "identifier": f"s{number}",
                    "title": text,
                    "team": [f"team-{number % 4}"],
                    "properties": properties,
                    "relations": {"needs": needs},
                },
            )
        for number in range(4):
            properties = {
                "user": f"{HOSTILE[number]}@evil.invalid",
                "level": _title(136 + number % 2),
                "start": "2001-01-01T00:00:00.000Z",
                "end": "2101-01-01T00:00:00.000Z",
            }
            yield (
                "oncall_shift",
                {
                    "identifier": f"x{number}",
                    "title": HOSTILE[number],
                    "team": [f"team-{number}"],
                    "properties": properties,
                },
            )


def _blueprint(identifier: str, number: int, properties: Document, relations: Document) -> Document:
    return {
        "identifier": identifier,
        "title": _title(number),
        "description": HOSTILE[number][-200:],
        "schema": {"properties": properties, "required": []},
        "relations": {name: {"required": False, "many": False, **it} for name, it in relations.items()},
        "mirrorProperties": {},
        "calculationProperties": {},
        "aggregationProperties": {},
        "ownership": {"type": "Direct"},
    }

"""The blueprints under which scorecards, rules and results are found (Port: `docs/scorecards`, as blueprints)."""

from typing import Any

Document = dict[str, Any]

RESULTS = "_rule_result"
RULE_RELATION = "rule"
"""The relation of a rule result to its rule."""
PASSED, NOT_PASSED = "Passed", "Not passed"


def _count_results(title: str, path: list[str], *, passed: bool) -> Document:
    rules = [{"property": "result", "operator": "=", "value": PASSED}] if passed else []
    return {
        "title": title,
        "type": "number",
        "target": RESULTS,
        "calculationSpec": {"calculationBy": "entities", "func": "count"},
        "query": {"combinator": "and", "rules": rules},
        "pathFilter": [{"fromBlueprint": RESULTS, "path": path}],
    }


def _percentage(title: str, part: str, whole: str) -> Document:
    program = f"if .properties.{whole} > 0 then .properties.{part} / .properties.{whole} * 100 else 0 end"
    return {"title": title, "type": "number", "calculation": program}


SCORECARD: Document = {
    "identifier": "_scorecard",
    "title": "Scorecard",
    "icon": "Scorecards",
    "schema": {
        "properties": {
            "blueprint": {"title": "Blueprint", "type": "string", "format": "blueprints"},
            "levels": {"title": "Levels", "type": "array", "items": {"type": "object"}},
            "filter": {"title": "Filter", "type": "object"},
        },
        "required": ["blueprint", "levels"],
    },
    "aggregationProperties": {
        "rules_tested": _count_results("Rules tested", ["rule", "scorecard"], passed=False),
        "rules_passed": _count_results("Rules passed", ["rule", "scorecard"], passed=True),
    },
    "calculationProperties": {"of_rules_passed": _percentage("% of rules passed", "rules_passed", "rules_tested")},
}
RULE: Document = {
    "identifier": "_rule",
    "title": "Rule",
    "icon": "Scorecards",
    "schema": {
        "properties": {
            "level": {"title": "Level", "type": "string"},
            "query": {"title": "Query", "type": "object"},
            "rule_description": {"title": "Rule description", "type": "string"},
        },
        "required": ["level", "query"],
    },
    "relations": {"scorecard": {"title": "Scorecard", "target": "_scorecard", "required": True, "many": False}},
    "aggregationProperties": {
        "entities_tested": _count_results("Entities tested", ["rule"], passed=False),
        "entities_passed": _count_results("Entities passed", ["rule"], passed=True),
    },
    "calculationProperties": {
        "of_entities_passed": _percentage("% of entities passed", "entities_passed", "entities_tested")
    },
}
RULE_RESULT: Document = {
    "identifier": RESULTS,
    "title": "Rule Result",
    "icon": "Scorecards",
    "schema": {
        "properties": {
            "result": {
                "title": "Result",
                "type": "string",
                "enum": [PASSED, NOT_PASSED],
                "enumColors": {PASSED: "green", NOT_PASSED: "red"},
            },
            "entity": {"title": "Entity", "type": "string"},
            "result_last_change": {"title": "Result last change", "type": "string", "format": "date-time"},
        },
        "required": ["result", "entity"],
    },
    "relations": {RULE_RELATION: {"title": "Rule", "target": "_rule", "required": True, "many": False}},
    "mirrorProperties": {
        "blueprint": {"title": "Blueprint", "path": "rule.scorecard.blueprint"},
        "scorecard": {"title": "Scorecard", "path": "rule.scorecard.$title"},
        "level": {"title": "Level", "path": "rule.level"},
    },
    "calculationProperties": {
        "entity_link": {
            "title": "Entity link",
            "type": "string",
            "format": "url",
            "calculation": '"https://app.port.io/" + .properties.blueprint + "Entity?identifier=" + .properties.entity',
        }
    },
}

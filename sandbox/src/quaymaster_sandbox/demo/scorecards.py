"""The two scorecards of the demo organisation, both on `service`, as Port's documents (Port's docs: Scorecards)."""

from typing import Any

from quaymaster_sandbox.demo.schema import Document

_LADDER = [
    {"title": "Basic", "color": "paleBlue"},
    {"title": "Bronze", "color": "bronze"},
    {"title": "Silver", "color": "silver"},
    {"title": "Gold", "color": "gold"},
]


def scorecards() -> list[tuple[str, Document]]:
    """Returns (blueprint, scorecard) pairs."""
    return [("service", _production_readiness()), ("service", _security_requirements())]


def _rule(level: str, identifier: str, title: str, *conditions: Document, combinator: str = "and") -> Document:
    query = {"combinator": combinator, "conditions": list(conditions)}
    return {"identifier": identifier, "title": title, "level": level, "query": query}


def _is(subject: str, operator: str, value: Any) -> Document:
    return {"property": subject, "operator": operator, "value": value}


def _filled(subject: str) -> Document:
    return {"property": subject, "operator": "isNotEmpty"}


def _production_readiness() -> Document:
    return {
        "identifier": "production_readiness",
        "title": "Production Readiness",
        "filter": {"combinator": "and", "conditions": [_is("type", "!=", "library")]},
        "levels": _LADDER,
        "rules": [
            _rule("Bronze", "has_owner", "Has an owning team", _filled("$team")),
            _rule("Bronze", "has_readme", "Has a README", _filled("readme")),
            _rule(
                "Bronze",
                "supported_language",
                "Uses a supported language",
                _is("language", "in", ["Java", "Kotlin", "Python", "Go", "TypeScript", "Scala"]),
            ),
            _rule(
                "Silver", "has_on_call", "Has an on-call schedule", {"relation": "on_call", "operator": "isNotEmpty"}
            ),
            _rule("Silver", "has_runbook", "Has a runbook", _filled("runbook")),
            _rule("Silver", "coverage_60", "Test coverage of 60 % or more", _is("test_coverage", ">=", 60)),
            _rule("Silver", "has_dashboards", "Has the critical dashboards", _is("has_critical_dashboards", "=", True)),
            _rule("Gold", "coverage_80", "Test coverage of 80 % or more", _is("test_coverage", ">=", 80)),
            _rule("Gold", "few_bugs", "At most 10 bugs", _is("bug_count", "<=", 10)),
            _rule("Gold", "has_slo", "Has an SLO target", _filled("slo_target")),
        ],
    }


def _security_requirements() -> Document:
    unclassified = {"property": "data_classification", "operator": "isEmpty", "not": True}
    return {
        "identifier": "security_requirements",
        "title": "Security Requirements",
        "levels": _LADDER,
        "rules": [
            _rule("Bronze", "secret_scanning", "Secret scanning is on", _is("secret_scanning", "=", True)),
            _rule("Bronze", "branch_protection", "Main branch is protected", _is("branch_protection", "=", True)),
            _rule("Silver", "no_critical", "No critical vulnerabilities", _is("critical_vulnerabilities", "=", 0)),
            _rule(
                "Silver",
                "code_is_scanned",
                "Code or dependencies are scanned",
                _is("static_analysis", "=", True),
                _is("dependency_scanning", "=", True),
                combinator="or",
            ),
            _rule("Silver", "classified", "Data is classified", unclassified),
            _rule(
                "Gold",
                "recent_review",
                "Security review in the last twelve months",
                _is("last_security_review", "between", {"preset": "last12Months"}),
            ),
            _rule("Gold", "few_high", "At most 3 high vulnerabilities", _is("high_vulnerabilities", "<=", 3)),
        ],
    }

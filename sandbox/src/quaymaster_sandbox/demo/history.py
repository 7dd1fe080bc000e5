"""How services came to be as they are: changes of their properties over the last half year.

Each service's changes are worked out backwards from its document, so that replaying them ends at the document.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from quaymaster_sandbox.demo.schema import Document
from quaymaster_sandbox.demo.services import DAY_S, Service, iso

HISTORY_DAYS = 180
_MOST_CHANGES = 5


@dataclass(frozen=True)
class Change:
    """One past write to an entity: when, by whom, and the values before and after it; `None` stands for no value.

    The fields follow Port's audit log (GET /v1/audit-log: `trigger.at`, `trigger.by`, `diff.before`, `diff.after`).
    """

    at: str
    by: str
    blueprint: str
    identifier: str
    before: Document
    after: Document


def changes_of(service: Service, seed: int, now_s: float) -> list[Change]:
    """Returns the changes of a service, oldest first; at most five, and none for some services."""
    identifier = service.document["identifier"]
    generator = random.Random(f"{seed} {identifier}")  # noqa: S311 - made-up data, no secrets
    draw = generator.random
    state = dict(service.document["properties"])
    ages_s = sorted(DAY_S * HISTORY_DAYS * draw() for _ in range(int(draw() * (_MOST_CHANGES + 1))))
    changes: list[Change] = []
    for age_s in ages_s:
        before = _earlier(state, draw)
        after = {key: state.get(key) for key in before}
        by = service.people[int(draw() * len(service.people))]
        changes.append(Change(iso(now_s - age_s), by, "service", identifier, before, after))
        state |= before
    return changes[::-1]


def _earlier(state: Document, draw: Callable[[], float]) -> dict[str, Any]:
    """Returns some properties of a service as they may have been before the change that led to `state`."""
    kind = draw()
    if kind < 0.15 and state.get("runbook"):
        return {"runbook": None}
    if kind < 0.25 and state.get("slo_target"):
        return {"slo_target": None}
    if kind < 0.35 and state["static_analysis"]:
        return {"static_analysis": False}
    if kind < 0.45 and state.get("has_critical_dashboards"):
        return {"slo_dashboard": None, "has_critical_dashboards": False}
    if kind < 0.6:
        return {"critical_vulnerabilities": state["critical_vulnerabilities"] + 1 + int(2 * draw())}
    if kind < 0.8 and state.get("test_coverage") is not None:
        coverage = state["test_coverage"]
        rose = draw() < 0.7 or coverage > 90
        return {"test_coverage": round(coverage * (0.7 + 0.28 * draw()) if rose else coverage + 1 + 6 * draw(), 1)}
    return {"bug_count": state["bug_count"] + 1 + int(9 * draw())}

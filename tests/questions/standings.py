"""What is true of scorecards, worked out from the documents, and the checks that hold answers against it."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from tests import scorecard_truth
from tests.answers import first_number, headline, rows
from tests.questions.question import Check, Question
from tests.truth import Truth

Result = dict[str, Any]
Chosen = Callable[[dict[str, Any]], Any]


def ask(
    question: str, tokens: int, check: Check, /, scorecard: Any = None, tool: str = "scorecard_report", **more: Any
) -> Question:
    """Returns a question about a scorecard; a report answers it, if it does not say otherwise."""
    named = {} if scorecard is None else {"scorecard": scorecard}
    return Question("scorecards", question, tool, {**named, **more}, tokens, check)


def everybody(entity: dict[str, Any]) -> bool:
    """Accepts every service."""
    return bool(entity)


def results(truth: Truth, scorecard: str, chosen: Chosen = everybody) -> dict[str, Result]:
    """Returns the result of each judged service."""
    found = {name: truth.result_of(name, scorecard) for name, it in truth.services.items() if chosen(it)}
    return {name: result for name, result in found.items() if result is not None}


def failing(result: Result) -> list[str]:
    """Returns the rules that fail."""
    return [it["identifier"] for it in result["rules"] if it["status"] == "FAILURE"]


def levels_of(document: Mapping[str, Any]) -> list[str]:
    """Returns the titles of a scorecard's levels."""
    return [it["title"] for it in document.get("levels") or []] or ["Basic", "Bronze", "Silver", "Gold"]


def report(scorecard: str, chosen: Chosen = everybody) -> Check:
    """How many fail, how many are judged and on each level, and how many fail each rule."""

    def check(text: str, truth: Truth) -> None:
        document = truth.scorecards[scorecard]
        judged = results(truth, scorecard, chosen)
        failed = sum(bool(failing(it)) for it in judged.values())
        levels = Counter(it["level"] for it in judged.values())
        listed = ", ".join(f"{levels[it]:,} {it}" for it in levels_of(document))
        assert headline(text).startswith(f"{failed:,} of {len(judged):,} service entities")
        assert headline(text).endswith(f": {listed}")
        by_rule = Counter(rule for it in judged.values() for rule in failing(it))
        for number, rule in enumerate(document["rules"], 1):
            share = 1 - by_rule[rule["identifier"]] / max(1, len(judged))
            counted = [rule["identifier"], rule["level"], str(by_rule[rule["identifier"]]), f"{share:.0%}"]
            assert "\t".join([str(number), *counted]) in text
        assert all(set(failing(judged[row["entity"]])) for row in rows(text))

    return check


def members(expected: Callable[[Truth], set[str]]) -> Check:
    """How many there are, and that the first of them are listed."""

    def check(text: str, truth: Truth) -> None:
        wanted = expected(truth)
        found = [row["entity"] for row in rows(text)]
        assert first_number(text) == len(wanted)
        assert len(set(found)) == min(20, len(wanted))
        assert wanted.issuperset(found)

    return check


def failing_rule(scorecard: str, rule: str, chosen: Chosen = everybody) -> Check:
    """The services that fail a rule."""
    return members(lambda it: {n for n, result in results(it, scorecard, chosen).items() if rule in failing(result)})


def on_level(scorecard: str, level: str, chosen: Chosen = everybody) -> Check:
    """The services on a level."""
    return members(lambda it: {n for n, result in results(it, scorecard, chosen).items() if result["level"] == level})


def groups(scorecard: str, label: str, group_of: Callable[[Truth, dict[str, Any]], list[str]]) -> Check:
    """A row for each group with how many are judged and on each level; the worst score first."""

    def check(text: str, truth: Truth) -> None:
        document = truth.scorecards[scorecard]
        levels, wanted = levels_of(document), dict[str, Counter[str]]()
        for name, result in results(truth, scorecard).items():
            for group in group_of(truth, truth.services[name]):
                wanted.setdefault(group, Counter())[result["level"]] += 1
        found = {row[label]: row for row in rows(text)}
        assert found.keys() == wanted.keys()
        top = max(levels.index(it["level"]) for it in document["rules"])
        for group, counts in wanted.items():
            climbed = sum(levels.index(level) * number for level, number in counts.items())
            score = f"{100 * climbed / top / counts.total():.0f}"
            shown = {"judged": str(counts.total()), **{it: str(counts[it]) for it in levels}, "score": score}
            assert {key: found[group][key] for key in shown} == shown
        scores = [int(row["score"]) for row in rows(text)]
        assert scores == sorted(scores)

    return check


def gap(scorecard: str, name: str, level: str) -> Check:
    """The rules that keep a service from a level, those of the lowest level first, and the one that lifts it alone."""

    def check(text: str, truth: Truth) -> None:
        document, result = truth.scorecards[scorecard], truth.result_of(name, scorecard)
        levels = levels_of(document)
        blocking = [
            it
            for step in levels[1 : levels.index(level) + 1]
            for it in result["rules"]
            if it["level"] == step and it["status"] == "FAILURE"
        ]
        assert headline(text).startswith(f"{name} is {result['level']} in {document['title']}: ")
        assert [(row["level"], row["rule"]) for row in rows(text)] == [
            (it["level"], it["identifier"]) for it in blocking
        ]
        first_step = [it for it in blocking if it["level"] == blocking[0]["level"]]
        assert (" alone lifts it to " in headline(text)) == (len(first_step) == 1)

    return check


def simulated(document: dict[str, Any], chosen: Chosen = everybody) -> Check:
    """How many entities a scorecard would judge, and put on each level."""

    def check(text: str, truth: Truth) -> None:
        found = [scorecard_truth.result(document, it, truth.now) for it in truth.services.values() if chosen(it)]
        counts = Counter(it["level"] for it in found if it is not None)
        listed = ", ".join(f"{counts[it]:,} {it}" for it in levels_of(document))
        assert headline(text).startswith(f"the new scorecard would judge {counts.total():,} entities: {listed} (")

    return check


def moved(scorecard: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Check:
    """How many entities a change to a scorecard would move up and down."""

    def check(text: str, truth: Truth) -> None:
        before = truth.scorecards[scorecard]
        after = change(before)
        rank, up, down, judged = levels_of(before).index, 0, 0, 0
        for entity in truth.services.values():
            old, new = (scorecard_truth.result(it, entity, truth.now) for it in (before, after))
            judged += old is not None or new is not None
            if old and new:
                up += rank(new["level"]) > rank(old["level"])
                down += rank(new["level"]) < rank(old["level"])
        said = (
            f"{before['title']}: {up + down:,} of {judged:,} entities would change level: {down:,} fall, {up:,} rise ("
        )
        assert headline(text).startswith(said)

    return check


def lifts(scorecard: str, chosen: Chosen = everybody) -> Check:
    """That each step lifts as many entities as it says, and that no single rule does better than the first."""

    def check(text: str, truth: Truth) -> None:
        document, judged = truth.scorecards[scorecard], results(truth, scorecard, chosen)
        found = rows(text)
        assert found
        for row in found:
            reached = lifted(document, judged, row["make pass"].split(" and "))
            listed = [f"{reached[it]:,} to {it}" for it in levels_of(document) if reached[it]]
            assert row["lifts"] == ", ".join(listed)
        best = found[0]["make pass"].split(" and ")
        singly = [lifted(document, judged, [it["identifier"]]).total() for it in document["rules"]]
        assert lifted(document, judged, best).total() / len(best) >= max(singly)

    return check


def lifted(document: dict[str, Any], judged: dict[str, Result], names: list[str]) -> Counter[str]:
    """Returns how many entities reach each level if these rules pass."""
    levels, reached = levels_of(document), Counter[str]()
    for result in judged.values():
        left = set(failing(result)) - set(names)
        level = levels[0]
        for step in levels[1:]:
            own = {it["identifier"] for it in document["rules"] if it["level"] == step}
            if own & left:
                break
            level = step if own else level
        if level != result["level"]:
            reached[level] += 1
    return reached

"""jq programs: what they make, what they cannot see, and that none of them lasts."""

import threading
from time import monotonic
from typing import Any

import pytest

from quaymaster_sandbox.values.programs import ProgramError, run_on_all, run_program
from quaymaster_sandbox.values.watched import TIME_LIMIT_S

from .conftest import Door


@pytest.mark.parametrize(
    ("program", "given", "value"),
    [
        (".a + 1", {"a": 1}, 2),
        ("empty", {}, None),
        ("1, 2", None, 1),
        (".properties.'a-b'", {"properties": {"a-b": 5}}, 5),
        ("'it is ' + .x", {"x": "ä"}, "it is ä"),
        ('"it\'s"', {}, "it's"),
        ('."\\ud83d\\ude00"', {"😀": 2**60}, 2**60),
        ("env", {}, {}),
        ("$ENV.PATH", {}, None),
    ],
)
def test_a_program_makes_its_first_value(program: str, given: Any, value: Any) -> None:
    assert run_program(program, given) == value


@pytest.mark.parametrize("program", ["(", "1 +", ".a.b", "error", 'import "a" as a; 1', "input", "'"])
def test_a_program_that_fails_says_so(program: str) -> None:
    with pytest.raises(ProgramError):
        run_program(program, {"a": 1})


def test_one_failing_input_leaves_the_others() -> None:
    outcomes = list(run_on_all("1 / .", [*range(250)]))
    assert isinstance(outcomes[0], ProgramError)
    assert outcomes[1:] == [1 / number for number in range(1, 250)]


@pytest.mark.parametrize("program", ["def f: f; f", "[range(1e12)]", '"a" * 1e9 * 1e9', "last(range(1e12))"])
def test_a_program_that_never_ends_is_ended_and_not_tried_again(program: str) -> None:
    with pytest.raises(ProgramError, match="too much"):
        run_program(program, {})
    begun = monotonic()
    with pytest.raises(ProgramError, match="too much"):
        run_program(program, {})
    assert monotonic() - begun < TIME_LIMIT_S / 2
    assert run_program(".a", {"a": 1}) == 1


def test_programs_of_several_threads_do_not_mix() -> None:
    found: dict[int, list[Any]] = {}

    def work(number: int) -> None:
        found[number] = [run_program(".[0] + 1", [number]) for _ in range(50)]

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [number + 1] * 50 for number in range(4)}


def test_an_endless_calculation_leaves_its_property_without_a_value(door: Door) -> None:
    calculations = {
        "endless": {"title": "Endless", "type": "number", "calculation": "[repeat(1)] | length"},
        "fine": {"title": "Fine", "type": "string", "calculation": ".identifier"},
    }
    blueprint = {"identifier": "thing", "title": "Thing", "schema": {"properties": {}}}
    door.ok("POST", "/v1/blueprints", json={**blueprint, "calculationProperties": calculations})
    entity = door.ok("POST", "/v1/blueprints/thing/entities", json={"identifier": "a"})["entity"]
    assert entity["properties"] == {"fine": "a"}

"""Following relations in both directions, to any depth, through cycles."""

import re
from itertools import pairwise

import pytest
from tests.answers import headline

from quaymaster_catalog.graph import Node, Walk


def tree(text, title):
    """Returns {identifier: level} of a part of the tree, without the marked repetitions."""
    part = re.search(rf"^{title}:\n((?:  .*\n)+)", text, re.MULTILINE)
    lines = part[1].splitlines() if part else []
    return {line.strip(): (len(line) - len(line.lstrip())) // 2 for line in lines if not line.endswith("↑")}


@pytest.mark.parametrize("depth", [1, 2, 4])
@pytest.mark.parametrize("service", ["OrderProcessing", "InventoryService", "WarehouseSync"])
async def test_both_directions_hold_what_the_graph_has(ask, truth, service, depth):
    text = await ask("trace_dependencies", blueprint="service", identifier=service, depth=depth)
    assert tree(text, "depends on") == truth.dependencies_of(service, depth)
    assert tree(text, "depended on by") == truth.dependents_of(service, depth)


async def test_counts_stand_in_the_headline(ask, truth):
    text = await ask("trace_dependencies", blueprint="service", identifier="OrderProcessing", depth=2)
    up, down = (method("OrderProcessing", 2) for method in (truth.dependencies_of, truth.dependents_of))
    direct = [sum(hops == 1 for hops in found.values()) for found in (up, down)]
    assert headline(text) == (
        f"OrderProcessing depends on {direct[0]}, {len(up)} within 2 steps "
        f"and is depended on by {direct[1]}, {len(down)} within 2 steps (depends_on)"
    )


async def test_one_direction_leaves_the_other_out(ask, truth):
    text = await ask("trace_dependencies", blueprint="service", identifier="OrderProcessing", direction="upstream")
    assert "depended on by" not in text
    assert tree(text, "depends on") == truth.dependencies_of("OrderProcessing")


async def test_all_relations_cross_blueprints(ask, truth):
    text = await ask(
        "trace_dependencies", blueprint="service", identifier="InventoryService", relation="all", direction="upstream"
    )
    relations = truth.services["InventoryService"]["relations"]
    expected = {*relations["depends_on"], f"domain:{relations['domain']}", f"system:{relations['system']}"}
    expected |= {f"environment:{name}" for name in relations["environments"]}
    expected |= {f"oncall_schedule:{relations['on_call']}"} if "on_call" in relations else set()
    assert set(tree(text, "depends on")) == expected


async def test_relation_is_chosen_by_name(ask, truth):
    text = await ask("trace_dependencies", blueprint="domain", identifier="commerce", relation="Domain")
    services = [name for name, entity in truth.services.items() if entity["relations"]["domain"] == "commerce"]
    assert f"is depended on by {len(services) + text.count('  system:')} (domain)" in headline(text)


async def test_unknown_entity_is_refused_with_near_ones(refusal):
    text = await refusal("trace_dependencies", blueprint="service", identifier="OrderProcesing")
    assert text.startswith("service 'OrderProcesing' does not exist; nearest: OrderProcessing")


async def test_unknown_relation_is_refused_with_the_choices(refusal):
    text = await refusal("trace_dependencies", blueprint="service", identifier="OrderProcessing", relation="depend_on")
    assert text.startswith("unknown relation 'depend_on'; choose from: depends_on")


async def test_shortest_way_between_two_entities(ask, truth):
    text = await ask("trace_dependencies", blueprint="service", identifier="CheckoutFrontend", to="EventBus")
    steps = truth.dependencies_of("CheckoutFrontend", 15)["EventBus"]
    way = headline(text).partition(": ")[2].split(" → ")
    assert headline(text).startswith(f"CheckoutFrontend depends on EventBus over {steps} steps: ")
    assert len(way) == steps + 1
    for here, following in pairwise(way):
        assert following in truth.services[here]["relations"]["depends_on"]


async def test_cycle_has_a_way_in_both_directions(ask):
    text = await ask("trace_dependencies", blueprint="service", identifier="InventoryService", to="WarehouseSync")
    assert text == (
        "InventoryService depends on WarehouseSync over 1 step: InventoryService → WarehouseSync\n"
        "InventoryService is depended on by WarehouseSync over 1 step: InventoryService → WarehouseSync"
    )


async def test_no_way_is_said(ask):
    text = await ask(
        "trace_dependencies", blueprint="service", identifier="DesignSystem", to="EventBus", direction="upstream"
    )
    assert text == "no way leads from DesignSystem to EventBus"


def test_walk_ends_where_a_level_is_too_broad_for_a_request():
    root, ends = Node("service", "hub"), [Node("service", f"spoke-{number}") for number in range(100)]

    class Hub:
        def wanted(self, frontier):
            return [(node.blueprint, {"value": node.identifier}) for node in frontier]

        def read(self, frontier, entities):
            return {root: ends}

    walk = Walk(Hub(), root, depth=3)
    assert len(walk.wanted(most_bytes=1000)) == 1
    walk.take([], None)
    assert (walk.levels, walk.is_open, walk.is_cut) == ([100], True, False)
    assert walk.wanted(most_bytes=1000) == []
    assert (walk.levels, walk.is_open, walk.is_cut) == ([100], False, True)

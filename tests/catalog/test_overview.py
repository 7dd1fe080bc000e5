"""Finding an entity by its name, what matters about it, and how it came to be."""

import pytest
from benchmarks.tokens import count_tokens
from tests.answers import headline, rows

from quaymaster_sandbox.testing import ToolFailed


@pytest.mark.parametrize(
    ("text", "identifier"),
    [
        ("InventoryService", "InventoryService"),
        ("inventory service", "InventoryService"),
        ("inventroy service", "InventoryService"),
        ("InvntoryService", "InventoryService"),
        ("paymentgateway", "PaymentGateway"),
        ("payment gatewai", "PaymentGateway"),
        ("orderprocesing", "OrderProcessing"),
        ("notification dispacher", "NotificationDispatcher"),
    ],
)
async def test_search_finds_what_was_meant_first(ask, text, identifier):
    found = rows(await ask("search_catalog", text=text, blueprints=["service"]))
    assert found[0]["identifier"] == identifier


async def test_search_says_which_blueprint_each_hit_is_in(ask):
    found = rows(await ask("search_catalog", text="commerce"))
    assert {"identifier": "commerce", "title": "Commerce", "blueprint": "domain"} in found


async def test_search_says_how_many_more_there_are(ask):
    text = await ask("search_catalog", text="gateway", limit=3)
    number = int(headline(text).split()[0])
    assert len(rows(text)) == 3
    assert f"{number - 3} more fit" in text


async def test_search_does_not_rank_what_is_too_much(ask, truth):
    names = [f"{it['identifier']} {it.get('title')}".casefold() for _, it in truth.organisation.entities()]
    text = await ask("search_catalog", text="eploy")
    assert int(headline(text).split()[0].replace(",", "")) >= sum("eploy" in name for name in names) > 2000
    assert text.endswith("entities fit 'eploy'\ntoo many to rank: give more of the name, or blueprints")


async def test_search_without_hits_says_where_it_looked(ask):
    text = await ask("search_catalog", text="zzyzx qqqq")
    assert text == "nothing is named like 'zzyzx qqqq'\nsearch looks at identifiers and titles"


async def test_description_has_all_that_matters(ask, truth):
    text = await ask("describe_entity", blueprint="service", identifier="InventoryService")
    service = truth.services["InventoryService"]
    (primary,) = truth.on_call("backend")["primary"]
    level, rules = (truth.result_of("InventoryService", "production_readiness")[key] for key in ("level", "rules"))
    passed = sum(rule["status"] == "SUCCESS" for rule in rules)
    assert headline(text) == "InventoryService (service)"
    assert "owner: Backend\n" in text
    assert f": {primary} (primary" in text
    assert "microservice, Java, Production, Tier 1" in text
    assert f"depends_on: {', '.join(service['relations']['depends_on'])}\n" in text
    assert f"Production Readiness: {level} ({passed} of {len(rules)} rules pass)" in text


MANY = range(9)
LINKS = {f"link_{number}": f"https://{number}.acme.example/{'path/' * 9}" for number in MANY}
FIGURES = {f"figure_{number}": number * 1000 for number in MANY}


def test_description_of_a_rich_entity_is_short(quay, at_port, change):
    ends = quay.seed("service", *({"identifier": f"a-service-with-a-long-name-{number}"} for number in range(40)))
    quay.seed("service", {"identifier": "cart", "title": "The cart of the whole shop", **FIGURES})

    async def enrich(port):
        links = {name: {"type": "string", "format": "url"} for name in LINKS}
        relations = {f"needs_{number}": {"target": "service", "many": True, "required": False} for number in MANY}
        figures = {name: {"type": "number"} for name in FIGURES}
        changes = {"schema": {"properties": {**figures, **links}}, "relations": relations}
        await port.blueprints.update("service", changes)
        everything = {"properties": LINKS, "relations": dict.fromkeys(relations, ends)}
        await port.entities.update("service", "cart", everything)

    at_port(enrich)
    change("service", "cart", link_1=f"https://1.acme.example/{'long/' * 50}")
    text = quay.call("describe_entity", blueprint="service", identifier="cart")
    assert count_tokens(text) < 300
    assert all(
        part in text for part in ("owner: nobody", "figure_1 1000", "link_0: https://", "needs_0: ", "\nchanged 20")
    )
    assert "lines are left out; get_entities_by_identifiers gives all" in text


def test_history_has_each_value_that_changed(quay, change):
    quay.seed("service", {"identifier": "cart", "language": "Java", "bugs": 3})
    change("service", "cart", bugs=1)
    change("service", "cart", language="Kotlin", bugs=0)
    text = quay.call("entity_history", blueprint="service", identifier="cart")
    changes = [(row["property"], row["before"], row["after"]) for row in rows(text)]
    assert sorted(changes[:2]) == [("bugs", "1", "0"), ("language", "Java", "Kotlin")]
    assert changes[2:] == [("bugs", "3", "1"), ("(entity)", "", "created")]
    bugs = quay.call("entity_history", blueprint="service", identifier="cart", property="bugs", limit=1)
    assert bugs.startswith("2 changes of cart (bugs)\n")
    assert "rows 1-1 of 2" in bugs


def test_history_without_a_change_says_why_that_may_be(quay, change):
    quay.seed("service", {"identifier": "cart", "language": "Java", "bugs": 3})
    change("service", "cart", bugs=1)
    question = {"blueprint": "service", "identifier": "cart"}
    text = quay.call("entity_history", **question, property="language")
    assert text == "0 changes of cart (language)\nchanged were: bugs"
    text = quay.call("entity_history", **question, since="now+1d")
    assert text.startswith("0 changes of cart since 20")
    assert text.endswith("the audit log holds none; Port keeps it for a year by default")
    with pytest.raises(ToolFailed, match="'soon' is no date for 'since'; write it in ISO 8601"):
        quay.call("entity_history", **question, since="soon")


def test_description_has_the_latest_changes(quay, change):
    quay.seed("service", {"identifier": "cart", "bugs": 3})
    change("service", "cart", bugs=1)
    assert ": bugs 3 → 1 (" in quay.call("describe_entity", blueprint="service", identifier="cart")


def test_unknown_entity_is_refused_with_near_ones(quay):
    quay.seed("service", {"identifier": "cart"})
    for tool in ("describe_entity", "entity_history"):
        with pytest.raises(ToolFailed, match="service 'carts' does not exist; nearest: cart"):
            quay.call(tool, blueprint="service", identifier="carts")

"""The tools as a model calls them. `quay` is a whole server on an empty sandbox: no Port account, no network."""

import pytest

from quaymaster_sandbox.testing import Quay, ToolFailed


def test_counts_only_the_teams_services(quay: Quay) -> None:
    quay.seed("service", {"team": "web"}, {"team": "ops"})
    assert quay.call("acme_count_services", team="web") == 1


def test_lists_only_the_teams_services(quay: Quay) -> None:
    quay.seed("service", {"identifier": "shop", "title": "Shop", "team": "web"}, {"team": "ops"})
    answer = quay.call("acme_list_services", team="web")
    assert answer == "web owns 1 services\n```tsv\nidentifier\ttitle\nshop\tShop\n```"


def test_hands_over_once_a_person_has_agreed(quay: Quay) -> None:
    quay.seed("service", {"identifier": "shop", "team": "web"}, {"team": "ops"})
    answer = quay.with_person(True).call("acme_hand_over_service", service="shop", team="ops")
    assert answer == "shop now belongs to ops"
    assert quay.call("acme_count_services", team="ops") == 2


def test_hands_nothing_over_without_consent(quay: Quay) -> None:
    quay.seed("service", {"identifier": "shop", "team": "web"}, {"team": "ops"})
    for unwilling in (quay, quay.with_person(False)):
        with pytest.raises(ToolFailed):
            unwilling.call("acme_hand_over_service", service="shop", team="ops")
    assert {request.method for request in quay.requests} == {"GET"}

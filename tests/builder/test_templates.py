"""Templates: documents that add what is missing."""

import itertools

import pytest
from tests.builder.conftest import id_in
from tests.builder.documents import TEXT, blueprint
from tests.builder.filled import apply

from quaymaster_builder.templates.catalog import list_templates
from quaymaster_sandbox.testing import ToolFailed

NEEDS = ["kubernetes", "service_catalog", "incidents", "production_readiness", "security_posture", "dora"]
NAMES = [*NEEDS, "scaffold_service", "cloud_resources"]


def test_there_is_one_for_every_common_need(quay):
    assert sorted(list_templates()) == sorted(NAMES)
    assert quay.call("list_templates").startswith("8 templates")


@pytest.mark.parametrize("name", NAMES)
def test_template_passes_through_a_plan_and_back(quay, port, name):
    before = port.state()
    made = apply(quay, {"template": name})
    assert quay.call("plan_changes", operations=[{"template": name}]).startswith("nothing to do")
    quay.call("apply_plan", plan=id_in(quay.call("undo", plan=made)))
    assert port.state() == before


def test_all_templates_go_together(quay):
    apply(quay, *({"template": name} for name in NAMES))
    for one, other in itertools.pairwise(NAMES):
        assert quay.call("plan_changes", operations=[{"template": one}, {"template": other}]).startswith(
            "nothing to do"
        )


def test_template_fits_itself_to_blueprints_that_exist(quay, port):
    own = {**blueprint("microservice", tier={**TEXT, "title": "Ours"}), "icon": "Ours"}
    apply(quay, {"op": "create", "kind": "blueprint", "document": own})
    operation = {"template": "service_catalog", "names": {"service": "microservice"}}
    assert "it only adds" in quay.call("plan_changes", operations=[operation])
    apply(quay, operation)
    blueprints = port.state()["blueprints"]
    ours = blueprints["microservice"]
    assert "service" not in blueprints
    assert (ours["icon"], ours["schema"]["properties"]["tier"]["title"]) == ("Ours", "Ours")
    assert ours["relations"]["domain"]["target"] == "domain"


def test_template_can_be_looked_at(quay):
    shown = quay.call("get_template", name="kubernetes")
    assert [it["document"]["identifier"] for it in shown["documents"]][1:] == [
        "k8s_cluster",
        "k8s_namespace",
        "k8s_workload",
    ]
    assert "k8s-exporter" in shown["mappings"]


def test_unknown_template_is_answered_with_the_names(quay):
    with pytest.raises(ToolFailed, match="there is no template 'kubernets'; there are: kubernetes, "):
        quay.call("list_templates", name="kubernets")
    with pytest.raises(ToolFailed, match="there is no template"):
        quay.call("plan_changes", operations=[{"template": "dorra"}])

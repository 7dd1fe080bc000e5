"""The parameters that all reads of entities share."""

from quaymaster_sandbox.catalog.view import View, make_view
from quaymaster_sandbox.http import Call


def view_of(call: Call) -> View:
    """Returns what the query string asks for of entities (Port: GET of entities, POST /v1/entities/search)."""
    call.flag("allow_partial_results")
    return make_view(
        call.texts("include"),
        call.texts("exclude"),
        calculated=not call.flag("exclude_calculated_properties"),
        relation_titles=call.flag("attach_title_to_relation"),
        title_mirror_identifiers=call.flag("attach_identifier_to_title_mirror_properties"),
    )

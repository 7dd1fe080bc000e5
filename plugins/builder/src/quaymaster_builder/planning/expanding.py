"""Operations that stand for others: a template, or documents of a guide."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from quaymaster import InputError
from quaymaster.web import WebPolicy
from quaymaster_builder.guides.documents import FoundDocument, find_documents
from quaymaster_builder.guides.fetching import fetch_guide
from quaymaster_builder.guides.markdown import page_to_markdown
from quaymaster_builder.model.refs import Json
from quaymaster_builder.templates.catalog import find_template

__all__ = ["expand"]


class _FromTemplate(BaseModel):
    model_config = ConfigDict(extra="forbid")

    template: str
    names: dict[str, str] = {}


class _FromGuide(BaseModel):
    model_config = ConfigDict(extra="forbid")

    guide: str
    documents: list[int] | None = None
    blueprint: str = ""


async def expand(operations: Sequence[Mapping[str, Any]], policy: WebPolicy) -> list[Json]:
    """Returns the operations with those of templates and guides in the place of `{"template": …}` and `{"guide": …}`.

    Raises:
        InputError: There is no such template or document, or the guide may not be fetched.
    """
    expanded: list[Json] = []
    for operation in operations:
        try:
            if "template" in operation:
                wanted = _FromTemplate.model_validate(operation)
                expanded += find_template(wanted.template).operations(wanted.names)
            elif "guide" in operation:
                expanded += await _from_guide(_FromGuide.model_validate(operation), policy)
            else:
                expanded.append(dict(operation))
        except ValidationError as exc:
            problem = exc.errors()[0]
            raise InputError(f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}") from exc
    return expanded


async def _from_guide(wanted: _FromGuide, policy: WebPolicy) -> list[Json]:
    found = find_documents(page_to_markdown(await fetch_guide(wanted.guide, policy)))
    numbers = [it.number for it in found] if wanted.documents is None else wanted.documents
    if unknown := [number for number in numbers if not 1 <= number <= len(found)]:
        raise InputError(f"the guide has no document {unknown[0]}; it has {len(found)}: read_guide lists them")
    return [_operation(found[number - 1], wanted.blueprint) for number in numbers]


def _operation(found: FoundDocument, blueprint: str) -> Json:
    owner = str(found.document["blueprint"]) if found.kind == "entity" else blueprint
    of_blueprint = {"blueprint": owner} if found.kind in {"entity", "scorecard"} and owner else {}
    return {"op": "upsert", "kind": found.kind, "document": found.document, **of_blueprint}

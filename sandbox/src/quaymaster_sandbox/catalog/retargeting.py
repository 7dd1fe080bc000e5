"""What a blueprint's document says of another blueprint, under that one's new identifier."""

from collections.abc import Callable, Mapping
from typing import Any

Document = dict[str, Any]


def retargeted(document: Mapping[str, Any], old: str, new: str) -> Document:
    """Returns a document whose relations and aggregations lead to `new` where they led to `old`."""

    def renamed(name: str) -> str:
        return new if name == old else name

    relations = {
        name: {**relation, "target": renamed(relation["target"])} for name, relation in document["relations"].items()
    }
    aggregations = {
        name: {**aggregation, "target": renamed(aggregation["target"]), **_origin(aggregation, renamed)}
        for name, aggregation in document["aggregationProperties"].items()
    }
    return {**document, "relations": relations, "aggregationProperties": aggregations}


def _origin(aggregation: Mapping[str, Any], renamed: Callable[[str], str]) -> Document:
    if "pathFilter" not in aggregation:
        return {}
    filters = [
        {**path, "fromBlueprint": renamed(path["fromBlueprint"])} if "fromBlueprint" in path else path
        for path in aggregation["pathFilter"]
    ]
    return {"pathFilter": filters}

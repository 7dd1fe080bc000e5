"""Documents that the tests build with."""

from typing import Any

from quaymaster_builder.model.refs import Ref

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
NUMBER: Json = {"type": "number"}


def blueprint(identifier: str, **properties: Json) -> Json:
    """Returns a blueprint with these properties and nothing else."""
    return {"identifier": identifier, "title": identifier.title(), "schema": {"properties": properties}}


def scorecard(identifier: str, *rules: Json) -> Json:
    """Returns a scorecard with these rules on Port's own levels."""
    return {"identifier": identifier, "title": identifier.title(), "rules": list(rules)}


def rule(identifier: str, level: str = "Gold", **condition: Any) -> Json:
    """Returns a rule of one condition: that `owner` is there, unless another is given."""
    query = {"combinator": "and", "conditions": [condition or {"property": "owner", "operator": "isNotEmpty"}]}
    return {"identifier": identifier, "title": identifier.title(), "level": level, "query": query}


def ref(identifier: str) -> Ref:
    """Returns the name of a blueprint."""
    return Ref("blueprint", identifier)

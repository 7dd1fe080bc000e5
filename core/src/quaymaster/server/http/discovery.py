"""What an identity provider says of itself (OpenID Connect Discovery 1.0), and what else it is asked for."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from quaymaster.errors import QuaymasterError
from quaymaster.port.bounds import Bounds
from quaymaster.port.limits import GarbledError, OversizedError
from quaymaster.port.transport import fetch_page
from quaymaster.port.wire import BrokenError

__all__ = ["discover", "fetch_json"]

_DISCOVERY = "/.well-known/openid-configuration"
_TIMEOUT_S = 10.0
_BOUNDS = Bounds(wire_bytes=1 << 20, answer_bytes=1 << 20)


async def discover(issuer: str) -> dict[str, Any]:
    """Returns the metadata of a provider.

    Raises:
        QuaymasterError: It cannot be had, is another provider's, or names an address without TLS.
    """
    told = await fetch_json(issuer.rstrip("/") + _DISCOVERY)
    if told.get("issuer") != issuer:
        raise QuaymasterError(f"its metadata names the issuer {told.get('issuer')!r}")
    for name in ("jwks_uri", "authorization_endpoint", "token_endpoint"):
        scheme = urlsplit(str(told.get(name, issuer))).scheme
        if scheme not in {"https", urlsplit(issuer).scheme}:
            raise QuaymasterError(f"its metadata names a {name} without TLS")
    return told


async def fetch_json(
    url: str, form: Mapping[str, str] | None = None, authorization: str | None = None
) -> dict[str, Any]:
    """Returns the JSON object at an address, or that which answers a form.

    Raises:
        QuaymasterError: There is none.
    """
    host = urlsplit(url).hostname or ""
    try:
        answer = await fetch_page(
            url,
            host,
            accept="application/json",
            bounds=_BOUNDS,
            timeout_s=_TIMEOUT_S,
            form=form,
            authorization=authorization,
        )
        read = json.loads(answer.body) if answer.status == 200 else None
    except (BrokenError, OversizedError, GarbledError, ValueError) as exc:
        raise QuaymasterError(f"{url} cannot be read: {exc}") from exc
    if not isinstance(read, dict):
        raise QuaymasterError(f"{url} answered {answer.status}, and no JSON object")
    return read

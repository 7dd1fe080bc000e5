"""Whether the process lives, and whether it can take requests: for whoever watches over it."""

from dataclasses import dataclass

import anyio
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from quaymaster.errors import QuaymasterError
from quaymaster.state import Store

__all__ = ["Health"]

_PATIENCE_S = 2.0


@dataclass
class Health:
    """The state of this process.

    Attributes:
        store: What the server keeps its state in.
        is_serving: It has started, and is not about to stop.
    """

    store: Store
    is_serving: bool = False

    def routes(self) -> list[Route]:
        """Returns the routes that tell."""
        return [
            Route("/health", self._tell_health, methods=["GET"]),
            Route("/ready", self._tell_ready, methods=["GET"]),
        ]

    async def _tell_health(self, request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _tell_ready(self, request: Request) -> Response:
        if not self.is_serving:
            return JSONResponse({"status": "stopping"}, 503)
        try:
            with anyio.fail_after(_PATIENCE_S):
                await self.store.get("health")
        except (QuaymasterError, TimeoutError):
            return JSONResponse({"status": "state store unreachable"}, 503)
        return JSONResponse({"status": "ok"})

"""A sandbox behind a socket that counts the requests it gets: `python -m benchmarks.counting_sandbox PORT SERVICES`."""

import sys
from typing import Any

import uvicorn

from quaymaster_sandbox.serve import build_app

__all__ = ["COUNT_PATH"]

COUNT_PATH = "/__count"


class CountingSandbox:
    """Answers GET /__count with the number of requests since the last time, token requests left out."""

    def __init__(self, services: int) -> None:
        self._app = build_app(db=None, demo=True, services=services, seed=7)
        self._count = 0
        self._app.open()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers one request."""
        if scope["path"] != COUNT_PATH:
            self._count += "access_token" not in scope["path"]
            await self._app(scope, receive, send)
            return
        body = str(self._count).encode()
        self._count = 0
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    uvicorn.run(
        CountingSandbox(int(sys.argv[2])), port=int(sys.argv[1]), log_level="warning", access_log=False, lifespan="off"
    )

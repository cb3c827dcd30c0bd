"""Pages asked in process, through the whole application: how long the server takes, without a network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from statistics import median
from time import perf_counter
from typing import Any

from pendopo.app import Portal, PortalApp
from pendopo.testing.people import open_session_for

TIMES = 15


def medians(portal: Portal, account_id: int, targets: Iterable[str], *, times: int = TIMES) -> dict[str, float]:
    """The median milliseconds of each address for this person, drawn anew each time."""
    app = PortalApp(portal)
    cookie = f"{portal.session_cookie}={open_session_for(portal, account_id)}; baru=1".encode()  # not from the kept pages

    async def all_of_them() -> dict[str, float]:
        found = {}
        for target in targets:
            await asked(app, cookie, target)
            found[target] = median([await asked(app, cookie, target) for _ in range(times)])
        return found

    return asyncio.run(all_of_them())


async def asked(app: PortalApp, cookie: bytes, target: str) -> float:
    """Milliseconds until the application has given its whole answer. Raises RuntimeError for any but 200."""
    path, _, query = target.partition("?")
    status: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        status.append(message.get("status"))

    headers = [(b"host", b"127.0.0.1"), (b"cookie", cookie), (b"accept-encoding", b"gzip"), (b"accept", b"text/html")]
    scope = {"type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path, "raw_path": path.encode(), "root_path": "",
             "query_string": query.encode(), "headers": headers, "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "state": {}}
    began = perf_counter()
    await app(scope, receive, send)
    if status[:1] != [200]:
        raise RuntimeError(f"{target}: {status}")
    return (perf_counter() - began) * 1000

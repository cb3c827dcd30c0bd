"""Ready bytes for pages that many people, or one person many times, ask for.

Anonymous pages are kept for at most one second: a popular page is drawn once a second however many ask, and nobody sees
anything older than that. A person's page marked `keep` is kept as long as the database has not changed at all (SQLite
tells that exactly and cheaply; on PostgreSQL such pages are not kept), so it is never stale.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic
from typing import Any

ANONYMOUS_S = 1.0
PERSON_S = 20.0  # relative times on a page may be that old
MOST = 2000
MOST_BYTES = 24 * 1024 * 1024
LARGEST_BYTES = 512 * 1024


@dataclass(slots=True)
class Kept:
    until: float
    version: int | None
    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    etag: bytes


class PageCache:
    """A small LRU. The key holds everything that a page depends on beside the database."""

    def __init__(self) -> None:
        self.entries: OrderedDict[tuple[Any, ...], Kept] = OrderedDict()
        self.bytes = 0

    def find(self, key: tuple[Any, ...], version: int | None) -> Kept | None:
        kept = self.entries.get(key)
        if kept is None or kept.until < monotonic() or kept.version != version:
            return None
        return kept

    def keep(
        self, key: tuple[Any, ...], version: int | None, seconds: float, status: int, headers: list[tuple[bytes, bytes]], body: bytes, etag: bytes
    ) -> None:
        if len(body) > LARGEST_BYTES:
            return
        self._forget(key)
        self.entries[key] = Kept(monotonic() + seconds, version, status, headers, body, etag)
        self.bytes += len(body)
        while len(self.entries) > MOST or self.bytes > MOST_BYTES:
            self._forget(next(iter(self.entries)))

    def _forget(self, key: tuple[Any, ...]) -> None:
        kept = self.entries.pop(key, None)
        if kept is not None:
            self.bytes -= len(kept.body)

    def clear(self) -> None:
        self.entries.clear()
        self.bytes = 0


def etag_of(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=10).hexdigest()}"'


async def send_kept(kept: Kept, if_none_match: bytes, method: str, send: Any) -> None:
    if if_none_match and kept.etag in if_none_match:
        headers = [pair for pair in kept.headers if pair[0] not in (b"content-length", b"content-type", b"content-encoding")]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": kept.status, "headers": kept.headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else kept.body})

"""Ready bytes for pages that many people, or one person many times, ask for.

Anonymous pages are kept for one second, and at most a quarter of a second more while one of those who ask has them drawn
anew: a popular page is drawn once a second however many ask, and nobody sees anything older than that. A person's page
marked `keep` is kept as long as the database has not changed at all (SQLite tells that exactly and cheaply; on PostgreSQL
such pages are not kept), so it is never stale.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from time import monotonic
from typing import Any

ANONYMOUS_S = 1.0
REDRAW_S = 0.25
PERSON_S = 20.0  # relative times on a page may be that old
MOST = 2000
MOST_BYTES = 24 * 1024 * 1024
LARGEST_BYTES = 512 * 1024


@dataclass(slots=True)
class Kept:
    """A page as it is sent: the messages `start` and `rest`."""

    until: float
    version: int | None
    start: dict[str, Any]
    rest: dict[str, Any]
    etag: bytes


class PageCache:
    """A small LRU. The key holds everything that a page depends on beside the database."""

    def __init__(self) -> None:
        self.entries: OrderedDict[tuple[Any, ...], Kept] = OrderedDict()
        self.bytes = 0

    def find(self, key: tuple[Any, ...], version: int | None) -> Kept | None:
        kept = self.entries.get(key)
        if kept is None or kept.version != version:
            return None
        now = monotonic()
        if kept.until < now:
            kept.until = now + REDRAW_S  # whoever asks first draws it anew; the others need not all do the same at once
            return None
        return kept

    def keep(
        self, key: tuple[Any, ...], version: int | None, seconds: float, status: int, headers: list[tuple[bytes, bytes]], body: bytes, etag: bytes
    ) -> None:
        if len(body) > LARGEST_BYTES:
            return
        self._forget(key)
        self.entries[key] = Kept(
            monotonic() + seconds, version, {"type": "http.response.start", "status": status, "headers": headers},
            {"type": "http.response.body", "body": body}, etag,
        )
        self.bytes += len(body)
        while len(self.entries) > MOST or self.bytes > MOST_BYTES:
            self._forget(next(iter(self.entries)))

    def _forget(self, key: tuple[Any, ...]) -> None:
        kept = self.entries.pop(key, None)
        if kept is not None:
            self.bytes -= len(kept.rest["body"])

    def clear(self) -> None:
        self.entries.clear()
        self.bytes = 0


def etag_of(body: bytes) -> str:
    return f'"{hashlib.blake2b(body, digest_size=10).hexdigest()}"'


async def send_kept(kept: Kept, if_none_match: bytes, method: str, send: Any) -> None:
    if if_none_match and kept.etag in if_none_match:
        headers = [pair for pair in kept.start["headers"] if pair[0] not in (b"content-length", b"content-type", b"content-encoding")]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send(kept.start)
    await send(kept.rest if method != "HEAD" else {"type": "http.response.body", "body": b""})

"""Asking the feeds of others: seldom, briefly, and only for what changed.

At most 50 requests a minute go out (BMKG allows 60 from one address), each with a time limit, a size limit and the
validators of the last answer; an address that fails is asked again after one minute, two, four, at most an hour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx2
import structlog
from sqlalchemy.orm import Session

from pendopo import DomainError
from pendopo.kit import settings

from . import services
from .models import Feed
from .reading import Entry, Unreadable, read_alert, read_index, read_quakes

log = structlog.get_logger("gawe_radio.warnings")
MOST_A_MINUTE = 50
MOST_BYTES = 2 * 1024 * 1024
TIMEOUT = httpx2.Timeout(8.0, connect=4.0)
LONGEST_REST = timedelta(hours=1)
AGENT = "Pendopo radio (pembaca peringatan dini)"


class Refused(Exception):
    """The other side did not give what was asked for. `why` in English, for the operator's page."""


@dataclass(frozen=True)
class Wanted:
    """An address that is asked. `kind`: index (CAP), gempa."""

    address: str
    kind: str
    simulated: bool = False


@dataclass
class Answer:
    """`data` is None when nothing changed since the last time."""

    data: bytes | None
    etag: str = ""
    last_modified: str = ""


def wanted_feeds(db: Session) -> list[Wanted]:
    """What the settings ask for: nothing, until somebody switches it on."""
    found = []
    if settings.value(db, "radio.peringatan_aktif"):
        found += [Wanted(address, "index") for address in settings.value(db, "radio.peringatan_cap").split()]
        found += [Wanted(address, "gempa") for address in settings.value(db, "radio.peringatan_gempa").split()]
    for address in settings.value(db, "radio.peringatan_simulator").split():
        found.append(Wanted(address, "gempa" if address.endswith(".json") else "index", simulated=True))
    return [feed for feed in found if may_ask(feed.address)]


def may_ask(address: str) -> bool:
    """HTTPS anywhere; plain HTTP only on this machine (a simulator)."""
    parts = urlsplit(address)
    return (parts.scheme == "https" and bool(parts.hostname)) or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1"))


class Poller:
    """One round of asking; `spent` counts its requests."""

    def __init__(self, portal: Any, now: datetime) -> None:
        self.portal, self.now = portal, now
        self.spent = 0
        self.client = httpx2.Client(timeout=TIMEOUT, headers={"User-Agent": AGENT}, follow_redirects=False)

    def __enter__(self) -> Poller:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.client.close()

    def ask_all(self) -> int:
        """Ask every feed whose turn it is. Returns how many requests went out."""
        with self.portal.db.session(write=False) as db:
            feeds = wanted_feeds(db)
        for feed in feeds:
            if feed.kind == "gempa":
                self._ask(feed.address, "", lambda db, data, feed=feed: self._quakes(db, data, feed))
            else:
                self._index(feed)
        return self.spent

    def _index(self, feed: Wanted) -> None:
        entries: list[Entry] = []
        self._ask(feed.address, "", lambda _db, data: entries.extend(read_index(data)), always=True)
        host = urlsplit(feed.address).hostname
        for entry in entries:
            link = urljoin(feed.address, entry.link)
            if may_ask(link) and urlsplit(link).hostname == host:
                self._ask(link, entry.mark, lambda db, data, link=link: self._alert(db, data, link, feed.simulated))

    def _alert(self, db: Session, data: bytes, link: str, simulated: bool) -> None:
        services.take_alert(db, read_alert(data), feed=link, simulated=simulated, now=self.now)

    def _quakes(self, db: Session, data: bytes, feed: Wanted) -> None:
        for quake in reversed(read_quakes(data)):
            services.take_quake(db, quake, feed=feed.address, simulated=feed.simulated, now=self.now)

    def _ask(self, address: str, mark: str, take: Callable[[Session, bytes], Any], *, always: bool = False) -> None:
        """Ask one address when its turn has come, and take in what it says. `always`: an unchanged index is read again."""
        known = self._remembered(address)
        if (known.next_at and known.next_at > self.now) or (mark and mark == known.mark) or self.spent >= MOST_A_MINUTE:
            return
        try:
            answer = self._get(address, Answer(None) if always else Answer(None, known.etag, known.last_modified))
            with self.portal.db.session() as db:
                if answer.data is not None:
                    take(db, answer.data)
                self._remember(db, address, answer, mark)
        except (Refused, Unreadable, DomainError) as error:
            log.warning("a warning feed can't be read", address=address, why=str(error))
            self._failed(address, str(error))

    def _get(self, address: str, known: Answer) -> Answer:
        self.spent += 1
        headers = {name: value for name, value in (("If-None-Match", known.etag), ("If-Modified-Since", known.last_modified)) if value}
        try:
            with self.client.stream("GET", address, headers=headers) as response:
                if response.status_code == 304:
                    return known
                if response.status_code != 200:
                    raise Refused(f"HTTP {response.status_code}")
                data = bytearray()
                for piece in response.iter_bytes():
                    data += piece
                    if len(data) > MOST_BYTES:
                        raise Refused("more than 2 MiB")
                return Answer(bytes(data), response.headers.get("etag", "")[:200], response.headers.get("last-modified", "")[:60])
        except httpx2.HTTPError as error:
            raise Refused(type(error).__name__) from error

    def _remembered(self, address: str) -> Feed:
        with self.portal.db.session(write=False) as db:
            return db.get(Feed, address[:300]) or Feed(address=address[:300], etag="", last_modified="", mark="", failures=0, next_at=None)

    def _remember(self, db: Session, address: str, answer: Answer, mark: str) -> None:
        row = _row(db, address)
        row.etag, row.last_modified, row.mark, row.failures, row.error = answer.etag, answer.last_modified, mark, 0, ""
        row.good_at, row.next_at = self.now, None

    def _failed(self, address: str, why: str) -> None:
        with self.portal.db.session() as db:
            row = _row(db, address)
            row.failures += 1
            row.error = why[:300]
            row.next_at = self.now + min(timedelta(minutes=1) * 2 ** min(row.failures - 1, 10), LONGEST_REST)


def _row(db: Session, address: str) -> Feed:
    row = db.get(Feed, address[:300])
    if row is None:
        row = Feed(address=address[:300], etag="", last_modified="", mark="", failures=0, error="")
        db.add(row)
    return row

"""The words that stand above every open page (`#siaran`), for the area of whoever looks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy.orm import Session

from pendopo import Notice, live
from pendopo.identity import Account, Actor
from pendopo.kit import settings
from pendopo.kit.places import kecamatan_list, place_name
from pendopo.pages import current_pages

from .models import Announcement

TOPIC = "public:siaran"
MOST = 3
KEEP_S = 3.0
TEMPLATE = "gawe_radio/_siaran.html"
COOKIE = "radio-simpan"
KEY = re.compile(r"[1-9]\d{0,17}v[1-9]\d{0,5}")
MOST_PUT_AWAY = 30


@dataclass(frozen=True)
class Banner:
    """An announcement as it stands above a page."""

    id: int
    title: str
    text: dict[str, str]
    priority: str
    areas: tuple[str, ...]
    until_at: datetime
    version: int
    drill: bool
    source: str

    @classmethod
    def of(cls, row: Announcement) -> Banner:
        return cls(row.id, row.title, row.text, row.priority, tuple(row.areas), row.until_at, row.version, row.drill, row.source)

    @property
    def key(self) -> str:
        """This version of it, as a reader puts it away."""
        return f"{self.id}v{self.version}"

    @property
    def stays(self) -> bool:
        """An emergency is not put away while it holds; its exercise may be."""
        return self.priority == "darurat" and not self.drill

    @property
    def look(self) -> str:
        return "latihan" if self.drill else self.priority

    def words(self, language: str) -> str:
        return self.text.get(language) or self.text["id"]

    @property
    def place_names(self) -> str:
        return ", ".join(place_name(code) for code in self.areas)


_kept: dict[str, tuple[float, list[Banner]]] = {}


def kecamatan_of(db: Session, actor: Actor) -> str:
    """Where the person lives, "" when nobody said."""
    if actor.account_id is None or actor.is_staff:
        return ""
    account = db.get(Account, actor.account_id)
    return (account.desa_code or "")[:8] if account else ""


def topic_of(kecamatan: str) -> str:
    return f"{TOPIC}:{kecamatan}" if kecamatan else TOPIC


def concerns(announcement: Banner, kecamatan: str) -> bool:
    """An emergency concerns everyone; whoever did not say where they live is told everything."""
    return not kecamatan or not announcement.areas or announcement.priority == "darurat" or kecamatan in announcement.areas


def shown(db: Session, now: datetime) -> list[Banner]:
    """What is worth standing above every page: grave words while they hold, plain ones for their first hours."""
    from .announcements import active_announcements

    fresh = timedelta(minutes=settings.value(db, "radio.spanduk_info_menit"))
    return [Banner.of(row) for row in active_announcements(db, now) if row.priority != "info" or row.published_at + fresh > now]


def notice(db: Session, actor: Actor, now: datetime) -> Notice:
    kecamatan = kecamatan_of(db, actor)
    fitting = [row for row in _shown_kept(db, now) if row.until_at > now and concerns(row, kecamatan)]
    return Notice(TEMPLATE, {"announcements": fitting[:MOST], "more": len(fitting) - MOST}, topic_of(kecamatan))


def _shown_kept(db: Session, now: datetime) -> list[Banner]:
    """Asked for on every page: read again when something changed, else every few seconds."""
    key = str(db.get_bind().engine.url)
    kept = _kept.get(key)
    if kept is None or kept[0] < monotonic():
        kept = _kept[key] = (monotonic() + KEEP_S, shown(db, now))
    return kept[1]


def forget_cache(_data: object = None) -> None:
    _kept.clear()


live.on_signal("radio-siaran", forget_cache)


def renew(db: Session, now: datetime) -> None:
    """Give every open page what stands there from now on: one message for each area, in each language."""
    rows = shown(db, now)
    forget_cache()
    live.signal(db, "radio-siaran", {})
    pages = current_pages()
    for kecamatan in ("", *(place.code for place in kecamatan_list())):
        fitting = [row for row in rows if concerns(row, kecamatan)]
        live.publish(db, topic_of(kecamatan), html={language: _as_swap(pages, language, fitting) for language in pages.portal.settings.languages})


def _as_swap(pages: Any, language: str, fitting: list[Banner]) -> str:
    inside = pages.draw(TEMPLATE, language, "gawe_radio", announcements=fitting[:MOST], more=len(fitting) - MOST)
    return f'<div id="siaran" hx-swap-oob="innerHTML">{inside}</div>'


def put_away(known: str, key: str) -> str:
    """The reader's list (a cookie) with `key` added; "" when there is nothing to keep. What is not a key is left out."""
    keys = [part for part in known.split(".") if KEY.fullmatch(part) and part != key]
    return ".".join([*keys, key][-MOST_PUT_AWAY:]) if KEY.fullmatch(key) else ".".join(keys)


def hiding_style(db: Session, known: str, now: datetime) -> str:
    """A style sheet that takes down what this reader put away. An emergency stays."""
    mine = {part for part in known.split(".") if KEY.fullmatch(part)}
    hidden = [row for row in _shown_kept(db, now) if row.key in mine and not row.stays]
    return "".join(f"#siaran-{row.id}.siaran-v{row.version}{{display:none}}" for row in hidden)

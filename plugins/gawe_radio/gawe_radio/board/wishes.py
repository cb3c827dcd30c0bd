"""Song requests, greetings and questions, as their senders see them."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound, PersonalData, SignInNeeded, TooMany, _, live
from pendopo.kit import settings
from pendopo_stream.rundown import Slot

from ..errors import BoardClosed, NobodyToAsk
from ..listening.now import on_air
from . import songs
from .models import Wish
from .turns import Sender, forget_turns, take_turn

DESK = "radio-papan"
BOARD = "public:radio-papan"
MOST_WAITING = 500
SHOWN_FOR = timedelta(days=2)
_NIK_LIKE = re.compile(r"(?<!\d)(?:\d[ .-]?){16}(?!\d)")


@dataclass(frozen=True)
class Words:
    """What a listener typed. `track`: the engine's name of a song."""

    text: str = ""
    name: str = ""
    contact: str = ""
    track: str = ""


def send_wish(db: Session, sender: Sender, kind: str, words: Words, *, now: datetime) -> Wish:
    """Put it on the moderators' desk. Raises SignInNeeded, BoardClosed, TooSoon, NobodyToAsk or InvalidInput."""
    if not settings.value(db, "radio.papan_buka"):
        raise BoardClosed()
    if sender.account_id is None and not settings.value(db, "radio.papan_tanpa_akun"):
        raise SignInNeeded()
    if count_waiting(db) >= MOST_WAITING:
        raise TooMany(N_("Papan sedang penuh. Coba lagi nanti."))
    check_words(db, words)
    wish = Wish(token=secrets.token_urlsafe(12), kind=kind, account_id=sender.account_id, sent_at=now, **_columns(db, kind, words, now))
    take_turn(db, sender, kind, now)
    db.add(wish)
    db.flush()
    live.publish(db, DESK)
    return wish


def _columns(db: Session, kind: str, words: Words, now: datetime) -> dict[str, str]:
    slot = on_air(db, now)
    columns = {"name": words.name.strip(), "text": words.text.strip(), "programme": slot.title if slot else ""}
    if kind == "lagu":
        song = songs.find_song(words.track)
        return {**columns, "track": song.id, "track_label": song.label}
    if not columns["text"]:
        raise InvalidInput(N_("Tulis pesannya."), field="text")
    if kind == "tanya":
        if talk_now(slot) is None:
            raise NobodyToAsk()
        return {**columns, "contact": words.contact.strip()}
    return columns


def talk_now(slot: Slot | None) -> Slot | None:
    """The programme that takes questions: one with somebody at the microphone."""
    return slot if slot is not None and slot.presenter else None


def check_words(db: Session, words: Words) -> None:
    """Nothing that must not be read out: a nik, or a word that the station's setting forbids. Raises InvalidInput."""
    forbidden = {word.strip().casefold() for word in settings.value(db, "radio.papan_kata").split(",") if word.strip()}
    for field, text in (("text", words.text), ("name", words.name)):
        if _NIK_LIKE.search(text):
            raise InvalidInput(N_("Jangan menulis NIK atau nomor kartu: tulisan ini dapat dibacakan di radio."), field=field)
        heard = " ".join(re.findall(r"\w+", text.casefold()))
        if any(re.search(rf"\b{re.escape(word)}\b", heard) for word in forbidden):
            raise InvalidInput(N_("Ada kata yang tidak dibacakan di radio. Ubahlah kalimatnya."), field=field)


def find_by_token(db: Session, token: str) -> Wish:
    found = db.scalar(select(Wish).where(Wish.token == token))
    if found is None:
        raise NotFound()
    return found


def take_back(db: Session, token: str) -> None:
    """The sender changed their mind; only what nobody has decided on goes without a trace. Raises Conflict."""
    gone = db.execute(delete(Wish).where(Wish.token == token, Wish.state == "menunggu"))
    if gone.rowcount != 1:
        find_by_token(db, token)
        raise Conflict()
    live.publish(db, DESK)


def sent_by(db: Session, account_id: int, limit: int = 50) -> list[Wish]:
    return list(db.scalars(select(Wish).where(Wish.account_id == account_id).order_by(Wish.id.desc()).limit(limit)))


def public_wishes(db: Session, now: datetime, limit: int = 30) -> list[Wish]:
    """Accepted greetings and song requests of the last days; questions and contacts never."""
    shown = select(Wish).where(Wish.kind.in_(("salam", "lagu")), Wish.state.in_(("diterima", "selesai")), Wish.sent_at > now - SHOWN_FOR)
    return list(db.scalars(shown.order_by(Wish.decided_at.desc(), Wish.id.desc()).limit(limit)))


def count_waiting(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(Wish).where(Wish.state == "menunggu")) or 0


def forget_old(db: Session, now: datetime) -> None:
    """Remove what is older than its setting, and contacts of questions a week after they came."""
    forget_turns(db, now)
    db.execute(delete(Wish).where(Wish.sent_at < now - timedelta(days=settings.value(db, "radio.papan_simpan_hari"))))
    db.execute(update(Wish).where(Wish.contact != "", Wish.sent_at < now - timedelta(days=7)).values(contact=""))


def personal_data(db: Session, account_id: int) -> list[PersonalData]:
    rows: list[dict[str, Any]] = [
        {"jenis": wish.kind, "dikirim": wish.sent_at.isoformat(), "nama": wish.name, "isi": wish.text, "lagu": wish.track_label, "kontak": wish.contact,
         "keadaan": wish.state}
        for wish in db.scalars(select(Wish).where(Wish.account_id == account_id).order_by(Wish.id))
    ]
    if not rows:
        return []
    days = settings.value(db, "radio.papan_simpan_hari")
    return [PersonalData(_("Kiriman Anda ke radio"), _("Dibacakan atau diputar di siaran"), "UU 32/2002", rows, _("%(days)s hari") % {"days": days})]


def erase(db: Session, account_id: int) -> None:
    """What somebody sent goes; what waited for a decision too."""
    db.execute(delete(Wish).where(Wish.account_id == account_id))
    live.publish(db, DESK)
    live.publish(db, BOARD)

"""The moderators' desk: what goes on the air, what does not, and what was read aloud."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pendopo import NotFound, live
from pendopo.http import url
from pendopo.identity import Actor, record
from pendopo.notifications import notify
from pendopo.outbox import NotNow, tell
from pendopo_stream.relay import EngineAway
from pendopo_stream.relay.client import Refused

from .. import station
from ..errors import NotWaiting
from ..models import AirLog
from .models import Wish
from .wishes import BOARD, DESK

REST = timedelta(hours=6)  # a song that was not played by then is not brought to a new engine any more
TOPIC = "radio.papan"


def waiting(db: Session) -> list[Wish]:
    return list(db.scalars(select(Wish).where(Wish.state == "menunggu").order_by(Wish.id)))


def to_read(db: Session) -> list[Wish]:
    """What was accepted and is still to be read aloud or played, the oldest decision first."""
    return list(db.scalars(select(Wish).where(Wish.state == "diterima").order_by(Wish.decided_at, Wish.id)))


def lately_done(db: Session, limit: int = 10) -> list[Wish]:
    return list(db.scalars(select(Wish).where(Wish.state.in_(("selesai", "ditolak"))).order_by(Wish.decided_at.desc(), Wish.id.desc()).limit(limit)))


def accept_wish(db: Session, actor: Actor, wish_id: int, *, now: datetime) -> Wish:
    """A song goes to the engine's queue, words to the announcer's list. Raises NotWaiting when somebody was faster."""
    wish = _decide(db, actor, wish_id, "menunggu", "diterima", now)
    if wish.kind == "lagu":
        tell(db, "radio_song_wanted", key=f"radio-wish-{wish.id}", wish_id=wish.id)
    return wish


def refuse_wish(db: Session, actor: Actor, wish_id: int, reason: str, *, now: datetime) -> Wish:
    """`reason` is what the sender reads."""
    wish = _decide(db, actor, wish_id, "menunggu", "ditolak", now, reason=reason.strip()[:300])
    _receipt(db, wish, "ditolak")
    return wish


def mark_read(db: Session, actor: Actor, wish_id: int, *, now: datetime) -> Wish:
    """It was read aloud: the sender gets a receipt."""
    wish = _decide(db, actor, wish_id, "diterima", "selesai", now, done_at=now)
    _receipt(db, wish, "dibacakan")
    return wish


def _decide(db: Session, actor: Actor, wish_id: int, before: str, after: str, now: datetime, **columns: object) -> Wish:
    actor.require("radio.board")
    values = {"state": after, "decided_by": actor.account_id, "decided_at": now, **columns}
    decided = db.execute(update(Wish).where(Wish.id == wish_id, Wish.state == before).values(**values))
    wish = db.get(Wish, wish_id, populate_existing=True)
    if wish is None:
        raise NotFound()
    if decided.rowcount != 1:
        raise NotWaiting()
    record(db, actor, f"radio.wish_{after}", f"radio-wish:{wish_id}", {"kind": wish.kind})
    _changed(db)
    return wish


def _changed(db: Session) -> None:
    live.publish(db, DESK)
    live.publish(db, BOARD)


def _receipt(db: Session, wish: Wish, outcome: str) -> None:
    if wish.account_id is not None:
        notify(
            db, topic=TOPIC, to=[wish.account_id], template=f"gawe_radio/notify/papan_{outcome}",
            context={"text": wish.text, "song": wish.track_label, "reason": wish.reason}, url=url("radio:papan.kiriman", token=wish.token),
            key=f"radio-wish-{wish.id}-{outcome}",
        )


# ------------------------------------------------------------------------------------------------ songs and the engine


def bring_song(db: Session, wish_id: int, now: datetime) -> None:
    """Put an accepted song into the engine's queue. Raises NotNow while the engine is away."""
    wish = db.get(Wish, wish_id)
    if wish is None or wish.state != "diterima":
        return
    try:
        station.engine().ask("play", track=wish.track, wish=True)
    except EngineAway as error:
        raise NotNow("the engine is away; the song is asked for when it comes back") from error
    except Refused:
        wish.state, wish.decided_at, wish.reason = "ditolak", now, "Lagu itu tidak lagi ada di pustaka."
        _receipt(db, wish, "ditolak")
        _changed(db)


def bring_all_songs(db: Session, now: datetime) -> int:
    """After the engine began anew: the accepted songs that it has not played. Returns how many."""
    fresh = select(Wish.id).where(Wish.kind == "lagu", Wish.state == "diterima", Wish.decided_at > now - REST).order_by(Wish.decided_at, Wish.id)
    ids = list(db.scalars(fresh))
    for wish_id in ids:
        bring_song(db, wish_id, now)
    return len(ids)


def note_played(db: Session) -> int:
    """Find accepted songs in the log of what was on the air, and tell who asked for them. Returns how many were played."""
    wanted = [wish for wish in to_read(db) if wish.kind == "lagu"]
    if not wanted:
        return 0
    since = min(wish.decided_at for wish in wanted)
    played = list(db.scalars(select(AirLog).where(AirLog.event == "track", AirLog.at >= since).order_by(AirLog.at)))
    count = 0
    for wish in wanted:
        line = next((row for row in played if row.at >= wish.decided_at and _track_of(row) == wish.track), None)
        if line is not None:
            wish.state, wish.done_at = "selesai", line.at
            _receipt(db, wish, "diputar")
            count += 1
    if count:
        _changed(db)
    return count


def _track_of(row: AirLog) -> str:
    track = row.data.get("track")
    return str(track.get("id", "")) if isinstance(track, dict) else ""

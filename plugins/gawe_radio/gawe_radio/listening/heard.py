"""Words at the moment at which each listener hears them.

Every listener is behind the studio by a time of its own. All of them share one clock: the moment at which a piece of sound
left the mixer, in milliseconds of Unix time (the beginning of the engine's run plus the position). A player knows that
moment for what it plays now, and shows a cue when its clock comes to it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import live

from ..models import AirLog, Announcement

TOPIC = "public:radio-suara"
LONGEST = timedelta(hours=3)
MOST = 400


def sound_clock(began: str, position_ms: int) -> int:
    """When the sound at `position_ms` of a run left the mixer, in ms of Unix time."""
    return round(datetime.fromisoformat(began).timestamp() * 1000) + int(position_ms)


def cue_of(event: dict[str, Any], upstream: Any) -> dict[str, Any] | None:
    """What pages are told of something that the engine did; None for what no listener hears or reads."""
    began = upstream.runs.get(event.get("run", ""), "")
    kind = event.get("event")
    if not began or kind not in ("track", "programme", "speaking", "cancelled"):
        return None
    if kind == "speaking":
        return speaking_cue(event, began)
    at = _moment(event, began)
    if kind == "cancelled":
        return {"kind": "cancelled", "id": event.get("id", ""), "run": event["run"], "at": at}
    now = upstream.now
    track, programme = now.get("track") or {}, now.get("programme") or {}
    return {
        "kind": "title", "run": event["run"], "at": at, "title": track.get("label", ""),
        "programme": {key: programme.get(key) for key in ("title", "presenter", "start", "end")} if programme else None,
    }


def speaking_cue(event: dict[str, Any], began: str) -> dict[str, Any]:
    """An announcement that begins to be spoken."""
    at = sound_clock(began, event["voice_at_ms"]) if event.get("voice_at_ms") else _moment(event, began)
    return {
        "kind": "speaking", "run": event.get("run", ""), "voice_at_ms": event.get("voice_at_ms"), "ends_at_ms": event.get("ends_at_ms"),
        "position_ms": event.get("position_ms"),
        "id": event.get("id", ""), "title": event.get("title") or "", "text": event.get("texts") or event.get("text") or {},
        "priority": event.get("priority", "info"), "areas": event.get("areas") or [], "drill": bool(event.get("drill")),
        "at": at, "ends": sound_clock(began, event["ends_at_ms"]) if event.get("ends_at_ms") else None,
    }


def _moment(event: dict[str, Any], began: str) -> int:
    if event.get("position_ms") is not None:
        return sound_clock(began, event["position_ms"])
    return round(datetime.fromisoformat(event["at"]).timestamp() * 1000)


def tell_pages(db: Session, cues: list[dict[str, Any]]) -> None:
    for cue in cues:
        live.publish(db, TOPIC, data=cue)


def past(db: Session, since: datetime, now: datetime, language: str) -> list[dict[str, Any]]:
    """Cues of what was on the air from `since` on, by the log; the track that was playing then comes first."""
    since = min(max(since, now - LONGEST), now)
    kinds = AirLog.event.in_(("track", "spoken"))
    first = select(AirLog).where(AirLog.event == "track", AirLog.at <= since).order_by(AirLog.at.desc(), AirLog.id.desc()).limit(1)
    rows = [*db.scalars(first), *db.scalars(select(AirLog).where(kinds, AirLog.at > since).order_by(AirLog.at, AirLog.id).limit(MOST))]
    return [_spoken(db, row, language) if row.event == "spoken" else _track(row) for row in rows]


def _track(row: AirLog) -> dict[str, Any]:
    return {"kind": "title", "at": int(row.at.timestamp() * 1000), "title": row.title}


def _spoken(db: Session, row: AirLog, language: str) -> dict[str, Any]:
    """The log notes an announcement when its last word was spoken."""
    word = db.get(Announcement, row.announcement_id) if row.announcement_id else None
    length_s = float(row.data.get("length_s") or (word.reading_s if word else 0) or 20.0)
    end = int(row.at.timestamp() * 1000)
    begin = end - round(length_s * 1000)
    return {
        "kind": "speaking", "id": str(row.data.get("id", "")), "title": row.title, "text": {language: word.words(language)} if word else {},
        "priority": str(row.data.get("priority", "info")), "at": begin, "ends": end, "drill": bool(row.data.get("drill")),
    }


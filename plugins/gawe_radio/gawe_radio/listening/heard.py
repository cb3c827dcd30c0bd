"""Words at the moment at which each listener hears them.

Every listener is behind the studio by a time of its own. All of them share one clock: the moment at which a piece of sound
left the mixer, in milliseconds of Unix time (the beginning of the engine's run plus the position). A player knows that
moment for what it plays now, and shows a cue when its clock comes to it.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import live

from ..models import AirLog

TOPIC = "public:radio-suara"
LONGEST = timedelta(hours=3)
LONGEST_SAID = timedelta(minutes=4)
HEARD = ("track", "speaking", "cancelled")
MOST = 400


def sound_clock(began: str, position_ms: int) -> int:
    """When the sound at `position_ms` of a run left the mixer, in ms of Unix time."""
    return round(datetime.fromisoformat(began).timestamp() * 1000) + int(position_ms)


def cue_of(event: dict[str, Any], upstream: Any) -> dict[str, Any] | None:
    """What pages are told of something that the engine did; None for what no listener hears or reads."""
    began = upstream.runs.get(event.get("run", ""), "")
    if not began:
        return None
    if event.get("event") == "programme":
        event = {**event, "track": upstream.now.get("track"), "programme": event.get("now")}
    return _cue(event, began)


def _cue(event: dict[str, Any], began: str) -> dict[str, Any] | None:
    kind = event.get("event")
    if kind == "speaking":
        return speaking_cue(event, began)
    if kind not in ("track", "programme", "cancelled"):
        return None
    at = _moment(event, began)
    if kind == "cancelled":
        return {"kind": "cancelled", "id": event.get("id", ""), "run": event.get("run", ""), "at": at}
    programme = event.get("programme") or {}
    return {
        "kind": "title", "run": event.get("run", ""), "at": at, "title": (event.get("track") or {}).get("label", ""),
        "programme": {key: programme.get(key) for key in ("title", "presenter", "start", "end")} if programme else None,
    }


def speaking_cue(event: dict[str, Any], began: str) -> dict[str, Any]:
    """An announcement that begins to be spoken."""
    at = sound_clock(began, event["voice_at_ms"]) if began and event.get("voice_at_ms") else _moment(event, began)
    return {
        "kind": "speaking", "run": event.get("run", ""), "voice_at_ms": event.get("voice_at_ms"), "ends_at_ms": event.get("ends_at_ms"),
        "position_ms": event.get("position_ms"),
        "id": event.get("id", ""), "title": event.get("title") or "", "text": event.get("texts") or event.get("text") or {},
        "priority": event.get("priority", "info"), "areas": event.get("areas") or [], "drill": bool(event.get("drill")),
        "at": at, "ends": sound_clock(began, event["ends_at_ms"]) if began and event.get("ends_at_ms") else None,
    }


def _moment(event: dict[str, Any], began: str) -> int:
    if began and event.get("position_ms") is not None:
        return sound_clock(began, event["position_ms"])
    return round(datetime.fromisoformat(event["at"]).timestamp() * 1000)


def tell_pages(db: Session, cues: list[dict[str, Any]]) -> None:
    for cue in cues:
        live.publish(db, TOPIC, data=cue)


def past(db: Session, since: datetime, now: datetime) -> list[dict[str, Any]]:
    """Cues of what was on the air from `since` on, by the log; what was playing or being said then comes first."""
    begin = min(max(since, now - LONGEST), now) - LONGEST_SAID
    first = select(AirLog).where(AirLog.event == "track", AirLog.at <= begin).order_by(AirLog.at.desc(), AirLog.id.desc()).limit(1)
    later = select(AirLog).where(AirLog.event.in_(HEARD), AirLog.at > begin).order_by(AirLog.at, AirLog.id).limit(MOST)
    events = [_event(row) for row in (*db.scalars(first), *db.scalars(later))]
    began = _beginnings(db, {event["run"] for event in events})
    return [cue for event in events if (cue := _cue(event, began.get(event["run"], ""))) is not None]


def _event(row: AirLog) -> dict[str, Any]:
    """The line as the engine told it."""
    told = json.loads(row.raw) if row.raw else row.data
    return {**told, "event": row.event, "at": row.at.isoformat(), "run": row.line.rpartition("-")[0]}


def _beginnings(db: Session, runs: set[str]) -> dict[str, str]:
    """When each of these runs of the engine began; the first line of a run says it."""
    lines = db.execute(select(AirLog.line, AirLog.at).where(AirLog.event == "began", AirLog.line.in_([f"{run}-000001" for run in runs])))
    return {line.rpartition("-")[0]: at.isoformat() for line, at in lines}

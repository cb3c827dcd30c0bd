"""People are told when the station is in trouble: silence, a step down to the last reserves, a recorder or an engine that is away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from pendopo import N_, _
from pendopo.http import url
from pendopo.identity import people_with
from pendopo.notifications import notify

from . import station

OLD = timedelta(hours=6)  # what is taken over later than this is no news
EVERY_MIN = 15  # the same trouble is told again after this long
KINDS = {
    "silence": N_("Siaran hening"),
    "fallback": N_("Siaran turun ke cadangan terakhir"),
    "recording": N_("Perekam siaran bermasalah"),
    "away": N_("Mesin siaran tidak menjawab"),
    "line": N_("Saluran penyiar terputus"),
}


def hear(db: Session, lines: list[dict[str, Any]], now: datetime) -> int:
    """Tell who works in the studio of the trouble in fresh lines of the log. Returns how many alarms that were."""
    told = 0
    for line in lines:
        kind, text = kind_of(line)
        at = datetime.fromisoformat(line["at"]) if kind else now
        if kind and now - at < OLD:
            tell(db, kind, text, at)
            told += 1
    return told


def kind_of(line: dict[str, Any]) -> tuple[str, str]:
    """(what is wrong, more words) of a line; ("", "") of one that says nothing bad."""
    if line["event"] == "alarm":
        kind = str(line.get("kind", ""))
        return (kind if kind in KINDS else "fallback"), str(line.get("text", ""))[:300]
    if line["event"] == "recording_fault" and line.get("text"):
        return "recording", str(line["text"])[:300]
    return "", ""


def tell(db: Session, kind: str, text: str, at: datetime) -> int:
    """Once in a quarter of an hour for each kind."""
    return notify(
        db, topic="radio.gangguan", to=people_with(db, "radio.studio"), template="gawe_radio/notify/gangguan",
        context={"kind": KINDS[kind], "text": text}, url=url("radio:kerja.studio"), key=f"radio-gangguan-{kind}-{int(at.timestamp()) // (EVERY_MIN * 60)}",
    )


def watch(db: Session, now: datetime) -> None:
    """The engine answers, or people are told. A station that was never on the air is nobody's alarm."""
    log_folder = station.home() / "log"
    if station.state() is None and log_folder.is_dir() and any(log_folder.iterdir()):
        tell(db, "away", _("Jalankan pendopo radio doctor untuk melihat sebabnya."), now)

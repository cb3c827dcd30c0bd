"""Demo data of this room: what a simulator would have sent. Everything of it says so."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from . import services
from .reading import read_alert, read_quakes
from .simulator import SENDER, alert_xml, quake_json

FEED = "simulator"


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    """A warning that holds, one that was withdrawn, and an earthquake that waits to be read out."""
    before = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    services.take_alert(db, read_alert(alert_xml(
        "simulasi-hujan", before, severity="Moderate", headline="SIMULASI: hujan sedang hingga lebat di pesisir barat",
        description="Hujan sedang hingga lebat disertai kilat dapat terjadi di Anyar, Cinangka, dan sekitarnya.", hours=8,
    )), feed=FEED, simulated=True, now=now)
    sent = before - timedelta(hours=4)
    services.take_alert(db, read_alert(alert_xml(
        "simulasi-gelombang", sent, severity="Moderate", headline="SIMULASI: gelombang tinggi Selat Sunda",
        description="Gelombang 2,5 sampai 4 meter.", hours=12,
    )), feed=FEED, simulated=True, now=now)
    services.take_alert(db, read_alert(alert_xml(
        "simulasi-gelombang-selesai", before, kind="Cancel", headline="SIMULASI: gelombang mereda",
        references=f"{SENDER},simulasi-gelombang,{sent:%Y-%m-%dT%H:%M:%S}-00:00",
    )), feed=FEED, simulated=True, now=now)
    services.take_quake(db, read_quakes(quake_json(before))[0], feed=FEED, simulated=True, now=now)

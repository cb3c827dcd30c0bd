"""Devices join and leave; what is published, changed or withdrawn is sent to those whom it concerns."""

from __future__ import annotations

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx2
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from pendopo import InvalidInput, _, outbox
from pendopo.http import url
from pendopo.i18n import speaking
from pendopo.kit import settings
from pendopo.kit.places import find_place

from .. import station
from ..models import AnnouncementVersion
from .models import Device

SENDER = "radio_push"
LOT = 200
AT_ONCE = 8
MOST_FAILURES = 10
TIMEOUT = httpx2.Timeout(8.0, connect=4.0)


def key() -> Any:
    from . import secrecy

    return secrecy.own_key(station.home() / "vapid.pem")


def may_send_to(db: Session, endpoint: str) -> bool:
    """Only push services that the setting names are ever asked: an address of a stranger is not."""
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    for known in settings.value(db, "radio.push_layanan").split():
        if parts.scheme == "https" and (host == known or (known.startswith("*.") and host.endswith(known[1:]))):
            return True
        if known == parts.netloc and host == "127.0.0.1":  # a simulator on this machine
            return True
    return False


def join(db: Session, given: dict[str, Any], *, kecamatan: str, language: str, now: datetime) -> Device:
    """Keep a browser's subscription (`PushSubscription.toJSON()`), or renew it. Raises InvalidInput."""
    from . import secrecy

    try:
        endpoint, p256dh, auth = str(given["endpoint"]), str(given["keys"]["p256dh"]), str(given["keys"]["auth"])
        secrecy.encrypt(b"", p256dh, auth)
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(field="endpoint") from error
    if len(endpoint) > 500 or len(auth) > 40 or not may_send_to(db, endpoint):
        raise InvalidInput(field="endpoint")
    place = find_place(kecamatan)
    code = place.code if place is not None and place.kind == "kecamatan" else ""
    row = db.scalar(select(Device).where(Device.endpoint == endpoint))
    if row is None:
        row = Device(endpoint=endpoint, created_at=now, failures=0)
        db.add(row)
    row.p256dh, row.auth, row.kecamatan, row.language = p256dh, auth, code, language
    db.flush()
    return row


def leave(db: Session, endpoint: str) -> bool:
    return db.execute(delete(Device).where(Device.endpoint == endpoint)).rowcount > 0


def ask(db: Session, announcement_id: int, number: int, kind: str) -> None:
    """Have a version sent after commit. Plain words are not pushed."""
    outbox.put(db, SENDER, key=f"{announcement_id}-{number}-0", payload={"announcement_id": announcement_id, "number": number, "kind": kind, "after": 0})


@outbox.sender(SENDER)
def _send_lot(portal: Any, row: outbox.OutboxRow) -> None:
    """The next two hundred devices, eight at once; then the next lot is asked for."""
    wanted = outbox.unpack(row.payload)
    with portal.db.session(write=False) as db:
        sent = db.scalar(select(AnnouncementVersion).where(
            AnnouncementVersion.announcement_id == wanted["announcement_id"], AnnouncementVersion.number == wanted["number"],
        ))
        lot = list(db.scalars(select(Device).where(Device.id > wanted["after"]).order_by(Device.id).limit(LOT)))
        fitting = [device for device in lot if sent is not None and concerns(sent, device) and may_send_to(db, device.endpoint)]
    if sent is not None and fitting:
        ours = key()
        with httpx2.Client(timeout=TIMEOUT, follow_redirects=False) as client, ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda device: _post(client, ours, device, sent, wanted["kind"], portal.settings.mail_from), fitting))
        _note(portal, dict(zip((device.id for device in fitting), answers, strict=True)))
    if len(lot) == LOT:
        with portal.db.session() as db:
            after = {**wanted, "after": lot[-1].id}
            outbox.put(db, SENDER, key=f"{wanted['announcement_id']}-{wanted['number']}-{after['after']}", payload=after)


def concerns(sent: AnnouncementVersion, device: Device) -> bool:
    return sent.priority == "darurat" or not sent.areas or not device.kecamatan or device.kecamatan in sent.areas


def message(sent: AnnouncementVersion, kind: str, language: str) -> dict[str, Any]:
    """What the service worker shows. The same tag replaces what is on the screen already."""
    words = sent.text.get(language) or sent.text["id"]
    with speaking(language, "gawe_radio"):
        prefix = {"ubah": _("Diperbarui") + ": ", "batal": _("Ditarik") + ": "}.get(kind, "")
    return {
        "title": prefix + sent.title, "body": words[:600], "tag": f"radio-{sent.announcement_id}",
        "url": url("radio:pengumuman.show", id=sent.announcement_id), "drill": sent.drill,
        "stays": sent.priority == "darurat" and not sent.drill and kind != "batal",
    }


def _post(client: httpx2.Client, ours: Any, device: Device, sent: AnnouncementVersion, kind: str, contact: str) -> int:
    """The status that the push service answered; 0 without an answer."""
    from . import secrecy

    now = datetime.now(UTC)
    text = json.dumps(message(sent, kind, device.language), ensure_ascii=False).encode()
    left_s = max(60, int((sent.until_at - now).total_seconds()))
    headers = {
        "Authorization": secrecy.proof(ours, device.endpoint, contact, now), "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream",
        "TTL": str(min(left_s, 24 * 3600)), "Urgency": "high" if sent.priority == "darurat" else "normal",
        "Topic": hashlib.sha256(f"radio-{sent.announcement_id}".encode()).hexdigest()[:32],
    }
    try:
        return client.post(device.endpoint, content=secrecy.encrypt(text, device.p256dh, device.auth), headers=headers).status_code
    except httpx2.HTTPError:
        return 0


def _note(portal: Any, answers: dict[int, int]) -> None:
    """A subscription that ended is forgotten at once, one that fails again and again after ten times."""
    gone = [device for device, status in answers.items() if status in (404, 410)]
    failed = [device for device, status in answers.items() if not 200 <= status < 300 and device not in gone]
    good = [device for device, status in answers.items() if 200 <= status < 300]
    with portal.db.session() as db:
        db.execute(update(Device).where(Device.id.in_(good), Device.failures > 0).values(failures=0))
        db.execute(update(Device).where(Device.id.in_(failed)).values(failures=Device.failures + 1))
        db.execute(delete(Device).where(Device.id.in_(gone) | (Device.failures >= MOST_FAILURES)))

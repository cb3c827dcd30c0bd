"""Cases at OSS and SIMBG: followed by their reference, told by a signed webhook or asked through a hook."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, DomainError, InvalidInput, NotFound, PermissionRefused, Unavailable, _, live
from pendopo.db import insert_into
from pendopo.identity import Actor
from pendopo.notifications import notify
from pendopo.plugins import current_host

from .hookspecs import NationalCase
from .models import Kasus, KasusLangkah, Pengikut
from .options import option

CHANNELS = {"oss": "OSS", "simbg": "SIMBG"}
STATUSES = {  # of both systems, in our words
    "diajukan": (N_("Diajukan"), "info", True),
    "diperiksa": (N_("Diperiksa"), "primary", True),
    "perbaikan": (N_("Perlu diperbaiki"), "warn", True),
    "menunggu_bayar": (N_("Menunggu pembayaran"), "warn", True),
    "diverifikasi": (N_("Diverifikasi"), "primary", True),
    "terbit": (N_("Terbit"), "ok", False),
    "ditolak": (N_("Ditolak"), "error", False),
    "dicabut": (N_("Dicabut"), "error", False),
}
REFERENCE = re.compile(r"^[A-Z0-9][A-Z0-9./-]{5,59}$")
SHORTEST_SECRET = 32


class WebhookClosed(Unavailable):
    message = N_("Webhook ini belum dibuka.")


class SignatureWrong(PermissionRefused):
    message = N_("Tanda tangan kiriman tidak cocok.")


class MessageWrong(DomainError):
    status = 422
    message = N_("Isi kiriman tidak dikenal.")


def read_reference(text: str) -> str:
    """A reference as OSS (NIB, project number) and SIMBG write it. Raises InvalidInput."""
    clean = text.strip().upper().replace(" ", "")
    if not REFERENCE.match(clean):
        raise InvalidInput(N_("Nomor rujukan berisi 6 sampai 60 huruf, angka, garis, titik, atau garis miring."), field="reference")
    return clean


def find_case(db: Session, channel: str, reference: str) -> Kasus | None:
    return db.scalar(select(Kasus).where(Kasus.channel == channel, Kasus.reference == reference))


def look_up(db: Session, channel: str, reference: str) -> Kasus:
    """The case, asked from the national system when it is not known here. Raises NotFound when nobody knows it."""
    if channel not in CHANNELS:
        raise NotFound()
    clean = read_reference(reference)
    known = find_case(db, channel, clean)
    if known is None:
        known = ask(db, channel, clean)
    if known is None:
        raise NotFound(N_("Nomor ini belum dikenal. Periksa lagi penulisannya, atau tunggu kabar dari sistem nasional."))
    return known


def ask(db: Session, channel: str, reference: str) -> Kasus | None:
    """What the adapter of the national system says now; None without one, or when it does not know the case."""
    told: NationalCase | None = current_host().ask("simponie_national_case", db=db, channel=channel, reference=reference)
    return take_in(db, channel, told) if told is not None else None


def look_again(db: Session, actor: Actor, case: Kasus, *, now: datetime) -> Kasus:
    """Ask the national system again, not oftener than each quarter of an hour."""
    actor.require_signed_in()
    if now - case.changed_at >= timedelta(minutes=15):
        ask(db, case.channel, case.reference)
    return case


def follow(db: Session, actor: Actor, channel: str, reference: str) -> Kasus:
    """Be told of a case from now on."""
    account_id = actor.citizen_id or actor.require_signed_in()
    actor.require_signed_in()
    case = look_up(db, channel, reference)
    _insert_once(db, Pengikut, kasus_id=case.id, account_id=account_id)
    return case


def unfollow(db: Session, actor: Actor, case_id: int) -> None:
    actor.require_signed_in()
    row = db.get(Pengikut, (case_id, actor.citizen_id))
    if row is not None:
        db.delete(row)
        db.flush()


def followed(db: Session, account_id: int | None) -> list[Kasus]:
    query = select(Kasus).join(Pengikut, Pengikut.kasus_id == Kasus.id).where(Pengikut.account_id == account_id)
    return list(db.scalars(query.order_by(Kasus.is_open.desc(), Kasus.changed_at.desc())))


def steps_of(db: Session, case_id: int) -> list[KasusLangkah]:
    return list(db.scalars(select(KasusLangkah).where(KasusLangkah.kasus_id == case_id).order_by(KasusLangkah.at, KasusLangkah.id)))


# ---------------------------------------------------------------------------------------------------------- being told


def take_in(db: Session, channel: str, told: NationalCase) -> Kasus:
    """Note one event of a case, once; followers hear of a new status. An older event never turns the status back."""
    if told.status not in STATUSES:
        raise MessageWrong()
    case = find_case(db, channel, told.reference)
    if case is None:
        _insert_once(
            db,
            Kasus,
            channel=channel,
            reference=told.reference,
            title=told.title[:200],
            status=told.status,
            office=told.office[:120],
            changed_at=told.at,
            is_open=STATUSES[told.status][2],
        )
        case = db.scalars(select(Kasus).where(Kasus.channel == channel, Kasus.reference == told.reference)).one()
    event = told.event_id or hashlib.sha256(f"{told.reference}|{told.status}|{told.at.isoformat()}".encode()).hexdigest()[:40]
    fresh = _insert_once(
        db, KasusLangkah, kasus_id=case.id, event_id=event[:80], status=told.status, office=told.office[:120], note=told.note[:300], at=told.at
    )
    if not fresh:
        return case
    changed = told.at >= case.changed_at and (told.status, told.office) != (case.status, case.office)
    if told.at >= case.changed_at:
        case.status, case.office, case.changed_at, case.is_open = told.status, told.office[:120], told.at, STATUSES[told.status][2]
        case.title = told.title[:200] or case.title
        db.flush()
    if changed:
        _tell_followers(db, case, event)
    return case


def _tell_followers(db: Session, case: Kasus, event: str) -> None:
    people = list(db.scalars(select(Pengikut.account_id).where(Pengikut.kasus_id == case.id)))
    for account_id in people:
        live.publish(db, f"berkas-saya:{account_id}")
    if people:
        notify(
            db,
            topic="simponie.nasional",
            to=people,
            template="gawe_simponie/notify/nasional",
            context={"system": CHANNELS[case.channel], "reference": case.reference, "state": STATUSES[case.status][0], "office": case.office},
            url=f"/simponie/nasional/{case.id}",
            key=f"kasus:{case.id}:{event}",
        )


def _insert_once(db: Session, table: Any, **values: Any) -> bool:
    keys = list(table.__table__.primary_key.columns)
    return db.execute(insert_into(db, table).values(**values).on_conflict_do_nothing().returning(*keys)).first() is not None


# -------------------------------------------------------------------------------------------------------------- webhook


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of a message: HMAC-SHA256 over `timestamp`, a dot, and the body, in hex."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def hear(db: Session, channel: str, *, timestamp: str, signature: str, body: bytes, now: datetime) -> Kasus:
    """A message of a national system, when it is theirs and fresh. Sent twice, it is one event.

    Raises WebhookClosed, SignatureWrong or MessageWrong.
    """
    if channel not in CHANNELS:
        raise NotFound()
    secret = str(option(db, f"rahasia_{channel}"))
    if len(secret) < SHORTEST_SECRET:
        raise WebhookClosed()
    if not hmac.compare_digest(sign(secret, timestamp, body), signature.removeprefix("sha256=").lower()[:64]):
        raise SignatureWrong()
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 13) or abs(now.timestamp() - int(timestamp)) > int(option(db, "webhook_detik")):
        raise SignatureWrong(N_("Kiriman ini terlalu lama atau waktunya keliru."))
    return take_in(db, channel, _read(body))


def _read(body: bytes) -> NationalCase:
    try:
        data = json.loads(body)
        at = datetime.fromisoformat(str(data["at"]))
        case = NationalCase(
            read_reference(str(data["reference"])),
            str(data["status"]),
            at,
            str(data.get("title", "")),
            str(data.get("office", "")),
            str(data.get("note", "")),
            str(data["event_id"]),
        )
    except (ValueError, KeyError, TypeError, InvalidInput) as error:
        raise MessageWrong() from error
    if at.tzinfo is None or case.status not in STATUSES or not case.event_id or "\0" in f"{case.title}{case.office}{case.note}{case.event_id}":
        raise MessageWrong()
    return case


# ------------------------------------------------------------------------------------------------------------ simulator

SIMULATED = "TIRUAN"
_OFFICES = {"oss": ("OSS", "DPMPTSP", "Kementerian teknis"), "simbg": ("SIMBG", "DPUPR", "TPA/TPT")}
_STORY = ("diajukan", "diperiksa", "diverifikasi", "terbit")


def simulated(db: Session, channel: str, reference: str) -> NationalCase | None:
    """An invented case for trying and training: its reference begins with TIRUAN, and it moves on each hour. Nothing while it is switched off."""
    if not reference.startswith(SIMULATED) or not option(db, "peniru"):
        return None
    now = datetime.now(UTC)
    number = int(hashlib.sha256(f"{channel}{reference}".encode()).hexdigest()[:6], 16)
    hour = now.replace(minute=0, second=0, microsecond=0)
    place = (number + int(hour.timestamp()) // 3600) % len(_STORY)
    status = _STORY[place]
    return NationalCase(
        reference,
        status,
        hour,
        _("Kasus tiruan (bukan data %(system)s)") % {"system": CHANNELS[channel]},
        _OFFICES[channel][min(place, 2)],
        _("Dibuat oleh peniru."),
        f"tiruan-{reference}-{hour.isoformat()}",
    )

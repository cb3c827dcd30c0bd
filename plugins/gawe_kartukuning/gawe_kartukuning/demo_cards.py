"""Cards of the invented past: as their reports left them, the newest with a signed paper."""

from __future__ import annotations

import random
import secrets
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo.identity import as_system
from pendopo.kit import documents

from . import cards, rules
from .models import Kartu, Pencari


def moment(dice: random.Random, day: date) -> datetime:
    """Some time in office hours of a day."""
    return datetime.combine(day, time(1 + dice.randrange(8), dice.randrange(60)), UTC)


def card_row(dice: random.Random, story: dict[str, Any], number: dict[int, int], today: date) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A card as its reports left it. Numbers of the old register have an L, so that new ones begin at 1."""
    issued = story["issued"]
    number[issued.year] = number.get(issued.year, 0) + 1
    dues = rules.report_dates(issued)
    last, situation, reports = 0, "mencari", []
    for ke, due in enumerate(dues, 1):
        on = due - timedelta(days=dice.randint(0, 25))
        if on >= today or situation == "bekerja":
            break
        if story["own"] or dice.random() < 0.84:
            situation = "mencari" if story["own"] else dice.choices(("mencari", "bekerja", "wirausaha", "sekolah"), (70, 22, 4, 4))[0]
            reports.append(
                {"ke": ke, "jatuh_tempo": due, "dilapor_pada": moment(dice, on), "keadaan": situation, "oleh": story["row"]["account_id"], "catatan": ""}
            )
            last = ke
        situation = "bekerja" if situation == "wirausaha" else situation
    revoked = not story["own"] and dice.random() < 0.006
    nomor = f"3604/AK1-L/{issued.year}/{number[issued.year]:06}"
    return {
        "pencari_id": story["seeker_id"],
        "live_of": story["seeker_id"],
        "berkas_id": story["berkas_id"],
        "document_id": None,
        "nomor": nomor,
        "issued_on": issued,
        "valid_until": dues[-1],
        "dues": [day.isoformat() for day in dues],
        "last_report": last,
        "next_due": dues[last] if last < len(dues) else None,
        "situation": situation,
        "reminded": None,
        "revoked_at": moment(dice, today) - timedelta(days=3) if revoked else None,
        "revoked_reason": "Data tidak sesuai dengan KTP." if revoked else "",
        "pin_hash": secrets.token_hex(32),
        "pengantar_id": story["officer"],
        "replaces_id": None,
    }, reports


def sign_some(db: Session, cast: Any, newest: int, now: datetime) -> None:
    """The newest cards, and the one of `warga`, get numbers of the new series and papers; the outbox signs them."""
    last = list(db.scalars(select(Kartu).where(Kartu.revoked_at.is_(None)).order_by(Kartu.issued_on.desc(), Kartu.id.desc()).limit(newest)))
    own = db.scalar(select(Kartu).join(Kartu.pencari).where(Pencari.account_id == cast.handles["warga"].id)) if "warga" in cast.handles else None
    actor, names = as_system("Data contoh"), {row[0]: row[1] for row in cast.officers}
    for card in sorted({row.id: row for row in [*last, *([own] if own else [])]}.values(), key=lambda row: (row.issued_on, row.id)):
        pin = "CONTOH"
        at = min(datetime.combine(card.issued_on, time(6), UTC), now)
        data = cards.card_data(
            db, card.pencari, dues=card.facts.dues, issued=card.issued_on, pin=pin, pengantar=names.get(card.pengantar_id, ""), on=card.issued_on
        )
        paper = documents.issue(
            db,
            actor,
            cards.AK1,
            data=data,
            opd_id=cast.office,
            holder_id=card.pencari.account_id,
            berkas_id=card.berkas_id,
            valid_from=card.issued_on,
            valid_until=card.valid_until,
            signer=cast.head[3],
            ref=card.berkas_id,
            now=at,
        )
        card.document_id, card.nomor, card.pin_hash = paper.id, paper.number, cards.pin_hash(paper.number, pin)
    db.flush()

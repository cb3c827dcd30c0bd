"""An application for a card: received, moved through the office, and what each step changes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound
from pendopo.identity import Actor
from pendopo.kit import documents
from pendopo.kit.berkas import Berkas, find_by_register, receive_berkas
from pendopo.kit.calendar import calendar_for

from . import cards, rules, seekers
from .kind import AK1_KIND, COUNTER
from .models import Impor, Kartu, Pencari, Permohonan
from .options import number, office_id

CODE = "AK1"


class AlreadyApplied(Conflict):
    message = N_("Permohonan Anda sebelumnya masih berjalan. Lihat di halaman kartu Anda.")


def regency_date(db: Session, now: datetime) -> date:
    """The day in the regency."""
    return calendar_for(db).local(now).date()


def open_application(db: Session, seeker_id: int) -> Permohonan | None:
    return db.scalar(select(Permohonan).where(Permohonan.open_of == seeker_id))


def may_renew(db: Session, card: Kartu | None, on: date) -> bool:
    """From the last month of a card on, and after it."""
    return card is not None and card.revoked_at is None and card.valid_until - timedelta(days=number(db, "perpanjang_hari", on)) <= on


def check_type(db: Session, seeker: Pencari, jenis: str, on: date) -> None:
    """Does this kind of application fit what the person has? Raises InvalidInput or Conflict."""
    if jenis not in rules.TYPES:
        raise InvalidInput(N_("Pilih salah satu dari daftar."), field="jenis")
    card = cards.live_card(db, seeker.id)
    if jenis == "baru" and card is not None and rules.status_on(card.facts, on) not in ("kedaluwarsa", "dicabut"):
        raise Conflict(N_("Kartu Anda masih ada. Ajukan perpanjangan atau penggantian."))
    if jenis == "perpanjangan" and not may_renew(db, card, on):
        raise Conflict(N_("Perpanjangan dibuka pada bulan terakhir kartu."))
    if jenis == "penggantian" and (card is None or rules.status_on(card.facts, on) in ("kedaluwarsa", "dicabut")):
        raise Conflict(N_("Tidak ada kartu berlaku yang dapat diganti. Ajukan kartu baru."))


def apply(
    db: Session,
    actor: Actor,
    seeker: Pencari,
    *,
    jenis: str = "baru",
    alasan: str = "",
    channel: str = "web",
    impor: Impor | None = None,
    now: datetime,
) -> Permohonan:
    """Open an application; `berkas.register` and `berkas.pin` are its keys. Raises AlreadyApplied while another one is open.

    `impor`: the list of a school that it came with, which tells the officers once for all.
    """
    check_type(db, seeker, jenis, regency_date(db, now))
    if open_application(db, seeker.id) is not None:
        raise AlreadyApplied()
    berkas = receive_berkas(
        db,
        actor,
        AK1_KIND,
        title=seeker.nama,
        register_code=CODE,
        applicant_id=seeker.account_id,
        opd_id=office_id(db),
        desa_code=seeker.desa_code,
        channel=channel,
        private=True,
        deadline=COUNTER if channel == "loket" else None,
        quiet=impor is not None,
        now=now,
    )
    application = Permohonan(berkas_id=berkas.id, pencari_id=seeker.id, open_of=seeker.id, jenis=jenis, alasan=alasan, impor_id=impor.id if impor else None)
    application.berkas, application.pencari = berkas, seeker
    db.add(application)
    try:
        db.flush()
    except IntegrityError as error:  # sent twice in the same moment
        raise AlreadyApplied() from error
    return application


def get_application(db: Session, berkas_id: int) -> Permohonan:
    application = db.get(Permohonan, berkas_id)
    if application is None:
        raise NotFound()
    return application


def moved(db: Session, berkas: Berkas, transition: str, data: dict[str, Any], actor: Actor, now: datetime) -> None:
    """Called inside each step of the berkas, before anyone is told."""
    application = get_application(db, berkas.id)
    if transition in ("periksa", "setujui", "wawancara", "perbaiki", "tolak"):
        application.diperiksa_oleh, application.diperiksa_pada = actor.account_id, now
    if data.get("wawancara"):
        application.wawancara = str(data["wawancara"])[:2000]
    if transition == "terbitkan":
        cards.issue_card(db, actor, application, on=regency_date(db, now), now=now)
    if not berkas.is_open:
        application.open_of = None


def claim(db: Session, actor: Actor, register: str, pin: str, *, now: datetime) -> Pencari | None:
    """Take over what a school applied for: whoever holds number and PIN is the person. None when they do not belong together."""
    actor.require_signed_in()
    berkas = find_by_register(db, register, pin, now=now)
    application = db.get(Permohonan, berkas.id) if berkas is not None else None
    if application is None:
        return None
    return connect(db, actor, application.pencari)


def connect(db: Session, actor: Actor, seeker: Pencari) -> Pencari:
    """The profile that a school brought, its applications and its cards belong to the account of its person from now on."""
    seeker = seekers.claim_profile(db, actor, seeker)
    for row in db.scalars(select(Permohonan).where(Permohonan.pencari_id == seeker.id)).all():
        row.berkas.applicant_id = actor.citizen_id
    for card in db.scalars(select(Kartu).where(Kartu.pencari_id == seeker.id)).all():
        paper = cards.paper_of(db, card)
        if paper is not None:
            documents.hand_over(db, paper, actor.citizen_id)
    db.flush()
    return seeker

"""Receiving applications and repairing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput
from pendopo.identity import Account, Actor, find_opd
from pendopo.kit.attachments import Attachment
from pendopo.kit.berkas import Berkas, Deadline, get_berkas, is_applicant, move_berkas, receive_berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.forms import plain_values
from pendopo.kit.requirements import Requirement, keep_papers

from .kind import PERMOHONAN
from .models import Izin, Jenis, Permohonan
from .options import option
from .permits import active_count, renewable_from
from .rules import check_rules
from .steps import office, open_stage
from .types import PermitType, is_required

OWNER = "gawe_simponie.permohonan"
REGISTER = "IZN"


@dataclass
class Application:
    """What somebody applies for, checked. `values`: answers of the type's form; `papers`: code of a requirement -> files."""

    jenis: Jenis
    name: str
    values: Mapping[str, Any]
    papers: Mapping[str, Sequence[Attachment]] = field(default_factory=dict)
    applicant_address: str = ""
    phone: str = ""
    purpose: str = "baru"
    izin: Izin | None = None
    lat: float | None = None
    lon: float | None = None
    address: str = ""
    desa_code: str = ""
    channel: str = "web"


def requirements_of(permit: PermitType, values: Mapping[str, Any] | None = None) -> list[Requirement]:
    """The papers of a type for the kit; which of them must be there depends on what was typed."""
    typed, said = values or {}, permit.said
    return [
        Requirement(one["kode"], said(one["nama"]), said(one.get("keterangan", "")), "required" if is_required(one, typed) else "optional", most=3)
        for one in permit.data["syarat"]
    ]


def receive_application(db: Session, actor: Actor, new: Application, *, now: datetime) -> Permohonan:
    """Take in an application: register number, clock of its type, the office that owns it, its stage.

    Raises InvalidInput at the field that breaks a rule, Conflict when the permit may not be renewed yet or is asked for twice.
    """
    actor.require_signed_in()
    permit = new.jenis.type
    if not permit.has_form:
        raise Conflict(N_("Layanan ini diurus di sistem nasional, bukan di sini."))
    today = calendar_for(db).local(now).date()
    _check_purpose(db, actor, new, today)
    if new.purpose == "baru":
        check_rules(permit.rules, plain_values(permit.form_schema, new.values), today=today, active=active_count(db, actor.citizen_id, permit.code, on=today))
    elif new.purpose != "pencabutan":
        check_rules([rule for rule in permit.rules if rule["nama"] != "paling_banyak"], plain_values(permit.form_schema, new.values), today=today, active=0)
    if permit.location == "wajib" and new.purpose != "pencabutan" and not (new.desa_code or new.lat is not None):
        raise InvalidInput(N_("Tandai lokasinya di peta atau pilih desanya."), field="desa")
    opd = find_opd(db, permit.data["opd"])
    berkas = receive_berkas(
        db,
        actor,
        PERMOHONAN,
        title=f"{permit.name}: {new.name}" if new.purpose == "baru" else f"{permit.name} ({new.purpose}): {new.name}",
        register_code=REGISTER,
        applicant_id=actor.citizen_id,
        opd_id=opd.id if opd else None,
        desa_code=new.desa_code or None,
        channel="loket" if actor.on_behalf_of else new.channel,
        deadline=Deadline(permit.days),
        now=now,
    )
    row = Permohonan(
        berkas_id=berkas.id,
        jenis_id=new.jenis.id,
        kode=permit.code,
        tujuan=new.purpose,
        izin_id=new.izin.id if new.izin else None,
        applicant_name=new.name[:160],
        applicant_address=new.applicant_address[:300],
        phone=new.phone[:20],
        data=plain_values(permit.form_schema, new.values),
        measured={},
        lat=new.lat,
        lon=new.lon,
        address=new.address[:300],
        submitted_at=now,
        fee=None,
        fee_amount=0,
        ntpd="",
        reason="",
        recommended=None,
    )
    row.berkas, row.jenis = berkas, new.jenis
    db.add(row)
    db.flush()
    office(db, permit.data["opd"])
    keep_papers(db, requirements_of(permit, new.values), {**new.values, **new.papers}, owner=OWNER, ref=berkas.id)
    open_stage(db, row, berkas, now)
    return row


def _check_purpose(db: Session, actor: Actor, new: Application, today: date) -> None:
    """Renewals, changes and endings concern a valid permit of the same person, one application at a time."""
    if new.purpose == "baru":
        return
    izin = new.izin
    if izin is None or izin.holder_id != actor.citizen_id or izin.kode != new.jenis.kode:
        raise InvalidInput(N_("Pilih izin Anda sendiri."))
    if izin.status != "berlaku":
        raise Conflict(N_("Izin ini sudah tidak berlaku. Ajukan izin baru."))
    if new.purpose == "perpanjangan":
        start = renewable_from(izin, int(option(db, "ingatkan_hari")))
        if start is None:
            raise Conflict(N_("Izin ini tidak perlu diperpanjang."))
        if today < start:
            from pendopo.i18n import format_date

            raise Conflict(N_("Perpanjangan dibuka mulai %(day)s."), day=format_date(start))
    running = select(Permohonan.berkas_id).join(Berkas, Berkas.id == Permohonan.berkas_id).where(Permohonan.izin_id == izin.id, Berkas.is_open)
    if db.scalar(running.limit(1)) is not None:
        raise Conflict(N_("Untuk izin ini masih ada permohonan yang sedang diproses."))


def repair(
    db: Session, actor: Actor, berkas_id: int, values: Mapping[str, Any], papers: Mapping[str, Sequence[Attachment]], note: str, *, now: datetime
) -> Permohonan:
    """The applicant corrects answers and papers after they were asked to, and sends it back."""
    berkas = get_berkas(db, actor, berkas_id)
    row = db.get_one(Permohonan, berkas.id)
    if not is_applicant(actor, berkas) or berkas.state != "perbaikan":
        raise Conflict(N_("Permohonan ini tidak sedang menunggu perbaikan."))
    check_rules(
        [rule for rule in row.type.rules if rule["nama"] != "paling_banyak"],
        plain_values(row.type.form_schema, values),
        today=calendar_for(db).local(now).date(),
        active=0,
    )
    row.data = plain_values(row.type.form_schema, values)
    keep_papers(db, requirements_of(row.type, values), {**values, **papers}, owner=OWNER, ref=berkas.id)
    move_berkas(db, actor, berkas_id, "perbaiki", note=note, now=now)
    return row


def holder_name(db: Session, actor: Actor) -> str:
    account = db.get(Account, actor.citizen_id) if actor.citizen_id else None
    return account.name if account else ""

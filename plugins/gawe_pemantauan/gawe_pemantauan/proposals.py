"""Receiving proposals: window, pause, ceiling, years between grants, RAB; and reports after a disaster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from pendopo import N_, InvalidInput, NotFound, PermissionRefused, SignInNeeded, live
from pendopo.identity import Actor
from pendopo.kit import attachments as files
from pendopo.kit.berkas import Berkas, get_berkas, is_applicant, is_officer_of, receive_berkas
from pendopo.kit.places import find_place, inside_envelope
from pendopo.kit.requirements import Requirement, keep_papers, papers_of

from . import flags, lembaga, programs, secret
from .kind import KIND_OF_JENIS, REGISTER_CODE
from .models import Individu, Program, Proposal, Rab
from .options import option
from .rules import CAUSES, PAPERS, RabLine, check_rab, rupiah
from .steps import PUBLIC_TOPIC

OWNER = "gawe_pemantauan.proposal"
OWN_PAPERS = ("ktp", "kk", "npwp")  # the same in every application: not asked for twice


class AboveCeiling(InvalidInput):
    """Shown once as a warning: sent again with `accept_cap`, the ceiling counts."""

    message = N_("Program ini paling banyak memberi %(plafon)s. Bila diteruskan, usulan Anda dihitung sebesar itu.")


class NotMineToSend(PermissionRefused):
    message = N_("Masuk dahulu, atau minta petugas desa membantu. Layanan ini gratis.")


@dataclass
class Person:
    """A person who asks for bansos."""

    name: str
    nik: str
    kk: str


@dataclass
class NewProposal:
    """What a proposal is made of, checked. Either `lembaga_id` or `person`. `papers`: item -> files."""

    title: str
    purpose: str
    asked: int
    desa_code: str
    beneficiaries: int = 1
    lembaga_id: int | None = None
    person: Person | None = None
    rab: Sequence[RabLine] = ()
    address: str = ""
    lat: float | None = None
    lon: float | None = None
    bank: str = ""
    rekening: str = ""
    rekening_name: str = ""
    papers: dict[str, list[files.Attachment]] = field(default_factory=dict)
    accept_cap: bool = False
    cause: str = ""


def send_proposal(db: Session, actor: Actor, program_id: int, new: NewProposal, *, now: datetime) -> Proposal:
    """Take in a proposal: `proposal.berkas.register` and, once, `proposal.berkas.pin`.

    Raises WindowClosed, ProgramPaused, TooSoon, RabMismatch, AboveCeiling (until `accept_cap`) or InvalidInput.
    """
    if not actor.is_signed_in:
        raise SignInNeeded(NotMineToSend.message)
    program = programs.get_program(db, program_id)
    if program.jenis == "bansos_tak_terencana":
        raise InvalidInput(N_("Bantuan darurat dilaporkan oleh desa."))
    programs.require_open(program, now)
    return _take_in(db, actor, program, new, now=now)


def report_emergency(db: Session, actor: Actor, program_id: int, new: NewProposal, *, now: datetime) -> Proposal:
    """A report of the desa after a disaster: no window, to the camat at once, a week to the money."""
    program = programs.get_program(db, program_id)
    if program.jenis != "bansos_tak_terencana":
        raise InvalidInput(N_("Pilih program bansos yang tidak dapat direncanakan."), field="program")
    opd_id = programs.desa_office(db, new.desa_code)
    actor.require("pemantauan.confirm_desa", opd_id)
    if new.cause not in CAUSES:
        raise InvalidInput(N_("Pilih penyebab dari daftar."), field="cause")
    proposal = _take_in(db, actor, program, new, now=now)
    proposal.desa_confirmed, proposal.desa_by, proposal.desa_note = True, actor.account_id, ""
    db.flush()
    return proposal


def _take_in(db: Session, actor: Actor, program: Program, new: NewProposal, *, now: datetime) -> Proposal:
    _check_place(new)
    lines = list(new.rab)
    if lines or program.is_hibah:
        check_rab(lines, new.asked)
    body = _body(db, actor, program, new)
    flags.check_years(db, program, new.lembaga_id, secret.nik_mark(new.person.nik) if new.person else "")
    eligible = programs.eligible_value(program, new.asked)
    if eligible < new.asked and not new.accept_cap:
        raise AboveCeiling(field="asked", plafon=rupiah(eligible))
    berkas = _open(db, actor, program, new, now)
    proposal = Proposal(
        berkas_id=berkas.id,
        program_id=program.id,
        lembaga_id=new.lembaga_id,
        purpose=new.purpose,
        beneficiaries=new.beneficiaries,
        address=new.address,
        lat=new.lat,
        lon=new.lon,
        asked=new.asked,
        eligible=eligible,
        paid=0,
        checklist={},
        desa_note="",
        camat_note="",
        cause=new.cause,
        refusal="",
        budget_ref="",
        nphd_number="",
        sent_at=now,
        **body,
    )
    proposal.berkas, proposal.program = berkas, program
    db.add(proposal)
    db.flush()
    if new.person is not None:
        who = new.person
        kk = secret.hide(who.kk)
        db.add(
            Individu(
                berkas_id=berkas.id,
                name=who.name,
                nik_cipher=secret.hide(who.nik),
                nik_mark=secret.nik_mark(who.nik),
                kk_cipher=kk,
                kk_mark=secret.mark("kk", who.kk),
            )
        )
    db.add_all(
        Rab(berkas_id=berkas.id, number=number, desc=line.desc[:160], volume_milli=int(line.volume * 1000), unit=line.unit[:20], price=line.price)
        for number, line in enumerate(lines, 1)
    )
    db.flush()
    keep_papers(db, requirements(program), new.papers, owner=OWNER, ref=berkas.id)
    db.refresh(proposal, ["person", "lembaga"])
    flags.look(db, proposal, now=now)
    live.publish(db, PUBLIC_TOPIC)
    return proposal


def _check_place(new: NewProposal) -> None:
    place = find_place(new.desa_code)
    if place is None or place.kind not in ("desa", "kelurahan"):
        raise InvalidInput(N_("Pilih desa dari daftar."), field="desa")
    if new.lat is not None and new.lon is not None and not inside_envelope(new.lat, new.lon):
        raise InvalidInput(N_("Titik ini di luar kabupaten. Periksa lagi letaknya."), field="point")
    if new.asked <= 0:
        raise InvalidInput(N_("Nilai harus lebih dari nol."), field="asked")


def _body(db: Session, actor: Actor, program: Program, new: NewProposal) -> dict[str, Any]:
    """The columns about who is paid: copied from the body, or typed for a person."""
    if program.for_lembaga:
        if new.lembaga_id is None:
            raise InvalidInput(N_("Pilih lembaga yang mengajukan."), field="lembaga")
        row = lembaga.own_lembaga(db, actor, new.lembaga_id)
        if not row.rekening_mark and program.jenis == "hibah_uang":
            raise InvalidInput(N_("Lengkapi rekening atas nama lembaga lebih dahulu."), field="lembaga")
        chair = row.chair
        return {
            "bank": row.bank,
            "rekening_name": row.rekening_name,
            "rekening_cipher": row.rekening_cipher,
            "rekening_mark": row.rekening_mark,
            "rekening_tail": row.rekening_tail,
            "chair_mark": chair.nik_mark if chair else "",
        }
    if new.person is None:
        raise InvalidInput(N_("Isi data penerima."), field="name")
    digits = lembaga.account_digits(new.rekening) if new.rekening else ""
    return {
        "bank": new.bank,
        "rekening_name": new.rekening_name,
        "rekening_cipher": secret.hide(digits),
        "rekening_mark": secret.mark("rekening", digits),
        "rekening_tail": digits[-4:],
        "chair_mark": "",
    }


def _open(db: Session, actor: Actor, program: Program, new: NewProposal, now: datetime) -> Berkas:
    kind = KIND_OF_JENIS[program.jenis]
    emergency = program.jenis == "bansos_tak_terencana"
    opd_id = programs.kecamatan_office(db, new.desa_code) if emergency else programs.desa_office(db, new.desa_code)
    return receive_berkas(
        db,
        actor,
        kind,
        title=new.title,
        register_code=REGISTER_CODE[kind.slug],
        applicant_id=None if emergency and not actor.on_behalf_of else actor.citizen_id,
        opd_id=opd_id,
        desa_code=new.desa_code,
        channel="loket" if actor.on_behalf_of or emergency else "web",
        private=not program.for_lembaga,
        due=now + timedelta(days=int(option(db, "darurat_hari"))) if emergency else None,
        now=now,
    )


def requirements(program: Program) -> list[Requirement]:
    """The papers that a programme asks for."""
    return [Requirement(slug, PAPERS[slug], most=4, reuse=slug if slug in OWN_PAPERS else None) for slug in program.papers]


def files_of(db: Session, proposal: Proposal) -> list[tuple[str, list[files.Attachment]]]:
    """`(item, its files)` for each paper of the programme."""
    held = papers_of(db, requirements(proposal.program), OWNER, proposal.berkas_id)
    return list(held.items())


def get_proposal(db: Session, actor: Actor, berkas_id: int) -> Proposal:
    """A proposal for its applicant or an officer of it. Raises NotFound, SignInNeeded or PermissionRefused."""
    proposal = db.get(Proposal, berkas_id)
    if proposal is None:
        raise NotFound()
    get_berkas(db, actor, berkas_id)
    return proposal


def may_see(actor: Actor, proposal: Proposal) -> bool:
    return is_applicant(actor, proposal.berkas) or is_officer_of(actor, KIND_OF_JENIS[proposal.program.jenis], proposal.berkas)

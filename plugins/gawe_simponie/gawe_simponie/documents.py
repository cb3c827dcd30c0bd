"""The papers that this plugin issues, and what may be known of them at their QR code."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, _
from pendopo.i18n import speaking
from pendopo.identity import Actor, Jabatan, Opd, holder_of, people_with
from pendopo.kit.dates import regency_day
from pendopo.kit.documents import Document, DocumentKind, issue, mask_name

from .models import Permohonan
from .options import option
from .steps import office

SIGN = "simponie.sign"


def _fields(document: Document) -> list[tuple[str, str]]:
    data = document.data or {}
    known = [(_("Jenis izin"), data.get("jenis", "")), (_("Pemegang"), mask_name(data.get("pemegang", ""))), (_("Berlaku sampai"), data.get("sampai", ""))]
    return [(label, value) for label, value in known if value]


def _kind(slug: str, title: str, template: str, number: str, signed: bool | str = True) -> DocumentKind:
    return DocumentKind(
        slug=slug,
        plugin="gawe_simponie",
        title=title,
        template=f"papers/{template}.typ",
        number=number,
        signed=signed,
        public_fields=_fields,
        permission="simponie.read",
    )


PERMIT = _kind("izin", N_("Izin"), "izin", "503/{seq:05}/IZIN/{year}", "desk")
SKRD = _kind("skrd", N_("Surat ketetapan retribusi daerah (SKRD)"), "skrd", "974/{seq:05}/SKRD/DPMPTSP/{year}")
BAP = _kind("bap", N_("Berita acara pemeriksaan lapangan"), "bap", "BAP/{seq:05}/{year}")
REFUSAL = _kind("penolakan", N_("Surat penolakan permohonan"), "surat", "503/{seq:05}/TOLAK/{year}")
DEEMED = _kind("fiktif_positif", N_("Surat keterangan dianggap dikabulkan"), "surat", "503/{seq:05}/FP/{year}")
ENDING = _kind("pencabutan", N_("Keputusan pencabutan izin"), "surat", "503/{seq:05}/CABUT/{year}")
GIVEN_BACK = _kind("pengakhiran", N_("Keputusan pengakhiran izin"), "surat", "503/{seq:05}/AKHIR/{year}", "desk")
KINDS = [PERMIT, SKRD, BAP, REFUSAL, DEEMED, ENDING, GIVEN_BACK]


def signing_post(db: Session, opd: Opd, *, on: date) -> int | None:
    """The position at whose desk an office's decisions are signed, held or stood in for that day; None when there is none.

    The one that the operator named; else the highest one whose holder may sign permits.
    """
    named, signers = str(option(db, "pejabat", on)), set(people_with(db, SIGN, opd.id, on=on))
    rows = db.scalars(select(Jabatan).where(Jabatan.opd_id == opd.id).order_by(Jabatan.eselon.is_(None), Jabatan.eselon, Jabatan.id))
    wanted = [row.id for row in rows if not named or row.name == named]
    return next((one for one in wanted if holder_of(db, one, on) in signers), None)


def own_post(db: Session, actor: Actor, opd: Opd, *, on: date) -> int | None:
    """In whose name somebody signs a letter of an office: the signing position if they hold it, else their own there. None is the office itself."""
    own = [post.jabatan_id for post in actor.posts if post.opd_id == opd.id]
    desk = signing_post(db, opd, on=on) if own else None
    return desk if desk in own else next(iter(own), None)


def facts_of(row: Permohonan) -> list[list[str]]:
    """Label and answer of what was applied for, as a template prints them."""
    return [[label, answer] for label, answer in row.type.labels(row.values)]


def letter_of(row: Permohonan, heading: str, paragraphs: list[str]) -> dict[str, Any]:
    """What the template of a letter about an application asks for."""
    return {
        "jenis": row.type.name,
        "pemegang": row.applicant_name,
        "alamat": row.applicant_address,
        "register": row.berkas.register,
        "kepala": heading,
        "alinea": paragraphs,
    }


def write_letter(db: Session, actor: Actor, row: Permohonan, kind: DocumentKind, *, heading: str, paragraphs: list[str], now: datetime) -> Document:
    """A letter that goes out with the step that asks for it: refusal, deemed grant, revocation."""
    opd = office(db, row.type.data["opd"])
    return issue(
        db,
        actor,
        kind,
        data=letter_of(row, heading, paragraphs),
        opd_id=opd.id,
        signer=own_post(db, actor, opd, on=regency_day(now)),
        holder_id=row.berkas.applicant_id,
        berkas_id=row.berkas_id,
        ref=row.berkas_id,
        now=now,
    )


@speaking("id", plugin="gawe_simponie")
def write_refusal(db: Session, actor: Actor, row: Permohonan, *, appeal_days: int, now: datetime) -> Document:
    return write_letter(
        db,
        actor,
        row,
        REFUSAL,
        now=now,
        heading=_("Permohonan %(name)s nomor register %(register)s belum dapat dikabulkan.") % {"name": row.type.name, "register": row.berkas.register},
        paragraphs=[
            _("Alasan: %(reason)s") % {"reason": row.reason},
            _("Anda dapat mengajukan keberatan melalui halaman permohonan paling lambat %(n)s hari kerja sejak tanggal surat ini, tanpa biaya (UU 30/2014).")
            % {"n": appeal_days},
            _("Anda juga dapat memperbaiki kekurangannya dan mengajukan permohonan baru kapan saja."),
        ],
    )

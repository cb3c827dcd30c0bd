"""The papers that this plugin issues, and what may be known of them at their QR code."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, _
from pendopo.identity import Actor, Jabatan, Opd, holder_of
from pendopo.kit.documents import Document, DocumentKind, mask_name

from .models import Permohonan
from .options import option


def _fields(document: Document) -> list[tuple[str, str]]:
    data = document.data or {}
    known = [(_("Jenis izin"), data.get("jenis", "")), (_("Pemegang"), mask_name(data.get("pemegang", ""))), (_("Berlaku sampai"), data.get("sampai", ""))]
    return [(label, value) for label, value in known if value]


def _kind(slug: str, title: str, template: str, number: str) -> DocumentKind:
    return DocumentKind(
        slug=slug,
        plugin="gawe_simponie",
        title=title,
        template=f"papers/{template}.typ",
        number=number,
        signed=True,
        public_fields=_fields,
        permission="simponie.read",
    )


PERMIT = _kind("izin", N_("Izin"), "izin", "503/{seq:05}/IZIN/{year}")
SKRD = _kind("skrd", N_("Surat ketetapan retribusi daerah (SKRD)"), "skrd", "974/{seq:05}/SKRD/DPMPTSP/{year}")
BAP = _kind("bap", N_("Berita acara pemeriksaan lapangan"), "bap", "BAP/{seq:05}/{year}")
REFUSAL = _kind("penolakan", N_("Surat penolakan permohonan"), "surat", "503/{seq:05}/TOLAK/{year}")
DEEMED = _kind("fiktif_positif", N_("Surat keterangan dianggap dikabulkan"), "surat", "503/{seq:05}/FP/{year}")
ENDING = _kind("pencabutan", N_("Keputusan pencabutan izin"), "surat", "503/{seq:05}/CABUT/{year}")
KINDS = [PERMIT, SKRD, BAP, REFUSAL, DEEMED, ENDING]


def signing_post(db: Session, actor: Actor, opd: Opd, *, on: date) -> int | None:
    """The position that signs for an office: that of the one who acts there, else the one the operator named, else its head.

    None (the office itself) for the portal, and while nobody holds the position.
    """
    if actor.kind == "sistem":
        return None
    own = next((post.jabatan_id for post in actor.posts if post.opd_id == opd.id), None)
    if own is not None:
        return own
    named = str(option(db, "pejabat"))
    rows = list(db.scalars(select(Jabatan).where(Jabatan.opd_id == opd.id).order_by(Jabatan.eselon.is_(None), Jabatan.eselon, Jabatan.id)))
    wanted = [row for row in rows if row.name == named] if named else rows[:1]
    return next((row.id for row in wanted if holder_of(db, row.id, on) is not None), None)


def facts_of(row: Permohonan) -> list[list[str]]:
    """Label and answer of what was applied for, as a template prints them."""
    return [[label, answer] for label, answer in row.type.labels(row.values)]

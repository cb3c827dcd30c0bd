"""The kinds of papers that a proposal gives rise to, and what all of them say."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, _
from pendopo.identity import Actor, Jabatan
from pendopo.kit.documents import Document, DocumentKind, document_of, issue, mask_name, replace
from pendopo.kit.places import place_name

from .models import Proposal
from .options import option
from .rules import JENIS, rupiah
from .stages import READ

HOLDS = ("berlaku", "menunggu")


class PositionUnknown(Conflict):
    message = N_("Belum ada jabatan bernama %(name)s. Minta pengelola menyesuaikan pengaturan penanda tangan.")


def _kind(slug: str, title: str, number: str, signed: Literal[False, "later", "desk"], *public: tuple[str, str]) -> DocumentKind:
    """`public`: what anyone may read of it, as `(title, name in its data)`."""
    return DocumentKind(
        slug=slug,
        plugin="gawe_pemantauan",
        title=title,
        template=f"papers/{slug}.typ",
        number=number,
        signed=signed,
        permission=READ,
        public_fields=lambda document: [(_(words), str(document.data[name])) for words, name in public if document.data and name in document.data],
    )


REGISTER = (N_("Nomor registrasi"), "register")
RECEIPT = _kind(
    "tanda_terima",
    N_("Tanda terima proposal"),
    "{seq:05}/TT-BANTUAN/{year}",
    False,
    REGISTER,
    (N_("Program"), "program"),
    (N_("Pemohon"), "shown"),
    (N_("Diterima"), "sent"),
)
VISIT = _kind("ba_lapangan", N_("Berita acara kunjungan lapangan"), "{seq:05}/BA-BANTUAN/{year}", "later", REGISTER, (N_("Dikunjungi"), "visited"))
ANNEX = _kind(
    "lampiran_sk",
    N_("Lampiran SK Bupati"),
    "{seq:04}/LAMP-SK/{year}",
    "desk",
    (N_("SK Bupati"), "sk"),
    (N_("Program"), "program"),
    (N_("Jumlah penerima"), "count"),
    (N_("Jumlah"), "total"),
)
AGREED = (REGISTER, (N_("Penerima"), "shown"), (N_("Nilai"), "value"), (N_("SK Bupati"), "sk"))
NPHD = _kind("nphd", N_("Naskah Perjanjian Hibah Daerah"), "{seq:04}/NPHD/{year}", "desk", *AGREED)
KINDS = (RECEIPT, VISIT, ANNEX, NPHD)


def shown_name(proposal: Proposal) -> str:
    """The name as anyone may read it: bodies in full, persons masked."""
    return proposal.who if proposal.lembaga else mask_name(proposal.who)


def about(proposal: Proposal) -> dict[str, Any]:
    """What every paper says of its proposal."""
    program = proposal.program
    return {
        "register": proposal.berkas.register,
        "title": proposal.berkas.title,
        "program": program.title,
        "jenis": _(JENIS[program.jenis]),
        "year": str(program.paid_year),
        "name": proposal.who,
        "shown": shown_name(proposal),
        "place": place_name(proposal.berkas.desa_code),
        "address": proposal.address,
        "asked": rupiah(proposal.asked),
        "eligible": rupiah(proposal.eligible),
    }


def position(db: Session, setting: str) -> int:
    """The position that signs, as the operator named it. Raises PositionUnknown."""
    name = str(option(db, setting)).strip()
    found = db.scalar(select(Jabatan.id).where(func.lower(Jabatan.name) == name.lower()).order_by(Jabatan.id).limit(1))
    if found is None:
        raise PositionUnknown(name=name)
    return found


def renew(db: Session, actor: Actor, kind: DocumentKind, ref: int, data: dict[str, Any], *, reason: str, now: datetime, **more: Any) -> Document:
    """The paper of `ref` as it is while it says the same; else a new one, in place of one that holds or waits."""
    kept = document_of(db, kind, ref)
    if kept is None or kept.status not in HOLDS:
        return issue(db, actor, kind, data=data, ref=ref, now=now, **more)
    return kept if kept.data == data else replace(db, actor, kept, kind, data=data, reason=reason, now=now, **more)

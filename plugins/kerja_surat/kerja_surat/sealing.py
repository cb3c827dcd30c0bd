"""The end of a draft: number, signer and paper in one transaction, and what anyone may know of it afterwards."""

from __future__ import annotations

import secrets
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pendopo import N_, VerifiedDocument, _
from pendopo.db import next_number
from pendopo.http import url
from pendopo.identity import Account, Actor, Jabatan, Opd, Post, as_system, record
from pendopo.kit.attachments import attachments_of, read_bytes, store_bytes
from pendopo.kit.calendar import calendar_for
from pendopo.kit.settings import value
from pendopo.notifications import notify

from . import papers
from .models import Counter, SuratKeluar
from .outgoing import corrections_of
from .rules import NASKAH, SECRET, acting, letter_number, suffix_for

PAPER = "kerja_surat.naskah"  # owner of the sealed PDF


def seal(db: Session, actor: Actor, letter: SuratKeluar, post: Post, now: datetime) -> None:
    """Number, signer and paper; from here on the letter never changes. Its PDF is kept with its SHA-256."""
    today = calendar_for(db).local(now).date()
    account = db.get(Account, actor.require_signed_in())
    jabatan = db.get(Jabatan, post.jabatan_id)
    _take_number(db, letter, letter.letter_date or today, today)
    letter.status, letter.sealed_at, letter.sealed_by = "disegel", now, actor.account_id
    letter.signer_name, letter.signer_post, letter.signer_nip = account.name, acting(post.kind, jabatan.name), account.nip or ""
    letter.token = secrets.token_urlsafe(18)
    db.flush()
    stored = store_bytes(db, as_system(N_("Penyegelan surat")), papers.letter_paper(db, letter), f"{letter.nomor}.pdf", owner=PAPER, ref=letter.id, now=now)
    letter.sha256 = stored.sha256
    db.flush()
    if letter.drafted_by != actor.account_id:
        notify(
            db,
            topic="surat.paraf",
            to=[letter.drafted_by],
            template="kerja_surat/notify/sealed",
            context={"perihal": "" if letter.sifat in SECRET else letter.perihal, "nomor": letter.nomor},
            url=url("surat:kerja.keluar.show", id=letter.id),
            key=f"segel:{letter.id}",
        )
    record(db, actor, "surat.sealed", f"surat_keluar:{letter.id}", {"nomor": letter.nomor, "sha256": letter.sha256})
    if letter.jenis == "pencabutan" and letter.corrects_id:
        record(db, actor, "surat.revoked", f"surat_keluar:{letter.corrects_id}", {"by": letter.nomor})


def _take_number(db: Session, letter: SuratKeluar, letter_date: date, today: date) -> None:
    """The next number of the unit's book; an earlier date takes the number before it with a suffix (`0042.a`)."""
    opd = db.get(Opd, letter.opd_id)
    year = letter_date.year
    suffix = ""
    if letter_date < today:
        before = select(func.max(SuratKeluar.urut)).where(SuratKeluar.opd_id == letter.opd_id, SuratKeluar.year == year, SuratKeluar.letter_date <= letter_date)
        urut = db.scalar(before) or 0
        suffix = suffix_for(next_number(db, Counter, opd_id=letter.opd_id, book=f"sisip.{urut}", year=year))
    else:
        urut = next_number(db, Counter, opd_id=letter.opd_id, book="keluar", year=year)
    letter.urut, letter.suffix, letter.year, letter.letter_date = urut, suffix, year, letter_date
    letter.nomor = letter_number(
        pattern_for(db, opd, letter_date), klasifikasi=letter.klasifikasi, urut=urut, unit=opd.short_name or opd.code, year=year, suffix=suffix
    )


def pattern_for(db: Session, opd: Opd, on: date) -> str:
    """The pattern of numbers of an OPD: its own where the setting has one, else the regency's."""
    own = value(db, "surat.pola_nomor_unit", on)
    return own[opd.code] if isinstance(own, dict) and isinstance(own.get(opd.code), str) else value(db, "surat.pola_nomor", on)


def paper_of(db: Session, letter: SuratKeluar) -> bytes:
    """The PDF: the very file of the sealing, or what a draft would look like now."""
    kept = attachments_of(db, PAPER, letter.id)
    return read_bytes(kept[0]) if kept else papers.letter_paper(db, letter)


def verified(db: Session, token: str) -> VerifiedDocument | None:
    """What anyone may know of a sealed letter; of a secret one only that it exists."""
    letter = db.scalar(select(SuratKeluar).where(SuratKeluar.token == token, SuratKeluar.status == "disegel"))
    if letter is None:
        return None
    after = corrections_of(db, letter)
    last = next((one for one in after if one.jenis == "pencabutan"), after[-1] if after else None)
    status = "berlaku" if last is None else "dicabut" if last.jenis == "pencabutan" else "diganti"
    if letter.sifat in SECRET:
        return VerifiedDocument(_("Surat rahasia"), status, note=_("Surat ini bersifat rahasia. Hanya keberadaannya yang dapat kami benarkan."))
    note = "" if last is None or last.sifat in SECRET else _("oleh surat nomor %(nomor)s") % {"nomor": last.nomor}
    opd = db.get(Opd, letter.opd_id)
    return VerifiedDocument(
        _(NASKAH[letter.jenis]),
        status,
        status_note=note,
        number=letter.nomor,
        dated=letter.letter_date,
        issuer=opd.name if opd else "",
        signer=f"{letter.signer_name}, {letter.signer_post}",
        sha256=letter.sha256,
    )

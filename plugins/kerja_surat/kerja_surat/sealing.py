"""The end of a draft: number, signature and paper in one transaction, and how the paper looks before and after."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pendopo import N_
from pendopo.db import next_number
from pendopo.http import url
from pendopo.i18n import format_date, speaking
from pendopo.identity import Actor, Opd, record
from pendopo.kit.dates import regency_day
from pendopo.kit.documents import Document, DocumentKind, NotValid, document_bytes, issue, preview, replace, revoke
from pendopo.kit.settings import value
from pendopo.notifications import notify

from .models import Counter, SuratKeluar
from .rules import NASKAH, SECRET, SIFAT_TITLES, WrongPattern, letter_number, suffix_for

LETTER = DocumentKind("naskah", "kerja_surat", N_("Naskah dinas"), "papers/letter.typ", number="", signed=True)


def seal(db: Session, actor: Actor, letter: SuratKeluar, now: datetime) -> None:
    """Number and paper. It is signed here, or at the signer's desk where the provider asks for a passphrase.

    A ralat takes the place of the letter that it corrects. Raises WrongPattern or NotValid.
    """
    _take_number(db, letter, now)
    old = db.get(SuratKeluar, letter.corrects_id) if letter.corrects_id else None
    if old is not None and old.document is not None and old.document.status != "berlaku":
        raise NotValid()
    paper: dict[str, Any] = {"data": letter_data(db, letter), "opd_id": letter.opd_id, "ref": letter.id, "title": NASKAH[letter.jenis], "now": now}
    paper |= {"signers": [letter.signer_jabatan_id], "own_number": letter.nomor, "dated": letter.letter_date, "secret": letter.sifat in SECRET}
    if letter.jenis == "ralat" and old is not None and old.document is not None:
        letter.document = replace(db, actor, old.document, LETTER, reason=_reason("Diralat", letter), **paper)
    else:
        letter.document = issue(db, actor, LETTER, **paper)
    letter.sealed_by, letter.status = actor.account_id, "tanda_tangan"
    db.flush()
    if letter.document.is_sealed:
        holds(db, actor, letter, now)


def holds(db: Session, actor: Actor, letter: SuratKeluar, now: datetime) -> None:
    """Signed: from here on the letter never changes. A pencabutan ends the letter that it names."""
    letter.status, letter.sealed_at = "disegel", now
    old = db.get(SuratKeluar, letter.corrects_id) if letter.jenis == "pencabutan" else None
    if old is not None and old.document is not None and old.document.status == "berlaku":
        revoke(db, actor, old.document, reason=_reason("Dicabut", letter), now=now)
    db.flush()
    if letter.drafted_by != letter.sealed_by:
        notify(
            db,
            topic="surat.paraf",
            to=[letter.drafted_by],
            template="kerja_surat/notify/sealed",
            context={"perihal": "" if letter.sifat in SECRET else letter.perihal, "nomor": letter.nomor},
            url=url("surat:kerja.keluar.show", id=letter.id),
            key=f"segel:{letter.id}",
        )
    record(db, actor, "surat.sealed", f"surat_keluar:{letter.id}", {"nomor": letter.nomor, "sha256": letter.document.sha256})


def _reason(verb: str, letter: SuratKeluar) -> str:
    """What whoever checks the older letter reads; of a secret one no number."""
    return f"{verb}." if letter.sifat in SECRET else f"{verb} dengan surat nomor {letter.nomor}."


def _take_number(db: Session, letter: SuratKeluar, now: datetime) -> None:
    """The next number of the unit's book; an earlier date takes the number before it with a suffix (`0042.a`)."""
    today = regency_day(now)
    letter_date = letter.letter_date or today
    opd, year = db.get_one(Opd, letter.opd_id), letter_date.year
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
    if db.scalar(select(Document.id).where(Document.plugin == LETTER.plugin, Document.kind == LETTER.slug, Document.number == letter.nomor)) is not None:
        raise WrongPattern()  # a pattern that doesn't tell apart units or years


def pattern_for(db: Session, opd: Opd, on: date) -> str:
    """The pattern of numbers of an OPD: its own where the setting has one, else the regency's."""
    own = value(db, "surat.pola_nomor_unit", on)
    return own[opd.code] if isinstance(own, dict) and isinstance(own.get(opd.code), str) else value(db, "surat.pola_nomor", on)


def give_back(db: Session, letter: SuratKeluar, reason: str, now: datetime) -> None:
    """The signer sent the paper back from the desk: its number stays void, and the letter is a draft again."""
    if letter.document is not None and letter.letter_date == regency_day(letter.document.issued_at):
        letter.letter_date = None
    letter.status, letter.document, letter.sealed_by = "konsep", None, None
    letter.nomor, letter.suffix, letter.urut, letter.year = "", "", None, None
    for paraf in letter.paraf_list:
        paraf.status = "menunggu"
    last = letter.paraf_list[-1]
    last.status, last.acted_at, last.note = "dikembalikan", now, reason
    db.flush()


def paper_of(db: Session, letter: SuratKeluar, now: datetime) -> bytes:
    """The PDF: the very file that was signed, or what a draft would look like now, KONSEP across each page."""
    if letter.document is not None:
        return document_bytes(db, letter.document)
    about: dict[str, Any] = {"title": NASKAH[letter.jenis], "number": "(belum bernomor)", "dated": letter.letter_date, "signer": letter.signer_jabatan_id}
    return preview(db, LETTER, data=letter_data(db, letter), opd_id=letter.opd_id, now=now, **about)


def letter_data(db: Session, letter: SuratKeluar) -> dict[str, Any]:
    """What the template draws beside number, day, office and signer. Letters are written in Indonesian, whoever looks."""
    old = db.get(SuratKeluar, letter.corrects_id) if letter.corrects_id else None
    with speaking("id"):
        corrects = f"{old.nomor} tanggal {format_date(old.letter_date)}" if old else ""
    return {
        "jenis": letter.jenis,
        "sifat": SIFAT_TITLES[letter.sifat],
        "perihal": letter.perihal,
        "tujuan": _lines(letter.tujuan),
        "tembusan": _lines(letter.tembusan),
        "paragraphs": [_lines(part) for part in letter.body.replace("\r\n", "\n").split("\n\n") if part.strip()],
        "corrects": corrects,
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]

"""Letters that go out: draft, paraf in order, number and seal."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from pendopo import Conflict, InvalidInput, N_, NotFound, PermissionRefused, live
from pendopo.db import next_number
from pendopo.identity import Account, Actor, Jabatan, Opd, holders_of, record
from pendopo.kit.calendar import calendar_for
from pendopo.kit.settings import value
from pendopo.notifications import notify

from .models import Counter, KonsepVersion, Paraf, SuratKeluar
from .rules import NASKAH, SECRET, SIFAT, check_klasifikasi, letter_number, next_suffix

DRAFT = "surat.draft"
READ = "surat.read"


def draft_letter(
    db: Session,
    actor: Actor,
    *,
    opd_id: int,
    jenis: str,
    perihal: str,
    body: str,
    tujuan: str,
    tembusan: str = "",
    klasifikasi: str,
    sifat: str = "biasa",
    signer_jabatan_id: int,
    reviewers: Sequence[int] = (),
    answers_id: int | None = None,
    corrects_id: int | None = None,
    now: datetime,
) -> SuratKeluar:
    """A new draft with its chain: `reviewers` give paraf in this order, then the signer."""
    actor.require(DRAFT, opd_id)
    if jenis not in NASKAH or sifat not in SIFAT:
        raise InvalidInput(N_("Jenis atau sifat naskah tidak dikenal."))
    if jenis in ("ralat", "pencabutan"):
        old = db.get(SuratKeluar, corrects_id) if corrects_id else None
        if old is None or old.status != "disegel":
            raise InvalidInput(N_("Ralat dan pencabutan harus menunjuk surat yang sudah disegel."), field="corrects")
    chain = [*dict.fromkeys(j for j in reviewers if j != signer_jabatan_id), signer_jabatan_id]
    if db.scalar(select(func.count()).select_from(Jabatan).where(Jabatan.id.in_(chain))) != len(chain):
        raise InvalidInput(N_("Pejabat ini tidak ditemukan."), field="signer")
    letter = SuratKeluar(
        opd_id=opd_id, jenis=jenis, perihal=perihal, body=body, tujuan=tujuan, tembusan=tembusan, klasifikasi=check_klasifikasi(klasifikasi),
        sifat=sifat, status="konsep", drafted_by=actor.require_signed_in(), drafted_at=now, signer_jabatan_id=signer_jabatan_id,
        answers_id=answers_id, corrects_id=corrects_id, version=1,
    )
    letter.paraf_list = [Paraf(position=n, jabatan_id=jabatan_id, status="menunggu") for n, jabatan_id in enumerate(chain, 1)]
    letter.versions = [KonsepVersion(number=1, perihal=perihal, body=body, written_by=actor.account_id, written_at=now)]
    db.add(letter)
    db.flush()
    return letter


def visible_outgoing(actor: Actor):
    """Letters of the OPD where `actor` may read, drafted by them or waiting for their paraf."""
    scope = actor.opd_scope(READ)
    mine = select(Paraf.surat_id).where(Paraf.jabatan_id.in_([post.jabatan_id for post in actor.posts]))
    condition = (SuratKeluar.drafted_by == actor.account_id) | SuratKeluar.id.in_(mine)
    if scope is None:
        condition = condition | SuratKeluar.sifat.not_in(SECRET)
    elif scope:
        condition = condition | (SuratKeluar.opd_id.in_(scope) & SuratKeluar.sifat.not_in(SECRET))
    return select(SuratKeluar).where(condition)


def get_outgoing(db: Session, actor: Actor, letter_id: int) -> SuratKeluar:
    letter = db.scalar(visible_outgoing(actor).where(SuratKeluar.id == letter_id))
    if letter is None:
        raise NotFound()
    return letter


def rewrite(db: Session, actor: Actor, letter_id: int, *, version: int, perihal: str, body: str, now: datetime) -> SuratKeluar:
    """A new version of a draft. Whoever changes it after a paraf sends the chain back to its beginning.

    `version` is the one that the writer saw; Conflict when another was written meanwhile.
    """
    letter = get_outgoing(db, actor, letter_id)
    _require_writer(actor, letter)
    if letter.status not in ("konsep", "paraf"):
        raise Conflict(N_("Surat yang sudah disegel tidak dapat diubah. Buat ralat."))
    changed = db.execute(
        update(SuratKeluar).where(SuratKeluar.id == letter.id, SuratKeluar.version == version).values(version=version + 1, perihal=perihal, body=body, status="konsep")
    )
    if changed.rowcount != 1:
        raise Conflict(N_("Konsep ini sudah diubah orang lain. Lihat versi terbarunya, lalu gabungkan perubahan Anda."), field="body")
    db.execute(update(Paraf).where(Paraf.surat_id == letter.id).values(status="menunggu", acted_by=None, acted_at=None, note=""))
    db.add(KonsepVersion(surat_id=letter.id, number=version + 1, perihal=perihal, body=body, written_by=actor.account_id, written_at=now))
    db.flush()
    db.expire(letter)
    return letter


def _require_writer(actor: Actor, letter: SuratKeluar) -> None:
    held = {post.jabatan_id for post in actor.posts}
    if letter.drafted_by != actor.account_id and not held & {paraf.jabatan_id for paraf in letter.paraf_list}:
        raise PermissionRefused(N_("Hanya penyusun dan pejabat dalam rantai paraf yang dapat mengubah konsep."))


def submit(db: Session, actor: Actor, letter_id: int, *, now: datetime) -> SuratKeluar:
    """Send a draft on its way to the first paraf."""
    letter = get_outgoing(db, actor, letter_id)
    _require_writer(actor, letter)
    if letter.status != "konsep":
        raise Conflict(N_("Konsep ini sudah diajukan."))
    letter.status = "paraf"
    _turn(db, letter, letter.paraf_list[0], now)
    db.flush()
    live.publish(db, f"surat-keluar:{letter.id}")
    return letter


def _turn(db: Session, letter: SuratKeluar, paraf: Paraf, now: datetime) -> None:
    paraf.status = "giliran"
    notify(
        db, topic="surat.paraf", to=holders_of(db, paraf.jabatan_id, now.date()), template="kerja_surat/notify/paraf",
        context={"perihal": "" if letter.sifat in SECRET else letter.perihal}, url=f"/kerja/surat/keluar/{letter.id}",
        key=f"paraf:{letter.id}:{letter.version}:{paraf.position}",
    )


def _my_turn(actor: Actor, letter: SuratKeluar) -> Paraf:
    held = {post.jabatan_id for post in actor.posts}
    paraf = next((p for p in letter.paraf_list if p.status == "giliran"), None)
    if letter.status != "paraf" or paraf is None or paraf.jabatan_id not in held:
        raise PermissionRefused(N_("Sekarang bukan giliran Anda."))
    return paraf


def approve(db: Session, actor: Actor, letter_id: int, *, note: str = "", now: datetime) -> SuratKeluar:
    """Give the paraf whose turn it is. The last in the chain signs: the letter takes its number and is sealed."""
    letter = get_outgoing(db, actor, letter_id)
    paraf = _my_turn(actor, letter)
    won = db.execute(update(Paraf).where(Paraf.id == paraf.id, Paraf.status == "giliran").values(status="disetujui", acted_by=actor.account_id, acted_at=now, note=note))
    if won.rowcount != 1:
        raise Conflict(N_("Paraf ini sudah diberikan."))
    db.refresh(paraf)
    following = next((p for p in letter.paraf_list if p.status == "menunggu"), None)
    if following is not None:
        _turn(db, letter, following, now)
    else:
        _seal(db, actor, letter, paraf, now)
    db.flush()
    live.publish(db, f"surat-keluar:{letter.id}")
    return letter


def send_back(db: Session, actor: Actor, letter_id: int, *, note: str, now: datetime) -> SuratKeluar:
    """Return a draft to its writer with what must change."""
    letter = get_outgoing(db, actor, letter_id)
    paraf = _my_turn(actor, letter)
    if len(note.strip()) < 5:
        raise InvalidInput(N_("Tuliskan apa yang harus diperbaiki."), field="note")
    for one in letter.paraf_list:
        one.status = "menunggu" if one is not paraf else "dikembalikan"
    paraf.acted_by, paraf.acted_at, paraf.note = actor.account_id, now, note.strip()
    letter.status = "konsep"
    notify(
        db, topic="surat.paraf", to=[letter.drafted_by], template="kerja_surat/notify/draft_returned",
        context={"perihal": letter.perihal, "note": note.strip()}, url=f"/kerja/surat/keluar/{letter.id}", key=f"konsep:{letter.id}:{letter.version}:{paraf.position}:back",
    )
    db.flush()
    return letter


def _seal(db: Session, actor: Actor, letter: SuratKeluar, paraf: Paraf, now: datetime) -> None:
    """Number, signer and content in one transaction; from here on the letter never changes."""
    today = calendar_for(db).local(now).date()
    _take_number(db, letter, letter.letter_date or today, today)
    account = db.get(Account, actor.account_id)
    jabatan = db.get(Jabatan, paraf.jabatan_id)
    post = next(post for post in actor.posts if post.jabatan_id == paraf.jabatan_id)
    label = {"plt": "Plt. ", "plh": "Plh. "}.get(post.kind, "")
    letter.status, letter.sealed_at, letter.sealed_by = "disegel", now, actor.account_id
    letter.signer_name, letter.signer_post = account.name, label + jabatan.name
    letter.token = secrets.token_urlsafe(18)
    record(db, actor, "surat.sealed", f"surat_keluar:{letter.id}", {"nomor": letter.nomor})
    if letter.jenis == "pencabutan" and letter.corrects_id:
        record(db, actor, "surat.revoked", f"surat_keluar:{letter.corrects_id}", {"by": letter.nomor})


def _take_number(db: Session, letter: SuratKeluar, letter_date: date, today: date) -> None:
    """The next number of the unit's book; an earlier date takes the number before it with a suffix (`0042.a`)."""
    opd = db.get(Opd, letter.opd_id)
    year = letter_date.year
    suffix = ""
    if letter_date < today:
        before = db.scalar(
            select(func.max(SuratKeluar.urut)).where(SuratKeluar.opd_id == letter.opd_id, SuratKeluar.year == year, SuratKeluar.letter_date <= letter_date)
        ) or 0
        taken = db.scalars(select(SuratKeluar.suffix).where(SuratKeluar.opd_id == letter.opd_id, SuratKeluar.year == year, SuratKeluar.urut == before, SuratKeluar.suffix != "")).all()
        urut, suffix = before, next_suffix(list(taken))
    else:
        urut = next_number(db, Counter, opd_id=letter.opd_id, book="keluar", year=year)
    letter.urut, letter.suffix, letter.year, letter.letter_date = urut, suffix, year, letter_date
    letter.nomor = letter_number(value(db, "surat.pola_nomor"), klasifikasi=letter.klasifikasi, urut=urut, unit=opd.short_name or opd.code, year=year, suffix=suffix)


def status_of(db: Session, letter: SuratKeluar) -> str:
    """berlaku, diganti (a ralat points here) or dicabut."""
    after = db.scalars(select(SuratKeluar.jenis).where(SuratKeluar.corrects_id == letter.id, SuratKeluar.status == "disegel")).all()
    return "dicabut" if "pencabutan" in after else "diganti" if after else "berlaku"


def waiting_for_me(db: Session, actor: Actor) -> list[SuratKeluar]:
    mine = [post.jabatan_id for post in actor.posts]
    query = select(SuratKeluar).join(Paraf).where(Paraf.jabatan_id.in_(mine), Paraf.status == "giliran").order_by(SuratKeluar.drafted_at)
    return list(db.scalars(query.limit(100)))


def list_outgoing(db: Session, actor: Actor, *, text: str = "", status: str = "", before: int | None = None, limit: int = 30) -> list[SuratKeluar]:
    query = visible_outgoing(actor)
    for word in text.split()[:6]:
        like = f"%{word.replace('%', '').replace('_', '')}%"
        query = query.where(SuratKeluar.perihal.ilike(like) | SuratKeluar.nomor.ilike(like) | SuratKeluar.tujuan.ilike(like))
    if status:
        query = query.where(SuratKeluar.status == status)
    if before:
        query = query.where(SuratKeluar.id < before)
    return list(db.scalars(query.order_by(SuratKeluar.id.desc()).limit(limit)))

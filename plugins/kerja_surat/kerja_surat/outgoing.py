"""Letters that go out: draft and its versions, paraf in order, what became of a letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound, PermissionRefused, live
from pendopo.http import url
from pendopo.identity import Actor, Jabatan, as_system, holders_of, touch
from pendopo.kit.dates import regency_day
from pendopo.notifications import notify

from .chain import held_post
from .models import KonsepVersion, Paraf, SuratKeluar
from .registers import SEE_SECRET, get_letter, jabatan_ids
from .rules import CORRECTIONS, NASKAH, SECRET, SIFAT, check_klasifikasi

DRAFT = "surat.draft"
READ = "surat.read"
ENCLOSURES = "kerja_surat.keluar"  # owner of what goes out with a letter


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
    letter_date: date | None = None,
    signer_jabatan_id: int,
    reviewers: Sequence[int] = (),
    answers_id: int | None = None,
    corrects_id: int | None = None,
    now: datetime,
) -> SuratKeluar:
    """A new draft with its chain: `reviewers` give paraf in this order, then the signer. Without a `letter_date` it is that of sealing."""
    actor.require(DRAFT, opd_id)
    if jenis not in NASKAH or sifat not in SIFAT:
        raise InvalidInput(N_("Jenis atau sifat naskah tidak dikenal."), field="jenis")
    if letter_date is not None and letter_date > regency_day(now):
        raise InvalidInput(N_("Tanggal surat tidak boleh di masa depan."), field="letter_date")
    _check_links(db, actor, opd_id, jenis, answers_id, corrects_id)
    chain = [*dict.fromkeys(j for j in reviewers if j != signer_jabatan_id), signer_jabatan_id]
    if db.scalar(select(func.count()).select_from(Jabatan).where(Jabatan.id.in_(chain))) != len(chain):
        raise InvalidInput(N_("Pejabat ini tidak ditemukan."), field="signer")
    letter = SuratKeluar(
        opd_id=opd_id,
        jenis=jenis,
        perihal=perihal,
        body=body,
        tujuan=tujuan,
        tembusan=tembusan,
        klasifikasi=check_klasifikasi(klasifikasi),
        sifat=sifat,
        status="konsep",
        drafted_by=actor.require_signed_in(),
        drafted_at=now,
        signer_jabatan_id=signer_jabatan_id,
        answers_id=answers_id,
        corrects_id=corrects_id,
        letter_date=letter_date,
        version=1,
    )
    letter.paraf_list = [Paraf(position=n, jabatan_id=jabatan_id, status="menunggu") for n, jabatan_id in enumerate(chain, 1)]
    letter.versions = [KonsepVersion(number=1, perihal=perihal, body=body, written_by=actor.account_id, written_at=now)]
    db.add(letter)
    db.flush()
    return letter


def _check_links(db: Session, actor: Actor, opd_id: int, jenis: str, answers_id: int | None, corrects_id: int | None) -> None:
    """What a draft points to must be seen by its writer; a correction points to a sealed letter of the same office."""
    if answers_id is not None:
        get_letter(db, actor, answers_id)
    if jenis in CORRECTIONS:
        old = get_outgoing(db, actor, corrects_id) if corrects_id else None
        if old is None or old.status != "disegel":
            raise InvalidInput(N_("Ralat dan pencabutan dimulai dari surat yang sudah disegel: buka suratnya, lalu pilih Ralat atau cabut."), field="jenis")
        if old.opd_id != opd_id:
            raise InvalidInput(N_("Hanya unit penerbit yang dapat meralat atau mencabut suratnya."), field="opd_id")
        if standing_of(old) == "dicabut":
            raise Conflict(N_("Surat ini sudah dicabut."), field="jenis")
        if standing_of(old) == "diganti":
            raise Conflict(N_("Surat ini sudah diralat. Buka ralatnya, lalu ralat atau cabut surat itu."), field="jenis")


def visible_outgoing(actor: Actor) -> Select[tuple[SuratKeluar]]:
    """Letters of the OPD where `actor` may read (secret ones only with that right), drafted by them, or with them in the chain."""
    mine = select(Paraf.surat_id).where(Paraf.jabatan_id.in_(jabatan_ids(actor)))
    condition = (SuratKeluar.drafted_by == actor.account_id) | SuratKeluar.id.in_(mine)
    for permission in (READ, SEE_SECRET):
        scope = actor.opd_scope(permission)
        here = SuratKeluar.id.is_not(None) if permission == SEE_SECRET else SuratKeluar.sifat.not_in(SECRET)
        condition = condition | (here if scope is None else here & SuratKeluar.opd_id.in_(scope))
    return select(SuratKeluar).where(condition)


def get_outgoing(db: Session, actor: Actor, letter_id: int) -> SuratKeluar:
    letter = db.scalar(visible_outgoing(actor).where(SuratKeluar.id == letter_id))
    if letter is None:
        raise NotFound()
    return letter


def may_write(actor: Actor, letter: SuratKeluar) -> bool:
    """Its writer and whoever stands in its chain may change a draft."""
    held = set(jabatan_ids(actor))
    return letter.drafted_by == actor.account_id or bool(held & {paraf.jabatan_id for paraf in letter.paraf_list})


def _require_writer(actor: Actor, letter: SuratKeluar) -> None:
    if not may_write(actor, letter):
        raise PermissionRefused(N_("Hanya penyusun dan pejabat dalam rantai paraf yang dapat mengubah konsep."))


def rewrite(
    db: Session,
    actor: Actor,
    letter_id: int,
    *,
    version: int,
    perihal: str,
    body: str,
    tujuan: str | None = None,
    tembusan: str | None = None,
    now: datetime,
) -> SuratKeluar:
    """A new version of a draft. Whoever changes it after a paraf sends the chain back to its beginning.

    `version` is the one that the writer saw; Conflict when another was written meanwhile.
    """
    letter = get_outgoing(db, actor, letter_id)
    _require_writer(actor, letter)
    if letter.status not in ("konsep", "paraf"):
        raise Conflict(N_("Surat yang sudah disegel tidak dapat diubah. Buat ralat."))
    values = {"version": version + 1, "perihal": perihal, "body": body, "status": "konsep"}
    values |= {name: text for name, text in (("tujuan", tujuan), ("tembusan", tembusan)) if text is not None}
    changed = db.execute(
        update(SuratKeluar).where(SuratKeluar.id == letter.id, SuratKeluar.version == version, SuratKeluar.status.in_(("konsep", "paraf"))).values(**values)
    )
    if changed.rowcount != 1:
        raise Conflict(N_("Konsep ini sudah diubah orang lain. Lihat versi terbarunya, lalu gabungkan perubahan Anda."), field="body")
    db.execute(update(Paraf).where(Paraf.surat_id == letter.id).values(status="menunggu", acted_by=None, acted_at=None, acted_as="", note=""))
    db.add(KonsepVersion(surat_id=letter.id, number=version + 1, perihal=perihal, body=body, written_by=actor.require_signed_in(), written_at=now))
    db.flush()
    db.expire_all()
    _published(db, letter, now)
    return letter


def submit(db: Session, actor: Actor, letter_id: int, *, now: datetime) -> SuratKeluar:
    """Send a draft on its way to the first paraf."""
    letter = get_outgoing(db, actor, letter_id)
    _require_writer(actor, letter)
    _change_status(db, letter, "konsep", "paraf", N_("Konsep ini sudah diajukan."))
    for paraf in letter.paraf_list:
        paraf.status, paraf.acted_by, paraf.acted_at, paraf.acted_as = "menunggu", None, None, ""
    give_turn(db, letter, letter.paraf_list[0], now)
    db.flush()
    _published(db, letter, now)
    return letter


def discard(db: Session, actor: Actor, letter_id: int, *, now: datetime) -> SuratKeluar:
    """Its writer gives a draft up. It keeps its versions and never takes a number."""
    letter = get_outgoing(db, actor, letter_id)
    if letter.drafted_by != actor.account_id:
        raise PermissionRefused(N_("Hanya penyusunnya yang dapat membatalkan konsep."))
    if letter.status not in ("konsep", "paraf"):
        raise Conflict(N_("Surat yang sudah disegel tidak dapat dibatalkan. Buat pencabutan."))
    _change_status(db, letter, letter.status, "batal", N_("Konsep ini sudah berubah. Muat ulang halaman."))
    db.execute(update(Paraf).where(Paraf.surat_id == letter.id, Paraf.status == "giliran").values(status="menunggu"))
    db.expire_all()
    _published(db, letter, now)
    return letter


def _change_status(db: Session, letter: SuratKeluar, old: str, new: str, refusal: str) -> None:
    changed = db.execute(update(SuratKeluar).where(SuratKeluar.id == letter.id, SuratKeluar.status == old).values(status=new))
    if changed.rowcount != 1:
        raise Conflict(refusal)
    db.refresh(letter)


def give_turn(db: Session, letter: SuratKeluar, paraf: Paraf, now: datetime) -> None:
    paraf.status = "giliran"
    notify(
        db,
        topic="surat.paraf",
        to=holders_of(db, paraf.jabatan_id, regency_day(now)),
        template="kerja_surat/notify/paraf",
        context={"perihal": "" if letter.sifat in SECRET else letter.perihal},
        url=url("surat:kerja.keluar.show", id=letter.id),
        key=f"paraf:{letter.id}:{letter.version}:{paraf.position}:{now.isoformat()}",
    )


def my_turn(actor: Actor, letter: SuratKeluar) -> Paraf | None:
    """The paraf that `actor` is asked for now."""
    paraf = next((p for p in letter.paraf_list if p.status == "giliran"), None)
    return paraf if letter.status == "paraf" and paraf is not None and held_post(actor, paraf.jabatan_id) else None


def _at_my_turn(db: Session, actor: Actor, letter_id: int, version: int | None) -> tuple[SuratKeluar, Paraf]:
    """The letter and the paraf that `actor` is asked for. Raises PermissionRefused out of turn, Conflict when `version` is not the newest."""
    letter = get_outgoing(db, actor, letter_id)
    paraf = my_turn(actor, letter)
    if paraf is None:
        raise PermissionRefused(N_("Sekarang bukan giliran Anda."))
    if version is not None and version != letter.version:
        raise Conflict(N_("Konsep ini sudah diubah orang lain. Baca versi terbarunya sebelum memberi paraf."), field="note")
    return letter, paraf


def approve(db: Session, actor: Actor, letter_id: int, *, version: int | None = None, note: str = "", now: datetime) -> SuratKeluar:
    """Give the paraf whose turn it is. The last in the chain signs: the letter takes its number and is sealed.

    `version`: the text that the official read; Conflict when another was written meanwhile.
    """
    from .sealing import seal

    letter, paraf = _at_my_turn(db, actor, letter_id, version)
    post, is_last = held_post(actor, paraf.jabatan_id), paraf is letter.paraf_list[-1]
    if is_last and actor.account_id not in holders_of(db, paraf.jabatan_id, regency_day(now)):
        raise PermissionRefused(N_("Selama ada Plt. atau Plh., surat ini ditandatangani olehnya."))
    as_ = "" if post.kind == "definitif" else post.kind
    won = db.execute(
        update(Paraf)
        .where(Paraf.id == paraf.id, Paraf.status == "giliran")
        .values(status="disetujui", acted_by=actor.account_id, acted_at=now, acted_as=as_, note=note.strip())
    )
    if won.rowcount != 1:
        raise Conflict(N_("Paraf ini sudah diberikan."))
    db.refresh(paraf)
    if is_last:
        seal(db, actor, letter, now)
    else:
        give_turn(db, letter, next(p for p in letter.paraf_list if p.status == "menunggu"), now)
        db.flush()
    touch(db, actor.account_id)
    _published(db, letter, now)
    return letter


def send_back(db: Session, actor: Actor, letter_id: int, *, version: int | None = None, note: str, now: datetime) -> SuratKeluar:
    """Return a draft to its writer with what must change. `version`: the text that the official read."""
    letter, paraf = _at_my_turn(db, actor, letter_id, version)
    if len(note.strip()) < 5:
        raise InvalidInput(N_("Tuliskan apa yang harus diperbaiki."), field="note")
    _change_status(db, letter, "paraf", "konsep", N_("Konsep ini sudah berubah. Muat ulang halaman."))
    for one in letter.paraf_list:
        one.status = "menunggu" if one is not paraf else "dikembalikan"
    paraf.acted_by, paraf.acted_at, paraf.note = actor.account_id, now, note.strip()
    db.flush()
    _tell_returned(db, letter, paraf, note.strip(), now)
    touch(db, actor.account_id)
    _published(db, letter, now)
    return letter


def _tell_returned(db: Session, letter: SuratKeluar, paraf: Paraf, note: str, now: datetime) -> None:
    notify(
        db,
        topic="surat.paraf",
        to=[letter.drafted_by],
        template="kerja_surat/notify/draft_returned",
        context={"perihal": "" if letter.sifat in SECRET else letter.perihal, "note": "" if letter.sifat in SECRET else note},
        url=url("surat:kerja.keluar.show", id=letter.id),
        key=f"konsep:{letter.id}:{letter.version}:{paraf.position}:{now.isoformat()}",
    )


def signed_at_desk(db: Session, document_id: int, now: datetime) -> None:
    """The signer signed at the desk what waited there."""
    from .sealing import holds

    letter = _at_desk(db, document_id)
    if letter is not None:
        holds(db, as_system(N_("Tanda tangan elektronik")), letter, now)
        _published(db, letter, now)


def refused_at_desk(db: Session, document_id: int, reason: str, now: datetime) -> None:
    """The signer sent the paper back from the desk: it is a draft again, and its number stays void."""
    from .sealing import give_back

    letter = _at_desk(db, document_id)
    if letter is not None:
        give_back(db, letter, reason, now)
        _tell_returned(db, letter, letter.paraf_list[-1], reason, now)
        _published(db, letter, now)


def _at_desk(db: Session, document_id: int) -> SuratKeluar | None:
    return db.scalar(select(SuratKeluar).where(SuratKeluar.document_id == document_id, SuratKeluar.status == "tanda_tangan"))


def _published(db: Session, letter: SuratKeluar, now: datetime) -> None:
    live.publish(db, f"surat-keluar:{letter.id}")
    people = {letter.drafted_by}
    for paraf in letter.paraf_list:
        people.update(holders_of(db, paraf.jabatan_id, regency_day(now)))
    for account_id in sorted(people):
        live.publish(db, f"surat-meja:{account_id}")


def standing_of(letter: SuratKeluar) -> str:
    """What its paper is: menunggu, berlaku, diganti (a ralat took its place) or dicabut; "" without a paper."""
    return letter.document.status if letter.document is not None else ""


def corrections_of(db: Session, letter: SuratKeluar) -> list[SuratKeluar]:
    query = select(SuratKeluar).where(SuratKeluar.corrects_id == letter.id, SuratKeluar.jenis.in_(CORRECTIONS), SuratKeluar.status == "disegel")
    return list(db.scalars(query.order_by(SuratKeluar.sealed_at)))


def waiting_paraf(actor: Actor) -> Select[tuple[SuratKeluar]]:
    return select(SuratKeluar).join(Paraf).where(Paraf.jabatan_id.in_(jabatan_ids(actor)), Paraf.status == "giliran", SuratKeluar.status == "paraf")


def waiting_for_me(db: Session, actor: Actor, *, limit: int = 100) -> list[SuratKeluar]:
    return list(db.scalars(waiting_paraf(actor).order_by(SuratKeluar.drafted_at).limit(limit)))


def returned_to_me(db: Session, actor: Actor, *, limit: int = 20) -> list[SuratKeluar]:
    """Drafts of `actor` that still need a hand: begun, or returned by somebody in the chain."""
    query = select(SuratKeluar).where(SuratKeluar.drafted_by == actor.account_id, SuratKeluar.status == "konsep")
    return list(db.scalars(query.order_by(SuratKeluar.drafted_at.desc()).limit(limit)))


def list_outgoing(
    db: Session,
    actor: Actor,
    *,
    text: str = "",
    status: str = "",
    jenis: str = "",
    before: int | None = None,
    limit: int = 30,
) -> list[SuratKeluar]:
    query = visible_outgoing(actor)
    for word in text.split()[:6]:
        query = query.where(
            SuratKeluar.perihal.icontains(word, autoescape=True)
            | SuratKeluar.nomor.icontains(word, autoescape=True)
            | SuratKeluar.tujuan.icontains(word, autoescape=True)
        )
    if status:
        query = query.where(SuratKeluar.status == status)
    if jenis:
        query = query.where(SuratKeluar.jenis == jenis)
    if before:
        query = query.where(SuratKeluar.id < before)
    return list(db.scalars(query.order_by(SuratKeluar.id.desc()).limit(limit)))

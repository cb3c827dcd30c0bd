"""Disposisi: who is told to do what with a letter, read when, done how."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pendopo import Conflict, InvalidInput, N_, NotFound, PermissionRefused, live, outbox
from pendopo.identity import Actor, Jabatan, holders_of, record
from pendopo.notifications import notify

from .models import Disposisi, SuratMasuk
from .registers import due_for, get_letter
from .rules import INSTRUKSI, SECRET, check_child_due, may_move_disposisi

SEND = "surat.disposisi"


def targets_below(db: Session, jabatan_id: int) -> list[Jabatan]:
    """To whom the holder of `jabatan_id` may send: everyone below in the line, and heads of peer units.

    A peer is a position with the same superior that has a unit of its own.
    """
    jabatan_list = {jabatan.id: jabatan for jabatan in db.scalars(select(Jabatan))}
    me = jabatan_list.get(jabatan_id)
    if me is None:
        return []
    children: dict[int | None, list[int]] = {}
    for jabatan in jabatan_list.values():
        children.setdefault(jabatan.atasan_id, []).append(jabatan.id)
    found, waiting = [], list(children.get(jabatan_id, []))
    while waiting:
        child = waiting.pop(0)
        found.append(child)
        waiting += children.get(child, [])
    peers = [p for p in children.get(me.atasan_id, []) if me.atasan_id and p != me.id and jabatan_list[p].opd_id != me.opd_id]
    return [jabatan_list[i] for i in dict.fromkeys([*found, *peers])]


def _acting_post(actor: Actor, jabatan_id: int) -> None:
    """Raise unless `actor` holds `jabatan_id` today (also as Plt or Plh)."""
    if actor.kind != "sistem" and jabatan_id not in [post.jabatan_id for post in actor.posts]:
        raise PermissionRefused(N_("Disposisi ini ditujukan kepada pejabat lain."))


def send_disposisi(
    db: Session,
    actor: Actor,
    letter_id: int,
    *,
    from_jabatan_id: int,
    to_jabatan_ids: Sequence[int],
    instruksi: Sequence[str],
    catatan: str = "",
    due: datetime | None = None,
    parent_id: int | None = None,
    now: datetime,
) -> list[Disposisi]:
    """Send a letter to one or more positions below. A parent makes this a sub-disposisi and marks it as passed on.

    Raises InvalidInput for an empty or forbidden target, oneself, an unknown instruction or a late due time.
    """
    letter = get_letter(db, actor, letter_id)
    actor.require(SEND)
    _acting_post(actor, from_jabatan_id)
    parent = db.get(Disposisi, parent_id) if parent_id else None
    due = due or (parent.due_at if parent else due_for(db, letter.derajat, now))
    _check(db, letter, parent, from_jabatan_id, to_jabatan_ids, instruksi, catatan, due, now)
    made = [
        Disposisi(surat_id=letter.id, parent_id=parent_id, from_jabatan_id=from_jabatan_id, to_jabatan_id=target, instruksi=list(instruksi),
                  catatan=catatan, due_at=due, status="dikirim", sent_by=actor.account_id, sent_at=now)
        for target in dict.fromkeys(to_jabatan_ids)
    ]
    db.add_all(made)
    if letter.status == "dicatat":
        letter.status = "didisposisi"
    if parent is not None:
        _move(db, parent, "diteruskan", now)
    db.flush()
    for disposisi in made:
        _tell_addressee(db, letter, disposisi, now)
    record(db, actor, "surat.disposisi", f"surat_masuk:{letter.id}", {"to": list(to_jabatan_ids), "parent": parent_id})
    _published(db, letter)
    return made


def _check(db, letter: SuratMasuk, parent: Disposisi | None, sender: int, targets: Sequence[int], instruksi, catatan: str, due: datetime, now: datetime) -> None:
    if letter.status == "selesai":
        raise Conflict(N_("Surat ini sudah selesai; disposisi baru tidak dapat dikirim."))
    if not targets:
        raise InvalidInput(N_("Pilih paling sedikit satu penerima."), field="to")
    if not instruksi and not catatan.strip():
        raise InvalidInput(N_("Pilih instruksi atau tulis catatan."), field="instruksi")
    if any(item not in INSTRUKSI for item in instruksi):
        raise InvalidInput(N_("Instruksi ini tidak dikenal."), field="instruksi")
    if sender in targets:
        raise InvalidInput(N_("Disposisi tidak dapat dikirim kepada diri sendiri."), field="to")
    if parent is not None:
        if parent.surat_id != letter.id or parent.to_jabatan_id != sender:
            raise InvalidInput(N_("Disposisi induknya bukan milik Anda."), field="to")
        if not parent.is_open:
            raise Conflict(N_("Disposisi ini sudah selesai."))
        if letter.sifat in SECRET:
            raise InvalidInput(N_("Surat rahasia tidak boleh diteruskan."), field="to")
        check_child_due(due, parent.due_at)
    if due <= now and parent is None:
        raise InvalidInput(N_("Batas waktu harus di masa depan."), field="due")
    allowed = {jabatan.id for jabatan in targets_below(db, sender)}
    if not set(targets) <= allowed:
        raise InvalidInput(N_("Disposisi hanya dapat dikirim ke bawah atau kepada kepala unit yang setara."), field="to")


def _tell_addressee(db: Session, letter: SuratMasuk, disposisi: Disposisi, now: datetime) -> None:
    holders = holders_of(db, disposisi.to_jabatan_id, now.date())
    secret = letter.sifat in SECRET
    notify(
        db, topic="surat.disposisi", to=holders, template="kerja_surat/notify/disposisi",
        context={"perihal": "" if secret else letter.perihal, "derajat": letter.derajat, "due": disposisi.due_at.isoformat()},
        url=f"/kerja/surat/masuk/{letter.id}", key=f"disposisi:{disposisi.id}",
    )


def _move(db: Session, disposisi: Disposisi, to: str, now: datetime, **values) -> None:
    """Change the state by one statement that asks for the old one, so that two officers can't both win."""
    if not may_move_disposisi(disposisi.status, to):
        raise Conflict(N_("Disposisi ini sudah berubah. Muat ulang halaman."))
    stamps = {"dibaca": {"read_at": now}, "diproses": {"started_at": now}, "selesai": {"closed_at": now}, "dikembalikan": {"closed_at": now}}
    changes = {"status": to, **stamps.get(to, {}), **values}
    if disposisi.read_at is None and to != "dibaca":
        changes["read_at"] = now
    changed = db.execute(update(Disposisi).where(Disposisi.id == disposisi.id, Disposisi.status == disposisi.status).values(**changes))
    if changed.rowcount != 1:
        raise Conflict(N_("Disposisi ini sudah berubah. Muat ulang halaman."))
    db.refresh(disposisi)


def get_disposisi(db: Session, actor: Actor, disposisi_id: int) -> Disposisi:
    disposisi = db.get(Disposisi, disposisi_id)
    if disposisi is None:
        raise NotFound()
    get_letter(db, actor, disposisi.surat_id)
    return disposisi


def mark_read(db: Session, actor: Actor, letter_id: int, *, now: datetime) -> int:
    """The addressee opened the letter: note it for every disposisi of theirs that is still unread."""
    mine = [post.jabatan_id for post in actor.posts]
    unread = db.scalars(select(Disposisi).where(Disposisi.surat_id == letter_id, Disposisi.to_jabatan_id.in_(mine), Disposisi.status == "dikirim")).all()
    for disposisi in unread:
        _move(db, disposisi, "dibaca", now)
        _tell_source(db, disposisi.surat, "dibaca", disposisi, actor, now)
    if unread:
        _published(db, unread[0].surat)
    return len(unread)


def start(db: Session, actor: Actor, disposisi_id: int, *, now: datetime) -> Disposisi:
    disposisi = get_disposisi(db, actor, disposisi_id)
    _acting_post(actor, disposisi.to_jabatan_id)
    _move(db, disposisi, "diproses", now)
    _tell_source(db, disposisi.surat, "diproses", disposisi, actor, now)
    _published(db, disposisi.surat)
    return disposisi


def finish(db: Session, actor: Actor, disposisi_id: int, *, result: str, now: datetime) -> Disposisi:
    """Close a disposisi with what was done. Open children stay open and are shown as a warning.

    The letter is finished when every disposisi that came from no other is closed.
    """
    disposisi = get_disposisi(db, actor, disposisi_id)
    _acting_post(actor, disposisi.to_jabatan_id)
    if len(result.strip()) < 5:
        raise InvalidInput(N_("Tuliskan hasilnya, paling sedikit lima huruf."), field="result")
    _move(db, disposisi, "selesai", now, result=result.strip())
    letter = disposisi.surat
    db.refresh(letter, ["disposisi_list"])
    if all(not d.is_open for d in letter.disposisi_list if d.parent_id is None):
        letter.status, letter.closed_at = "selesai", now
    if disposisi.parent_id is None:
        _tell_source(db, letter, "selesai", disposisi, actor, now)
    _tell_sender(db, disposisi, "kerja_surat/notify/finished", now)
    _published(db, letter)
    return disposisi


def send_back(db: Session, actor: Actor, disposisi_id: int, *, reason: str, now: datetime) -> Disposisi:
    disposisi = get_disposisi(db, actor, disposisi_id)
    _acting_post(actor, disposisi.to_jabatan_id)
    if len(reason.strip()) < 5:
        raise InvalidInput(N_("Tuliskan alasan mengapa disposisi dikembalikan."), field="result")
    _move(db, disposisi, "dikembalikan", now, result=reason.strip())
    if disposisi.parent_id is None:
        _tell_source(db, disposisi.surat, "dikembalikan", disposisi, actor, now)
    _tell_sender(db, disposisi, "kerja_surat/notify/returned", now)
    _published(db, disposisi.surat)
    return disposisi


def open_children(db: Session, disposisi: Disposisi) -> list[Disposisi]:
    return [child for child in db.scalars(select(Disposisi).where(Disposisi.parent_id == disposisi.id)) if child.is_open]


def _tell_sender(db: Session, disposisi: Disposisi, template: str, now: datetime) -> None:
    if disposisi.from_jabatan_id is None:
        return
    notify(
        db, topic="surat.disposisi", to=holders_of(db, disposisi.from_jabatan_id, now.date()), template=template,
        context={"perihal": "" if disposisi.surat.sifat in SECRET else disposisi.surat.perihal, "result": disposisi.result},
        url=f"/kerja/surat/masuk/{disposisi.surat_id}", key=f"disposisi:{disposisi.id}:{disposisi.status}",
    )


def _tell_source(db: Session, letter: SuratMasuk, result: str, disposisi: Disposisi | None, actor: Actor, now: datetime) -> None:
    """Let the application that sent the matter here hear how it goes."""
    if not letter.source.startswith("aplikasi:") or letter.source_ref is None:
        return
    outbox.tell(
        db, "disposisi_finished", key=f"surat:{letter.id}:{disposisi.id if disposisi else 0}:{result}", source=letter.source.removeprefix("aplikasi:"),
        berkas_id=letter.source_ref, result=result, note=disposisi.result if disposisi else "", actor_id=actor.account_id, at=now,
    )


def _published(db: Session, letter: SuratMasuk) -> None:
    live.publish(db, f"surat:{letter.id}")
    live.publish(db, f"surat-unit:{letter.opd_id}")


def my_disposisi(db: Session, actor: Actor, *, open_only: bool = True, limit: int = 100) -> list[Disposisi]:
    """What waits for the positions that `actor` holds today, the nearest deadline first."""
    query = select(Disposisi).where(Disposisi.to_jabatan_id.in_([post.jabatan_id for post in actor.posts]))
    if open_only:
        query = query.where(Disposisi.status.not_in(("selesai", "dikembalikan")))
    return list(db.scalars(query.order_by(Disposisi.due_at, Disposisi.id).limit(limit)))

"""Disposisi: who is told to do what with a letter, read when, done how."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from pendopo import N_, Conflict, InvalidInput, NotFound, live, outbox
from pendopo.http import url
from pendopo.identity import Actor, holders_of, record, touch
from pendopo.notifications import notify

from .chain import SEND, ancestors, leaders_of, parent_for, require_post, targets_below
from .models import Disposisi, SuratMasuk
from .registers import due_for, get_letter, jabatan_ids
from .rules import INSTRUKSI, SECRET, check_child_due, may_move_disposisi

CLOSED = ("selesai", "dikembalikan")


def lay_before(db: Session, actor: Actor, letter: SuratMasuk, jabatan_id: int, *, now: datetime) -> Disposisi:
    """The agenda book lays a letter before a leader of its office: the beginning of a chain."""
    actor.require("surat.register", letter.opd_id)
    if letter.status == "selesai":
        raise Conflict(N_("Surat ini sudah selesai; disposisi baru tidak dapat dikirim."))
    if any(d.is_open and d.to_jabatan_id == jabatan_id for d in letter.disposisi_list):
        raise Conflict(N_("Surat ini sudah ada di meja pejabat itu."))
    if jabatan_id not in [jabatan.id for jabatan in leaders_of(db, letter.opd_id)]:
        raise InvalidInput(N_("Pilih pimpinan unit atau atasannya."), field="before")
    disposisi = Disposisi(
        surat_id=letter.id,
        from_jabatan_id=None,
        to_jabatan_id=jabatan_id,
        instruksi=[],
        catatan="",
        due_at=letter.due_at,
        status="dikirim",
        sent_by=actor.account_id,
        sent_at=now,
    )
    db.add(disposisi)
    letter.status = "didisposisi"
    db.flush()
    db.refresh(letter, ["disposisi_list"])
    _tell_addressee(db, letter, disposisi, now)
    _published(db, letter, [jabatan_id], now)
    return disposisi


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
    """Send a letter to one or more positions. When the sender has it by disposisi, this continues that one.

    Raises InvalidInput for an empty or forbidden target, oneself, an unknown instruction or a late due time.
    """
    letter = get_letter(db, actor, letter_id)
    actor.require(SEND)
    kind = require_post(actor, from_jabatan_id)
    if letter.status == "selesai":
        raise Conflict(N_("Surat ini sudah selesai; disposisi baru tidak dapat dikirim."))
    targets = list(dict.fromkeys(to_jabatan_ids))
    parent = parent_for(db, actor, letter, from_jabatan_id, parent_id)
    due = due or (parent.due_at if parent else due_for(db, letter.derajat, now))
    _check_order(parent, instruksi, catatan, due, now)
    _check_targets(db, letter, parent, from_jabatan_id, targets)
    made = [
        Disposisi(
            surat_id=letter.id,
            parent_id=parent.id if parent else None,
            from_jabatan_id=from_jabatan_id,
            to_jabatan_id=target,
            instruksi=list(instruksi),
            catatan=catatan.strip(),
            due_at=due,
            status="dikirim",
            sent_by=actor.account_id,
            sent_as=kind,
            sent_at=now,
        )
        for target in targets
    ]
    db.add_all(made)
    if letter.status == "dicatat":
        letter.status = "didisposisi"
    if parent is not None:
        _move(db, parent, "diteruskan", now)
    db.flush()
    db.refresh(letter, ["disposisi_list"])
    for disposisi in made:
        _tell_addressee(db, letter, disposisi, now)
    _published(db, letter, [from_jabatan_id, *targets], now)
    record(db, actor, "surat.disposisi", f"surat_masuk:{letter.id}", {"to": targets, "parent": parent.id if parent else None})
    return made


def _check_order(parent: Disposisi | None, instruksi: Sequence[str], catatan: str, due: datetime, now: datetime) -> None:
    if not instruksi and not catatan.strip():
        raise InvalidInput(N_("Pilih instruksi atau tulis catatan."), field="instruksi")
    if any(item not in INSTRUKSI for item in instruksi):
        raise InvalidInput(N_("Instruksi ini tidak dikenal."), field="instruksi")
    if due <= now and (parent is None or due != parent.due_at):
        raise InvalidInput(N_("Batas waktu harus di masa depan."), field="due")
    check_child_due(due, parent.due_at if parent else None)


def _check_targets(db: Session, letter: SuratMasuk, parent: Disposisi | None, sender: int, targets: Sequence[int]) -> None:
    if not targets:
        raise InvalidInput(N_("Pilih paling sedikit satu penerima."), field="to")
    if sender in targets:
        raise InvalidInput(N_("Disposisi tidak dapat dikirim kepada diri sendiri."), field="to")
    if not set(targets) <= {jabatan.id for jabatan in targets_below(db, sender)}:
        raise InvalidInput(N_("Disposisi hanya dapat dikirim ke bawah atau kepada kepala unit yang setara."), field="to")
    if set(targets) & set(ancestors(letter, parent)):
        raise InvalidInput(N_("Surat ini datang dari pejabat itu. Kembalikan dengan alasan, atau selesaikan."), field="to")
    if any(d.is_open and d.from_jabatan_id == sender and d.to_jabatan_id in targets for d in letter.disposisi_list):
        raise Conflict(N_("Surat ini sudah Anda disposisikan kepada pejabat itu dan belum selesai."), field="to")


def _move(db: Session, disposisi: Disposisi, to: str, now: datetime, **values: object) -> None:
    """Change the state by one statement that asks for the old one, so that two officers can't both win."""
    if not may_move_disposisi(disposisi.status, to):
        raise Conflict(N_("Disposisi ini sudah berubah. Muat ulang halaman."))
    stamps = {"dibaca": {"read_at": now}, "diproses": {"started_at": now}, "selesai": {"closed_at": now}, "dikembalikan": {"closed_at": now}}
    changes = {"status": to, **stamps.get(to, {}), **values}
    if disposisi.read_at is None:
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


def has_unread(db: Session, actor: Actor, letter_id: int) -> bool:
    unread = select(Disposisi.id).where(Disposisi.surat_id == letter_id, Disposisi.to_jabatan_id.in_(jabatan_ids(actor)), Disposisi.status == "dikirim")
    return db.scalar(unread.limit(1)) is not None


def mark_read(db: Session, actor: Actor, letter_id: int, *, now: datetime) -> int:
    """The addressee opened the letter: note it for every disposisi of theirs that is still unread. Returns how many."""
    letter = get_letter(db, actor, letter_id)
    mine = jabatan_ids(actor)
    unread = [d for d in letter.disposisi_list if d.to_jabatan_id in mine and d.status == "dikirim"]
    for disposisi in unread:
        _move(db, disposisi, "dibaca", now)
        _tell_source(db, letter, "dibaca", disposisi, actor, now)
    if unread:
        _published(db, letter, [d.from_jabatan_id for d in unread], now)
    return len(unread)


def start(db: Session, actor: Actor, disposisi_id: int, *, now: datetime) -> Disposisi:
    """The addressee begins to work on it."""
    disposisi = get_disposisi(db, actor, disposisi_id)
    require_post(actor, disposisi.to_jabatan_id)
    _move(db, disposisi, "diproses", now)
    _tell_source(db, disposisi.surat, "diproses", disposisi, actor, now)
    _published(db, disposisi.surat, [disposisi.from_jabatan_id, disposisi.to_jabatan_id], now)
    return disposisi


def finish(db: Session, actor: Actor, disposisi_id: int, *, result: str, now: datetime) -> Disposisi:
    """Close a disposisi with what was done. Open children stay open and are shown as a warning.

    The letter is finished when every disposisi that came from no other is closed and one of them was done.
    """
    disposisi = get_disposisi(db, actor, disposisi_id)
    require_post(actor, disposisi.to_jabatan_id)
    if len(result.strip()) < 5:
        raise InvalidInput(N_("Tuliskan hasilnya, paling sedikit lima huruf."), field="result")
    _move(db, disposisi, "selesai", now, result=result.strip())
    letter = disposisi.surat
    db.refresh(letter, ["disposisi_list"])
    if all(not d.is_open for d in letter.disposisi_list if d.parent_id is None):
        letter.status, letter.closed_at = "selesai", now
    _tell_closed(db, actor, disposisi, "finished", "surat.disposisi_done", now)
    return disposisi


def send_back(db: Session, actor: Actor, disposisi_id: int, *, reason: str, now: datetime) -> Disposisi:
    """Return a disposisi with a reason. When all that began a chain came back, the letter waits at the agenda book again."""
    disposisi = get_disposisi(db, actor, disposisi_id)
    require_post(actor, disposisi.to_jabatan_id)
    if len(reason.strip()) < 5:
        raise InvalidInput(N_("Tuliskan alasan mengapa disposisi dikembalikan."), field="result")
    _move(db, disposisi, "dikembalikan", now, result=reason.strip())
    letter = disposisi.surat
    db.refresh(letter, ["disposisi_list"])
    roots = [d for d in letter.disposisi_list if d.parent_id is None]
    if all(d.status == "dikembalikan" for d in roots):
        letter.status = "dicatat"
    _tell_closed(db, actor, disposisi, "returned", "surat.disposisi_returned", now)
    return disposisi


def _tell_closed(db: Session, actor: Actor, disposisi: Disposisi, template: str, what: str, now: datetime) -> None:
    """Whoever sent a disposisi, and the application that the letter came from, hear what became of it."""
    letter = disposisi.surat
    if disposisi.parent_id is None:
        _tell_source(db, letter, disposisi.status, disposisi, actor, now)
    _tell_sender(db, letter, disposisi, f"kerja_surat/notify/{template}", now)
    _published(db, letter, [disposisi.from_jabatan_id, disposisi.to_jabatan_id], now)
    if actor.account_id:
        touch(db, actor.account_id)
    record(db, actor, what, f"disposisi:{disposisi.id}", {})


def open_children(letter: SuratMasuk, disposisi: Disposisi) -> list[Disposisi]:
    return [child for child in letter.disposisi_list if child.parent_id == disposisi.id and child.is_open]


def waiting_disposisi(actor: Actor):
    """What waits for the positions that `actor` holds today."""
    return select(Disposisi).where(Disposisi.to_jabatan_id.in_(jabatan_ids(actor)), Disposisi.status.not_in(CLOSED))


def my_disposisi(db: Session, actor: Actor, *, limit: int = 100) -> list[Disposisi]:
    """The nearest deadline first; what was passed on and waits for others comes last."""
    query = waiting_disposisi(actor).options(joinedload(Disposisi.surat))
    return list(db.scalars(query.order_by(Disposisi.status == "diteruskan", Disposisi.due_at, Disposisi.id).limit(limit)))


def count_waiting(db: Session, actor: Actor) -> int:
    return db.scalar(waiting_disposisi(actor).where(Disposisi.status != "diteruskan").with_only_columns(func.count())) or 0


def sent_by_me(db: Session, actor: Actor, *, limit: int = 20) -> list[Disposisi]:
    """What positions of `actor` sent and is not done yet: where a letter lies, and whether it was read."""
    query = select(Disposisi).options(joinedload(Disposisi.surat)).where(Disposisi.from_jabatan_id.in_(jabatan_ids(actor)), Disposisi.status.not_in(CLOSED))
    return list(db.scalars(query.order_by(Disposisi.due_at, Disposisi.id).limit(limit)))


# ----------------------------------------------------------------------------------------------------- who hears of it


def _subject(letter: SuratMasuk) -> str:
    """What may leave the application: the subject of a secret letter may not."""
    return "" if letter.sifat in SECRET else letter.perihal


def _tell_addressee(db: Session, letter: SuratMasuk, disposisi: Disposisi, now: datetime) -> None:
    notify(
        db,
        topic="surat.disposisi",
        to=holders_of(db, disposisi.to_jabatan_id, now.date()),
        template="kerja_surat/notify/disposisi",
        context={"perihal": _subject(letter), "derajat": letter.derajat, "due": disposisi.due_at},
        url=url("surat:kerja.masuk.show", id=letter.id),
        key=f"disposisi:{disposisi.id}",
    )


def _tell_sender(db: Session, letter: SuratMasuk, disposisi: Disposisi, template: str, now: datetime) -> None:
    to = holders_of(db, disposisi.from_jabatan_id, now.date()) if disposisi.from_jabatan_id else [disposisi.sent_by] if disposisi.sent_by else []
    notify(
        db,
        topic="surat.disposisi",
        to=to,
        template=template,
        context={"perihal": _subject(letter), "result": "" if letter.sifat in SECRET else disposisi.result},
        url=url("surat:kerja.masuk.show", id=letter.id),
        key=f"disposisi:{disposisi.id}:{disposisi.status}",
    )


def _tell_source(db: Session, letter: SuratMasuk, result: str, disposisi: Disposisi, actor: Actor, now: datetime) -> None:
    """Let the application that sent the matter here hear how it goes."""
    if not letter.source.startswith("aplikasi:") or letter.source_ref is None:
        return
    outbox.tell(
        db,
        "disposisi_finished",
        key=f"surat:{letter.id}:{disposisi.id}:{result}",
        source=letter.source.removeprefix("aplikasi:"),
        berkas_id=letter.source_ref,
        result=result,
        note=disposisi.result,
        actor_id=actor.account_id,
        at=now,
    )


def _published(db: Session, letter: SuratMasuk, jabatan_list: Iterable[int | None], now: datetime) -> None:
    """Open pages of the letter, of its unit and of everyone concerned show the change."""
    live.publish(db, f"surat:{letter.id}")
    live.publish(db, f"surat-unit:{letter.opd_id}")
    for jabatan_id in dict.fromkeys(j for j in jabatan_list if j is not None):
        for account_id in holders_of(db, jabatan_id, now.date()):
            live.publish(db, f"surat-meja:{account_id}")

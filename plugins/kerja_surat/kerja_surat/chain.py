"""Who may be sent to: down the line of command and across to the heads of peer units."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, PermissionRefused
from pendopo.identity import Actor, Jabatan, Post

from .models import Disposisi, SuratMasuk
from .rules import SECRET

SEND = "surat.disposisi"


def targets_below(db: Session, jabatan_id: int) -> list[Jabatan]:
    """To whom the holder of `jabatan_id` may send: everyone below in the line, and heads of peer units.

    A peer has the same superior and leads a unit: another OPD, or a part of the same one when the sender leads one too.
    """
    jabatan_list = {jabatan.id: jabatan for jabatan in db.scalars(select(Jabatan).order_by(Jabatan.id))}
    me = jabatan_list.get(jabatan_id)
    if me is None:
        return []
    children: dict[int | None, list[int]] = {}
    for jabatan in jabatan_list.values():
        children.setdefault(jabatan.atasan_id, []).append(jabatan.id)
    found: list[int] = []
    waiting = list(children.get(jabatan_id, []))
    while waiting:
        child = waiting.pop(0)
        if child not in found:
            found.append(child)
            waiting += children.get(child, [])
    siblings = [jabatan_list[i] for i in children.get(me.atasan_id, [])] if me.atasan_id else []
    peers = [p.id for p in siblings if p.id != me.id and (p.opd_id != me.opd_id or (me.eselon and p.eselon))]
    return [jabatan_list[i] for i in dict.fromkeys([*found, *peers])]


def head_of(db: Session, opd_id: int) -> Jabatan | None:
    """The position that leads an OPD: the one in it whose superior sits elsewhere or nowhere."""
    here = db.scalars(select(Jabatan).where(Jabatan.opd_id == opd_id).order_by(Jabatan.id)).all()
    ids = {jabatan.id for jabatan in here}
    return next((jabatan for jabatan in here if jabatan.atasan_id not in ids), None)


def leaders_of(db: Session, opd_id: int) -> list[Jabatan]:
    """Before whom the agenda book of an OPD lays letters: its head, those above, then who leads a part of it."""
    head = head_of(db, opd_id)
    if head is None:
        return []
    line = [head]
    while (above := db.get(Jabatan, line[-1].atasan_id) if line[-1].atasan_id else None) is not None and above not in line:
        line.append(above)
    parts = db.scalars(select(Jabatan).where(Jabatan.opd_id == opd_id, Jabatan.eselon.is_not(None)).order_by(Jabatan.eselon, Jabatan.id))
    return list(dict.fromkeys([*line, *parts]))


def held_post(actor: Actor, jabatan_id: int) -> Post | None:
    return next((post for post in actor.posts if post.jabatan_id == jabatan_id), None)


def require_post(actor: Actor, jabatan_id: int) -> str:
    """How `actor` holds `jabatan_id` today: "", plt or plh. Raises PermissionRefused when they don't."""
    if actor.kind == "sistem":
        return ""
    post = held_post(actor, jabatan_id)
    if post is None:
        raise PermissionRefused(N_("Disposisi ini ditujukan kepada pejabat lain."))
    return "" if post.kind == "definitif" else post.kind


def parent_for(db: Session, actor: Actor, letter: SuratMasuk, sender: int, parent_id: int | None) -> Disposisi | None:
    """The disposisi that a new one from `sender` continues; None when it begins a chain, which only the letter's own office may."""
    received = [d for d in letter.disposisi_list if d.to_jabatan_id == sender]
    if parent_id is not None:
        parent = next((d for d in received if d.id == parent_id), None)
        if parent is None:
            raise InvalidInput(N_("Disposisi induknya bukan milik Anda."), field="to")
        if not parent.is_open:
            raise Conflict(N_("Disposisi ini sudah selesai."))
    else:
        parent = next((d for d in reversed(received) if d.is_open), None)
    if letter.sifat in SECRET and received and (parent is None or parent.from_jabatan_id is not None):
        raise InvalidInput(N_("Surat rahasia tidak boleh diteruskan."), field="to")
    if parent is None:
        actor.require(SEND, letter.opd_id)
    return parent


def ancestors(letter: SuratMasuk, parent: Disposisi | None) -> list[int]:
    """Positions that the letter passed on its way down to `parent`."""
    known = {d.id: d for d in letter.disposisi_list}
    found = []
    while parent is not None:
        found += [parent.to_jabatan_id, *([parent.from_jabatan_id] if parent.from_jabatan_id else [])]
        parent = known.get(parent.parent_id) if parent.parent_id else None
    return found


def may_forward(letter: SuratMasuk, disposisi: Disposisi) -> bool:
    return disposisi.is_open and (letter.sifat not in SECRET or disposisi.from_jabatan_id is None)

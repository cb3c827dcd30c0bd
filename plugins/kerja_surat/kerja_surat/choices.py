"""Names for menus of choices: positions, offices, people."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo import _
from pendopo.identity import Account, Actor, Jabatan, Opd

from .agenda import AGENDA
from .chain import leaders_of, targets_below
from .registers import jabatan_ids

LEADERS = ("kepala_daerah", "I.a", "I.b", "II.a", "II.b", "III.a")
RANKS = (*LEADERS, "III.b", "IV.a", "IV.b")
Choice = tuple[int, str]


def _rank(jabatan: Jabatan) -> tuple[int, int]:
    return (RANKS.index(jabatan.eselon) if jabatan.eselon in RANKS else len(RANKS), jabatan.id)


def jabatan_names(db: Session) -> dict[int, str]:
    return {row.id: row.name for row in db.execute(select(Jabatan.id, Jabatan.name))}


def opd_names(db: Session) -> dict[int, str]:
    return {row.id: row.name for row in db.execute(select(Opd.id, Opd.name))}


def account_names(db: Session, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {i for i in ids if i is not None}
    return {row.id: row.name for row in db.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))}


def opd_where(db: Session, actor: Actor, permission: str) -> list[Choice]:
    """Offices where `actor` holds `permission`, their own first."""
    scope = actor.opd_scope(permission)
    query = select(Opd.id, Opd.name).order_by(Opd.name)
    if scope is not None:
        query = query.where(Opd.id.in_(scope))
    return sorted(((row.id, row.name) for row in db.execute(query)), key=lambda row: row[0] not in actor.opd_ids)


def before_whom(db: Session, opd_list: Iterable[int]) -> list[Choice]:
    """Leaders before whom letters of these offices may be laid; 0 is nobody yet."""
    found = {j.id: j.name for opd_id in opd_list for j in leaders_of(db, opd_id)}
    return [(0, _("Belum dinaikkan")), *found.items()]


def my_posts(actor: Actor) -> list[Choice]:
    return [(post.jabatan_id, post.jabatan) for post in actor.posts]


def send_to(db: Session, actor: Actor, without: Iterable[int] = ()) -> list[Choice]:
    """To whom `actor` may send: the nearest first (own subordinates), then further down and peers."""
    targets = {j.id: j for post in actor.posts for j in targets_below(db, post.jabatan_id)}
    mine, skip = set(jabatan_ids(actor)), {*without, *jabatan_ids(actor)}
    ordered = sorted((j for j in targets.values() if j.id not in skip), key=lambda j: (j.atasan_id not in mine, *_rank(j)))
    return [(j.id, j.name) for j in ordered]


def chain_for(db: Session, actor: Actor) -> list[Choice]:
    """Positions that may check or sign a draft of `actor`: their own line from below upwards, then the other leaders."""
    jabatan_list = {j.id: j for j in db.scalars(select(Jabatan))}
    line: list[int] = []
    for post in actor.posts:
        current: int | None = post.jabatan_id
        while current is not None and current not in line:
            line.append(current)
            current = jabatan_list[current].atasan_id if current in jabatan_list else None
    others = sorted((j for j in jabatan_list.values() if j.eselon in LEADERS and j.id not in line), key=_rank)
    return [(i, jabatan_list[i].name) for i in line if i in jabatan_list] + [(j.id, j.name) for j in others]


def reviewers_for(db: Session, actor: Actor) -> list[Choice]:
    """Who may give paraf, from below upwards: heads of part of `actor`'s own OPD, then the line above."""
    jabatan_list = {j.id: j for j in db.scalars(select(Jabatan).order_by(Jabatan.id))}
    above: list[int] = []
    for post in actor.posts:
        current = jabatan_list[post.jabatan_id].atasan_id
        while current is not None and current not in above:
            above.append(current)
            current = jabatan_list[current].atasan_id
    mine = jabatan_ids(actor)
    near = [j for j in jabatan_list.values() if j.opd_id in actor.opd_ids and j.eselon and j.id not in [*above, *mine]]
    near.sort(key=lambda j: (-_rank(j)[0], j.id))
    return [(j.id, j.name) for j in [*near, *(jabatan_list[i] for i in above if i not in mine)]]


def officials(db: Session, actor: Actor) -> list[Choice]:
    """Whose agenda `actor` keeps: leaders of those offices, and their own."""
    scope = actor.opd_scope(AGENDA)
    rows = [j for j in db.scalars(select(Jabatan)) if j.id in jabatan_ids(actor) or (j.eselon in RANKS and (scope is None or j.opd_id in scope))]
    rows = [j for j in rows if scope is not None or j.eselon in LEADERS or j.id in jabatan_ids(actor)]
    return [(j.id, j.name) for j in sorted(rows, key=_rank)]


def stand_ins(db: Session, jabatan_id: int) -> list[Choice]:
    """Who may go in the place of a position; 0 is nobody."""
    return [(0, "–"), *((j.id, j.name) for j in sorted(targets_below(db, jabatan_id), key=_rank))]

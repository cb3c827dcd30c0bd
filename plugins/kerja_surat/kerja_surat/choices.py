"""Names for menus of choices: positions, offices, people."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo.identity import Account, Actor, Jabatan, Opd

from .disposisi import targets_below
from .models import SuratKeluar

LEADERS = ("kepala_daerah", "I.a", "I.b", "II.a", "II.b", "III.a")


def jabatan_names(db: Session) -> dict[int, str]:
    return dict(db.execute(select(Jabatan.id, Jabatan.name)).all())


def opd_names(db: Session) -> dict[int, str]:
    return dict(db.execute(select(Opd.id, Opd.name)).all())


def opd_where(db: Session, actor: Actor, permission: str) -> list[tuple[int, str]]:
    """Offices where `actor` holds `permission`, their own first."""
    scope = actor.opd_scope(permission)
    query = select(Opd.id, Opd.name).order_by(Opd.name)
    if scope is not None:
        query = query.where(Opd.id.in_(scope))
    rows = [(row.id, row.name) for row in db.execute(query)]
    return sorted(rows, key=lambda row: row[0] not in actor.opd_ids)


def chain_for(db: Session, actor: Actor) -> list[tuple[int, str]]:
    """Positions that may check or sign a draft of `actor`: their own line upwards, and the other leaders."""
    jabatan_list = {j.id: j for j in db.scalars(select(Jabatan))}
    line: list[int] = []
    for post in actor.posts:
        current = post.jabatan_id
        while current is not None and current not in line:
            line.append(current)
            current = jabatan_list[current].atasan_id if current in jabatan_list else None
    others = [j.id for j in jabatan_list.values() if j.eselon in LEADERS and j.id not in line]
    return [(i, jabatan_list[i].name) for i in [*line, *others] if i in jabatan_list]


def officials(db: Session) -> list[tuple[int, str]]:
    rows = db.execute(select(Jabatan.id, Jabatan.name).where(Jabatan.eselon.in_(LEADERS)).order_by(Jabatan.eselon, Jabatan.name)).all()
    return [(row.id, row.name) for row in rows]


def below_mine(db: Session, actor: Actor) -> list[tuple[int, str]]:
    found = {j.id: j.name for post in actor.posts for j in targets_below(db, post.jabatan_id)}
    return sorted(found.items(), key=lambda pair: pair[1])


def account_names(db: Session, letter: SuratKeluar) -> dict[int, str]:
    ids = {letter.drafted_by, *(v.written_by for v in letter.versions), *(p.acted_by for p in letter.paraf_list if p.acted_by)}
    return dict(db.execute(select(Account.id, Account.name).where(Account.id.in_(ids))).all())

"""Lists of matters: an officer's desk across all applications, and a citizen's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, false, func, or_, select, true
from sqlalchemy.orm import Session

from ...db import TimestampUTC
from ...identity import Actor, Opd
from ...registry import current
from .. import places
from . import writing
from .models import Berkas
from .reading import SEE_ALL, is_applicant, kind_of, names_of, titled
from .register import read_register
from .views import ClockWords, clock_words
from .workflow import Transition

PER_PAGE = 30
SOON = timedelta(days=2)


@dataclass(frozen=True)
class Row:
    berkas: Berkas
    href: str
    kind_title: str
    icon: str
    state_title: str
    state_tone: str
    clock: ClockWords
    place: str
    office: str = ""  # this and the officer for staff
    officer: str = ""
    bulk: tuple[str, ...] = ()  # slugs of steps that may be done to many


@dataclass(frozen=True)
class Listing:
    rows: list[Row]
    total: int
    page: int
    pages: int


@dataclass(frozen=True)
class Filters:
    """What the officer asked for, as it stands in the address."""

    aplikasi: str = ""
    keadaan: str = ""
    tenggat: str = ""  # lewat, dekat
    milik: str = ""  # saya, belum
    kecamatan: str = ""
    selesai: bool = False
    q: str = ""
    urut: str = ""  # "" is most urgent first; terbaru, terlama: by the day of opening

    @classmethod
    def read(cls, query: Mapping[str, str]) -> Filters:
        """From a query string; what makes no sense is left out."""
        kinds = current().berkas_kinds
        kind = query.get("aplikasi", "") if query.get("aplikasi", "") in kinds else ""
        state = query.get("keadaan", "")[:60]
        return cls(
            kind,
            state if not kind or any(s.slug == state for s in kinds[kind].states) else "",
            _one_of(query.get("tenggat"), "lewat", "dekat"),
            _one_of(query.get("milik"), "saya", "belum"),
            query.get("kecamatan", "") if places.find_place(query.get("kecamatan", "")) else "",
            query.get("selesai") == "1",
            query.get("q", "").strip()[:80],
            _one_of(query.get("urut"), "terbaru", "terlama"),
        )

    @property
    def is_empty(self) -> bool:
        """Is everything shown, in whatever order?"""
        return replace(self, urut="") == Filters()


def _one_of(text: str | None, *known: str) -> str:
    return text if text in known else ""


# ---------------------------------------------------------------------------------------------------------------- whose


def reach(actor: Actor) -> ColumnElement[bool]:
    """The matters that lie on the desk of `actor`: by permission and OPD, and those given to them."""
    if actor.can(SEE_ALL):
        return true()
    everywhere, scoped = _scopes(actor)
    parts: list[ColumnElement[bool]] = [Berkas.officer_id == actor.account_id] if actor.account_id else []
    parts += [Berkas.kind.in_(everywhere)] if everywhere else []
    parts += [_in_scope(kinds, opds) for opds, kinds in scoped]
    return or_(*parts) if parts else false()


def _scopes(actor: Actor) -> tuple[list[str], list[tuple[list[int], list[str]]]]:
    """`(kinds that the actor works on everywhere, [(OPD ids, kinds that they work on there), ...])`."""
    everywhere: list[str] = []
    scoped: dict[tuple[int, ...], list[str]] = {}
    for slug, kind in current().berkas_kinds.items():
        scopes = [actor.opd_scope(permission) for permission in kind.staff_permissions if actor.can(permission)]
        if None in scopes:
            everywhere.append(slug)
        elif scopes:
            scoped.setdefault(tuple(sorted(frozenset().union(*scopes))), []).append(slug)
    return everywhere, [(list(opds), kinds) for opds, kinds in scoped.items()]


def _in_scope(kinds: Any, opds: Any) -> ColumnElement[bool]:
    """Matters of these kinds in these OPD, and those that lie nowhere yet."""
    return and_(Berkas.kind.in_(kinds), or_(Berkas.opd_id.in_(opds), Berkas.opd_id.is_(None)))


def works_in(actor: Actor, opd_id: int) -> bool:
    if opd_id in actor.opd_ids or actor.can(SEE_ALL):
        return True
    return any(actor.can(p, opd_id) for kind in current().berkas_kinds.values() for p in kind.staff_permissions)


def topics_of(actor: Actor) -> list[str]:
    """The live topics of this desk: its OPD, and what lies nowhere yet."""
    scopes: set[int] = set(actor.opd_ids)
    for kind in current().berkas_kinds.values():
        for permission in kind.staff_permissions:
            scopes |= actor.opd_scope(permission) or set()
    return [writing.desk_topic(opd) for opd in sorted(scopes)[:20]] + [writing.desk_topic(None)]


def _chosen(actor: Actor, filters: Filters, now: datetime) -> Select[Any]:
    query = select(Berkas).where(reach(actor), Berkas.is_open.is_(not filters.selesai))
    if filters.aplikasi:
        query = query.where(Berkas.kind == filters.aplikasi)
    if filters.keadaan:
        query = query.where(Berkas.state == filters.keadaan)
    if filters.tenggat == "lewat":
        query = query.where(_overdue(now))
    elif filters.tenggat == "dekat":
        query = query.where(_soon(now))
    if filters.milik == "saya":
        query = query.where(Berkas.officer_id == actor.account_id)
    elif filters.milik == "belum":
        query = query.where(Berkas.officer_id.is_(None))
    if filters.kecamatan:
        query = query.where(Berkas.kecamatan_code == filters.kecamatan)
    if filters.q:
        query = query.where(_matches(filters.q))
    return query


def _overdue(now: datetime) -> ColumnElement[bool]:
    return and_(Berkas.clock == "run", Berkas.due_at < now)


def _soon(now: datetime) -> ColumnElement[bool]:
    return and_(Berkas.clock == "run", Berkas.due_at >= now, or_(Berkas.warn_at <= now, Berkas.due_at <= now + SOON))


def _matches(text: str) -> ColumnElement[bool]:
    register = read_register(text)
    if register:
        return Berkas.register == register
    return or_(Berkas.title.icontains(text, autoescape=True), Berkas.register.icontains(text, autoescape=True))


def list_desk(db: Session, actor: Actor, filters: Filters, *, page: int = 1, now: datetime) -> Listing:
    """The desk as asked for; unless asked otherwise most urgent first, closed matters as they were closed, latest first."""
    query = _chosen(actor, filters, now)
    total = db.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-total // PER_PAGE))
    page = max(1, min(page, pages))
    found = list(db.scalars(query.order_by(*_order(filters)).limit(PER_PAGE).offset((page - 1) * PER_PAGE)))
    return Listing(rows_of(db, actor, found, staff=True, now=now), total, page, pages)


# Whatever waits for nobody here is not urgent, however long ago it was due: a running clock comes first.
_CLOCK_ORDER = case({"run": 0, "pause": 1}, value=Berkas.clock, else_=2)


def _order(filters: Filters) -> list[Any]:
    if filters.urut == "terbaru":
        return [Berkas.opened_at.desc(), Berkas.id.desc()]
    if filters.urut == "terlama":
        return [Berkas.opened_at, Berkas.id]
    if filters.selesai:
        return [Berkas.closed_at.desc(), Berkas.id.desc()]
    return [_CLOCK_ORDER, Berkas.due_at.is_(None), Berkas.due_at, Berkas.id]


def rows_of(db: Session, actor: Actor, found: list[Berkas], *, staff: bool, now: datetime) -> list[Row]:
    offices = _office_names(db, {b.opd_id for b in found if b.opd_id}) if staff else {}
    officers = names_of(db, [b.officer_id for b in found]) if staff else {}
    rows = []
    for berkas in found:
        kind = kind_of(db, berkas)
        state = kind.state(berkas.state)
        href = writing.staff_href(kind, berkas) if staff else writing.citizen_href(kind, berkas)
        bulk = tuple(t.slug for t in bulk_steps(actor, berkas, kind.transitions)) if staff else ()
        rows.append(
            Row(
                berkas,
                href,
                str(titled(kind, kind.title)),
                kind.icon,
                str(titled(kind, state.title)),
                state.tone,
                clock_words(db, berkas, now),
                places.place_name(berkas.desa_code),
                offices.get(berkas.opd_id or 0, ""),
                officers.get(berkas.officer_id or 0, ""),
                bulk,
            )
        )
    return rows


def _office_names(db: Session, ids: set[int]) -> dict[int, str]:
    return {row.id: row.name for row in db.execute(select(Opd.id, Opd.name).where(Opd.id.in_(ids)))} if ids else {}


def bulk_steps(actor: Actor, berkas: Berkas, transitions: tuple[Transition, ...]) -> list[Transition]:
    """Steps that may be done to many and ask for nothing but a note."""
    return [t for t in transitions if t.bulk and not t.required and berkas.state in t.frm and "officer" in t.actors and actor.can(t.permission, berkas.opd_id)]


@dataclass(frozen=True)
class Counts:
    """The desk in numbers; each is a link to the list of it."""

    open: int = 0
    mine: int = 0
    overdue: int = 0
    soon: int = 0
    unassigned: int = 0
    by_kind: list[tuple[str, str, int]] = field(default_factory=list)


def counts(db: Session, actor: Actor, *, now: datetime | None = None) -> Counts:
    """The desk of `actor` in numbers: one query, its statement made once for each shape of a desk."""
    now = now or datetime.now(UTC)
    everywhere, scoped = _scopes(actor)
    given = {"me": actor.account_id, "now": now, "soon": now + SOON, "everywhere": everywhere}
    for number, (opds, kinds) in enumerate(scoped):
        given |= {f"kinds_{number}": kinds, f"opds_{number}": opds}
    rows = db.execute(_counting(actor.can(SEE_ALL), len(scoped)), given).all()
    known = current().berkas_kinds
    return Counts(
        *(sum(row[column] for row in rows) for column in range(1, 6)),
        [(row[0], str(titled(known[row[0]], known[row[0]].title)), row[1]) for row in rows if row[0] in known],
    )


@lru_cache(maxsize=64)
def _counting(sees_all: bool, scopes: int) -> Select[Any]:
    """Open matters of a desk by kind, most first: all, mine, overdue, soon due, without officer."""
    now, me = bindparam("now", type_=TimestampUTC), bindparam("me", type_=Integer)
    running = Berkas.clock == "run"
    soon = or_(Berkas.warn_at <= now, Berkas.due_at <= bindparam("soon", type_=TimestampUTC))
    theirs = [Berkas.officer_id == me, Berkas.kind.in_(bindparam("everywhere", expanding=True))]
    theirs += [_in_scope(bindparam(f"kinds_{n}", expanding=True), bindparam(f"opds_{n}", expanding=True)) for n in range(scopes)]
    return (
        select(
            Berkas.kind,
            func.count(),
            func.count().filter(Berkas.officer_id == me),
            func.count().filter(running, Berkas.due_at < now),
            func.count().filter(running, Berkas.due_at >= now, soon),
            func.count().filter(Berkas.officer_id.is_(None)),
        )
        .where(Berkas.is_open, true() if sees_all else or_(*theirs))
        .group_by(Berkas.kind)
        .order_by(func.count().desc(), Berkas.kind)
    )


_WAITING = select(func.count()).select_from(Berkas).where(Berkas.officer_id == bindparam("me"), Berkas.is_open)
_OPEN_OF = select(func.count()).select_from(Berkas).where(Berkas.applicant_id == bindparam("citizen"), Berkas.is_open)
_COUNT_OF = select(func.count()).select_from(Berkas).where(Berkas.applicant_id == bindparam("citizen"))
_OF = (
    select(Berkas, func.count().over())
    .where(Berkas.applicant_id == bindparam("citizen"))
    .order_by(Berkas.is_open.desc(), Berkas.moved_at.desc(), Berkas.id.desc())
    .limit(bindparam("most", type_=Integer))
    .offset(bindparam("skip", type_=Integer))
)


def count_waiting(db: Session, actor: Actor) -> int:
    """For the badge: what is given to this officer and open."""
    return db.scalar(_WAITING, {"me": actor.account_id}) or 0


def count_open_of(db: Session, citizen_id: int | None) -> int:
    """For the badge: a citizen's open matters."""
    return db.scalar(_OPEN_OF, {"citizen": citizen_id}) or 0


def my_berkas(db: Session, actor: Actor, *, page: int = 1, limit: int = PER_PAGE, now: datetime | None = None) -> Listing:
    """A citizen's matters across all applications, open ones first. A page past the last one is the last one."""
    now = now or datetime.now(UTC)
    found = db.execute(_OF, {"citizen": actor.citizen_id, "most": limit, "skip": (page - 1) * limit}).all()
    if not found and page > 1:
        total = db.scalar(_COUNT_OF, {"citizen": actor.citizen_id}) or 0
        return my_berkas(db, actor, page=max(1, -(-total // limit)), limit=limit, now=now)
    total = found[0][1] if found else 0
    return Listing(rows_of(db, actor, [row[0] for row in found], staff=False, now=now), total, page, max(1, -(-total // limit)))


def search(db: Session, actor: Actor, text: str, limit: int) -> list[Berkas]:
    mine = Berkas.applicant_id == actor.citizen_id
    where = or_(mine, reach(actor)) if actor.is_staff else mine
    return list(db.scalars(select(Berkas).where(where, _matches(text)).order_by(Berkas.moved_at.desc()).limit(limit)))


def href_for(db: Session, actor: Actor, berkas: Berkas) -> str:
    kind = kind_of(db, berkas)
    return writing.citizen_href(kind, berkas) if is_applicant(actor, berkas) else writing.staff_href(kind, berkas)


def state_title(db: Session, berkas: Berkas) -> str:
    kind = kind_of(db, berkas)
    return str(titled(kind, kind.state(berkas.state).title))

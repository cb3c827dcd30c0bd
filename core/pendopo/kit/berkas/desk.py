"""Lists of matters: an officer's desk across all applications, and a citizen's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, false, func, join, literal, literal_column, or_, select, true, union_all
from sqlalchemy.orm import Session

from ...db import TimestampUTC
from ...i18n import format_number
from ...identity import Actor, Opd
from ...registry import current
from .. import places
from . import writing
from .models import Berkas
from .reading import SEE_ALL, is_applicant, kind_of, names_of, titled
from .searching import matches
from .views import ClockWords, clock_words
from .workflow import Transition

PER_PAGE = 30
MOST_COUNTED = 1000  # a longer list is "1.000+"
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

    @property
    def is_counted(self) -> bool:
        """Is `total` how many there are, and `pages` the last page? Else there are more, and one page more."""
        return self.total <= MOST_COUNTED


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
        scope = actor.opd_scope(*kind.staff_permissions)
        if scope is None:
            everywhere.append(slug)
        elif scope:
            scoped.setdefault(tuple(sorted(scope)), []).append(slug)
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
    theirs = Berkas.officer_id == (actor.account_id or 0) if filters.milik == "saya" else reach(actor)
    query = select(Berkas).where(theirs, ~Berkas.is_open if filters.selesai else Berkas.is_open)
    if filters.aplikasi:
        query = query.where(Berkas.kind == filters.aplikasi)
    if filters.keadaan:
        query = query.where(Berkas.state == filters.keadaan)
    if filters.tenggat == "lewat":
        query = query.where(_overdue(now))
    elif filters.tenggat == "dekat":
        near = _soon(now, now + SOON)
        query = query.join(near, near.c.id == Berkas.id)
    if filters.milik == "belum":
        query = query.where(Berkas.officer_id.is_(None))
    if filters.kecamatan:
        query = query.where(Berkas.kecamatan_code == filters.kecamatan)
    if filters.q:
        query = query.where(matches(filters.q))
    return query


# Whatever waits for nobody here is not urgent, however long ago it was due: a running clock comes first.
# Written as the index ix_core_berkas_urgent has them, or it would not be used.
_urgency = literal_column("(CASE clock WHEN 'run' THEN 0 WHEN 'pause' THEN 1 ELSE 2 END)", Integer)
_never_due = literal_column("(CASE WHEN due_at IS NULL THEN 1 ELSE 0 END)", Integer)
_RUNNING = and_(_urgency == 0, _never_due == 0)


def _overdue(now: Any) -> ColumnElement[bool]:
    return and_(_RUNNING, Berkas.due_at < now)


def _soon(now: Any, soon: Any) -> Any:
    """The ids of what is due by `soon`, or later and told to be near (escalation.py).

    To be joined. Each half has its index: to look at all that is not yet due takes too long.
    """
    running = select(Berkas.id).where(Berkas.is_open, _RUNNING)
    told = running.where(literal_column("escalation = 1"), Berkas.due_at > soon)
    return union_all(running.where(Berkas.due_at >= now, Berkas.due_at <= soon), told).subquery()


def list_desk(db: Session, actor: Actor, filters: Filters, *, page: int = 1, now: datetime) -> Listing:
    """The desk as asked for; unless asked otherwise most urgent first, closed matters as they were closed, latest first.

    More than MOST_COUNTED are not counted: ids come from an index, in order, until there are enough of them.
    """
    ordered = _chosen(actor, filters, now).with_only_columns(Berkas.id).order_by(*_order(filters))
    first = list(db.scalars(ordered.limit(MOST_COUNTED + 1)))
    total, start = len(first), (page - 1) * PER_PAGE
    if total <= MOST_COUNTED or start + PER_PAGE <= MOST_COUNTED:
        pages = max(1, -(-total // PER_PAGE))
        page = max(1, min(page, pages))
        ids = first[(page - 1) * PER_PAGE : page * PER_PAGE]
    else:
        ids = list(db.scalars(ordered.limit(PER_PAGE + 1).offset(start)))
        if not ids:
            return list_desk(db, actor, filters, page=MOST_COUNTED // PER_PAGE, now=now)
        pages, ids = page + (len(ids) > PER_PAGE), ids[:PER_PAGE]
    found = {berkas.id: berkas for berkas in db.scalars(select(Berkas).where(Berkas.id.in_(ids)))}
    return Listing(rows_of(db, actor, [found[n] for n in ids if n in found], staff=True, now=now), total, page, pages)


def _order(filters: Filters) -> list[Any]:
    if filters.urut == "terbaru":
        return [Berkas.opened_at.desc(), Berkas.id.desc()]
    if filters.urut == "terlama":
        return [Berkas.opened_at, Berkas.id]
    if filters.selesai:
        return [Berkas.closed_at.desc(), Berkas.id.desc()]
    return [_urgency, _never_due, Berkas.due_at, Berkas.id]


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
    """The desk in numbers; each is a link to the list of it. One more than MOST_COUNTED stands for any more."""

    open: int = 0
    mine: int = 0
    overdue: int = 0
    soon: int = 0
    unassigned: int = 0


def shown(count: int) -> str:
    """A count as it is written: beyond MOST_COUNTED only that there are more."""
    return f"{format_number(MOST_COUNTED)}+" if count > MOST_COUNTED else format_number(count)


def counts(db: Session, actor: Actor, *, now: datetime | None = None) -> Counts:
    """The desk of `actor` in numbers: one query, its statement made once for each shape of a desk."""
    now = now or datetime.now(UTC)
    everywhere, scoped = _scopes(actor)
    return Counts(*db.execute(_counting(actor.can(SEE_ALL), len(scoped)), _given(actor, everywhere, scoped, now)).one())


def count_open(db: Session, *where: ColumnElement[bool]) -> int:
    """How many open matters hold to `where`, counted only to MOST_COUNTED and one: for badges and cards."""
    return db.scalar(select(_at_most(*where))) or 0


def by_kind(db: Session, actor: Actor) -> list[tuple[str, str, int]]:
    """`(slug, title, count)` of the open matters of each kind on the desk, most first."""
    everywhere, scoped = _scopes(actor)
    known = current().berkas_kinds
    rows = db.execute(_counting_kinds(actor.can(SEE_ALL), len(scoped), tuple(known)), _given(actor, everywhere, scoped, datetime.now(UTC))).all()
    return sorted(((slug, str(titled(known[slug], known[slug].title)), count) for slug, count in rows if count), key=lambda row: (-row[2], row[0]))


def _given(actor: Actor, everywhere: list[str], scoped: list[tuple[list[int], list[str]]], now: datetime) -> dict[str, Any]:
    given = {"me": actor.account_id, "now": now, "soon": now + SOON, "everywhere": everywhere}
    for number, (opds, kinds) in enumerate(scoped):
        given |= {f"kinds_{number}": kinds, f"opds_{number}": opds}
    return given


def _reach_of(sees_all: bool, scopes: int) -> ColumnElement[bool]:
    """`reach` with places for whose desk it is."""
    if sees_all:
        return true()
    theirs = [Berkas.officer_id == bindparam("me", type_=Integer), Berkas.kind.in_(bindparam("everywhere", expanding=True))]
    theirs += [_in_scope(bindparam(f"kinds_{n}", expanding=True), bindparam(f"opds_{n}", expanding=True)) for n in range(scopes)]
    return or_(*theirs)


def _at_most(*where: ColumnElement[bool], of: Any = Berkas) -> Any:
    """How many open matters hold to `where`, counted only to MOST_COUNTED and one: enough for an officer, and quick."""
    some = select(literal_column("1")).select_from(of).where(Berkas.is_open, *where).limit(MOST_COUNTED + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


@lru_cache(maxsize=64)
def _counting(sees_all: bool, scopes: int) -> Select[Any]:
    """Open matters of a desk: all, mine, overdue, soon due, without officer."""
    now, soon, me = bindparam("now", type_=TimestampUTC), bindparam("soon", type_=TimestampUTC), bindparam("me", type_=Integer)
    theirs = _reach_of(sees_all, scopes)
    mine = Berkas.officer_id == me  # these lie on the desk for whoever they are given to
    near = _soon(now, soon)
    wanted = (
        _at_most(theirs),
        _at_most(mine),
        _at_most(theirs, _overdue(now)),
        _at_most(theirs, of=join(near, Berkas, near.c.id == Berkas.id)),
        _at_most(theirs, Berkas.officer_id.is_(None)),
    )
    return select(*(count.label(f"n{number}") for number, count in enumerate(wanted)))


@lru_cache(maxsize=64)
def _counting_kinds(sees_all: bool, scopes: int, kinds: tuple[str, ...]) -> Any:
    theirs = _reach_of(sees_all, scopes)
    return union_all(*(select(literal(kind), _at_most(Berkas.kind == kind, theirs)) for kind in kinds))


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
    return list(db.scalars(select(Berkas).where(where, matches(text)).order_by(Berkas.moved_at.desc()).limit(limit)))


def href_for(db: Session, actor: Actor, berkas: Berkas) -> str:
    kind = kind_of(db, berkas)
    return writing.citizen_href(kind, berkas) if is_applicant(actor, berkas) else writing.staff_href(kind, berkas)


def state_title(db: Session, berkas: Berkas) -> str:
    kind = kind_of(db, berkas)
    return str(titled(kind, kind.state(berkas.state).title))

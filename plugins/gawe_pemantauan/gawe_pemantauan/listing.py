"""Which proposals an officer sees, by stage, programme and place; and the ranking of a programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from pendopo.identity import Actor
from pendopo.kit.berkas import Berkas, read_register
from pendopo.kit.calendar import CalendarNotLoaded, calendar_for
from pendopo.kit.places import find_place

from .kind import KINDS
from .models import Lembaga, Program, Proposal, Tanda
from .options import option
from .rules import JENIS, is_silent
from .stages import AUDIT, CONFIRM_CAMAT, CONFIRM_DESA, DECIDE, EVERY, PAY, READ, STATE, SURVEY, TAPD, VERIFY, WITH_APPLICANT

PER_PAGE = 25
KIND_SLUGS = tuple(kind.slug for kind in KINDS)
WORK = {  # stages as officers speak of them, and who works there
    "desa": (("diajukan",), CONFIRM_DESA),
    "camat": (("konfirmasi_camat", "dilaporkan"), CONFIRM_CAMAT),
    "administrasi": (("cek_administrasi",), VERIFY),
    "lapangan": (("disposisi", "verifikasi_lapangan", "asesmen"), SURVEY),
    "rekomendasi": (("rekomendasi_opd",), SURVEY),
    "tapd": (("pertimbangan_tapd",), TAPD),
    "penetapan": (("masuk_anggaran", "menunggu_sk"), DECIDE),
    "pencairan": (("ditetapkan", "pencairan"), PAY),
    "laporan": (("lpj_diperiksa",), PAY),
}


@dataclass(frozen=True)
class Filters:
    """What somebody asked for in the address; strange values are as if they were not there."""

    text: str = ""
    stage: str = ""
    state: str = ""
    jenis: str = ""
    program_id: int | None = None
    kecamatan: str = ""
    silent: bool = False
    flagged: bool = False
    mine: bool = False
    page: int = 1

    @property
    def is_empty(self) -> bool:
        return self == Filters(page=self.page)


def read_filters(query: Mapping[str, str]) -> Filters:
    def known(name: str, values: Any) -> str:
        return query.get(name, "") if query.get(name, "") in values else ""

    def whole(name: str, most: int) -> int | None:
        text = query.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 and 0 < int(text) <= most else None

    place = find_place(query.get("kecamatan", "")[:8])
    return Filters(
        query.get("q", "").strip()[:80],
        known("tahap", WORK),
        known("status", STATE),
        known("jenis", JENIS),
        whole("program", 2**31 - 1),
        place.code if place is not None and place.kind == "kecamatan" else "",
        query.get("diam", "") == "1",
        query.get("tanda", "") == "1",
        query.get("saya", "") == "1",
        whole("halaman", 100_000) or 1,
    )


def scope_of(actor: Actor, permissions: tuple[str, ...] = EVERY) -> frozenset[int] | None:
    """OPD whose proposals this officer may read; None is every one."""
    scopes = [actor.opd_scope(permission) for permission in permissions]
    return None if None in scopes else frozenset().union(*(scope for scope in scopes if scope is not None))


def in_scope(query: Select[Any], actor: Actor, permissions: tuple[str, ...] = EVERY) -> Select[Any]:
    scope = scope_of(actor, permissions)
    if scope is None:
        return query
    return query.where(or_(Berkas.opd_id.in_(scope) if scope else false(), Berkas.officer_id == actor.account_id))


def like(text: str, *columns: Any) -> Any:
    """Every word somewhere in the columns; `%` and `_` are letters like others."""
    parts = []
    for word in text.casefold().split()[:6]:
        pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        parts.append(or_(*(func.lower(column).like(pattern, escape="\\") for column in columns)))
    return and_(*parts)


def silent_before(db: Session, now: datetime) -> datetime:
    """Who was moved last before this moment has been silent for more working days than the setting allows."""
    calendar, limit = calendar_for(db), int(option(db, "diam_hk"))
    day = calendar.local(now).date()
    try:
        while limit >= 0:
            limit -= calendar.is_working(day)
            day -= timedelta(days=1)
    except CalendarNotLoaded:
        return now - timedelta(days=int(option(db, "diam_hk")) * 7 // 5 + 1)
    return calendar.at(day + timedelta(days=1), calendar.close.replace(hour=0, minute=0))


def proposals(db: Session, actor: Actor, wanted: Filters, *, now: datetime) -> Select[tuple[Proposal]]:
    """What lies in the offices where this person may read, and was given to them."""
    query = in_scope(select(Proposal).join(Proposal.berkas).join(Proposal.program).outerjoin(Proposal.lembaga), actor)
    if wanted.stage:
        query = query.where(Berkas.state.in_(WORK[wanted.stage][0]))
    if wanted.state:
        query = query.where(Berkas.state == wanted.state)
    if wanted.jenis:
        query = query.where(Program.jenis == wanted.jenis)
    if wanted.program_id:
        query = query.where(Proposal.program_id == wanted.program_id)
    if wanted.kecamatan:
        query = query.where(Berkas.kecamatan_code == wanted.kecamatan)
    if wanted.silent:
        query = query.where(Berkas.is_open, Berkas.state.not_in(WITH_APPLICANT), Berkas.moved_at < silent_before(db, now))
    if wanted.flagged:
        query = query.where(select(Tanda.id).where(Tanda.berkas_id == Proposal.berkas_id, Tanda.cleared_at.is_(None)).exists())
    if wanted.mine:
        query = query.where(Berkas.officer_id == actor.account_id, Berkas.is_open)
    if wanted.text:
        register = read_register(wanted.text)
        query = query.where(Berkas.register == register if register else like(wanted.text, Berkas.title, Lembaga.name))
    return query


@dataclass
class Page:
    rows: list[Proposal]
    total: int
    number: int
    pages: int


def turn(db: Session, query: Select[tuple[Proposal]], number: int, *, per_page: int = PER_PAGE) -> Page:
    """One page, the longest silent first; a number behind the end shows the last one."""
    total = db.scalar(query.with_only_columns(func.count(Proposal.berkas_id), maintain_column_froms=True).order_by(None)) or 0
    pages = max(1, -(-total // per_page))
    number = min(number, pages)
    rows = db.scalars(query.order_by(Berkas.is_open.desc(), Berkas.moved_at, Proposal.berkas_id).limit(per_page).offset((number - 1) * per_page))
    return Page(list(rows.unique()), total, number, pages)


def stage_counts(db: Session, actor: Actor) -> dict[str, int]:
    """How many lie in each stage that this officer may read."""
    query = in_scope(select(Berkas.state, func.count()).where(Berkas.kind.in_(KIND_SLUGS), Berkas.is_open), actor).group_by(Berkas.state)
    counts = {row[0]: row[1] for row in db.execute(query)}
    return {stage: sum(counts.get(state, 0) for state in states) for stage, (states, _permission) in WORK.items()}


def waiting_count(db: Session, actor: Actor, permissions: tuple[str, ...]) -> int:
    """How many proposals wait for a step that this officer may take."""
    waiting = []
    for states, permission in WORK.values():
        if permission in permissions and actor.can(permission):
            scope = actor.opd_scope(permission)
            here = Berkas.state.in_(states)
            waiting.append(here if scope is None else and_(here, Berkas.opd_id.in_(scope)))
    if not waiting:
        return 0
    return db.scalar(select(func.count()).select_from(Berkas).where(Berkas.kind.in_(KIND_SLUGS), Berkas.is_open, or_(*waiting))) or 0


def to_confirm(db: Session, actor: Actor) -> list[Proposal]:
    """What waits for the word of this officer's desa or kecamatan."""
    waiting = []
    for stage in ("desa", "camat"):
        states, permission = WORK[stage]
        scope = actor.opd_scope(permission)
        if actor.can(permission):
            here = Berkas.state.in_(states)
            waiting.append(here if scope is None else and_(here, Berkas.opd_id.in_(scope)))
    if not waiting:
        return []
    return list(db.scalars(select(Proposal).join(Proposal.berkas).where(or_(*waiting)).order_by(Berkas.moved_at).limit(100)).unique())


def ranking(db: Session, program_id: int) -> list[Proposal]:
    """The proposals of a programme that are in the field or behind it and not yet decided, the best score first."""
    states = ("verifikasi_lapangan", "rekomendasi_opd", "pertimbangan_tapd", "masuk_anggaran", "asesmen", "menunggu_sk")
    query = select(Proposal).join(Proposal.berkas).where(Proposal.program_id == program_id, Berkas.state.in_(states))
    return list(db.scalars(query.order_by(Proposal.score.is_(None), Proposal.score.desc(), Proposal.sent_at, Proposal.berkas_id)).unique())


def silent_days(db: Session, berkas: Berkas, now: datetime) -> int | None:
    """Working days since the matter moved last; None when the calendar can't say, or it is closed."""
    if not berkas.is_open:
        return None
    calendar = calendar_for(db)
    try:
        return calendar.working_days_between(calendar.local(berkas.moved_at).date(), calendar.local(now).date())
    except CalendarNotLoaded:
        return None


def is_amber(db: Session, berkas: Berkas, now: datetime) -> bool:
    """Has the office that has it been silent for too long?"""
    return berkas.state not in WITH_APPLICANT and is_silent(silent_days(db, berkas, now), int(option(db, "diam_hk")))


def require_reader(actor: Actor) -> None:
    """Whoever may read proposals of some office; raises PermissionRefused for other staff."""
    if scope_of(actor) == frozenset():
        actor.require(READ)


def may_audit(actor: Actor) -> bool:
    return actor.can(AUDIT)


def proposals_of(db: Session, account_id: int | None, limit: int = 50) -> list[Proposal]:
    if account_id is None:
        return []
    query = select(Proposal).join(Proposal.berkas).where(Berkas.applicant_id == account_id).order_by(Berkas.is_open.desc(), Proposal.sent_at.desc())
    return list(db.scalars(query.limit(limit)).unique())

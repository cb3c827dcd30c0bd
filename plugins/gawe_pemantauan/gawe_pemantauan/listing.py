"""Which proposals an officer sees, by stage, programme and place; and the ranking of a programme."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from pendopo.identity import Actor
from pendopo.kit import listing
from pendopo.kit.berkas import Berkas, BerkasEvent, lies_with, read_register
from pendopo.kit.calendar import CalendarNotLoaded, calendar_for
from pendopo.kit.listing import Asked, Page, matches

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


FROM_OFFICE = (BerkasEvent.kind == "message", BerkasEvent.by != "applicant")


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
    asked = Asked(query)
    return Filters(
        text=asked.text(),
        stage=asked.one_of("tahap", WORK),
        state=asked.one_of("status", STATE),
        jenis=asked.one_of("jenis", JENIS),
        program_id=asked.whole("program"),
        kecamatan=asked.kecamatan(),
        silent=asked.is_ticked("diam"),
        flagged=asked.is_ticked("tanda"),
        mine=asked.is_ticked("saya"),
        page=asked.page,
    )


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
    query = select(Proposal).join(Proposal.berkas).join(Proposal.program).outerjoin(Proposal.lembaga).where(lies_with(actor, *EVERY))
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
        before = silent_before(db, now)
        heard = select(BerkasEvent.id).where(BerkasEvent.berkas_id == Berkas.id, BerkasEvent.at >= before, *FROM_OFFICE)
        query = query.where(Berkas.is_open, Berkas.state.not_in(WITH_APPLICANT), Berkas.moved_at < before, ~heard.exists())
    if wanted.flagged:
        query = query.where(select(Tanda.id).where(Tanda.berkas_id == Proposal.berkas_id, Tanda.cleared_at.is_(None)).exists())
    if wanted.mine:
        query = query.where(Berkas.officer_id == actor.account_id, Berkas.is_open)
    if wanted.text:
        register = read_register(wanted.text)
        query = query.where(Berkas.register == register if register else matches(wanted.text, Berkas.title, Lembaga.name))
    return query


def turn(db: Session, query: Select[tuple[Proposal]], number: int) -> Page:
    """One page: what an office has before what its applicant has, the longest there first."""
    with_applicant = Berkas.state.in_(WITH_APPLICANT)
    return listing.turn(db, query, number, Berkas.is_open.desc(), with_applicant, Berkas.moved_at, Proposal.berkas_id, per_page=PER_PAGE)


def stage_counts(db: Session, actor: Actor) -> dict[str, int]:
    """How many lie in each stage that this officer may read."""
    query = select(Berkas.state, func.count()).where(Berkas.kind.in_(KIND_SLUGS), Berkas.is_open, lies_with(actor, *EVERY)).group_by(Berkas.state)
    counts = {row[0]: row[1] for row in db.execute(query)}
    return {stage: sum(counts.get(state, 0) for state in states) for stage, (states, _permission) in WORK.items()}


def _waiting(actor: Actor, stages: Iterable[str]) -> list[Any]:
    """For each of these stages in which this officer works, what lies there within their offices."""
    parts = []
    for states, permission in (WORK[stage] for stage in stages):
        scope = actor.opd_scope(permission)
        if actor.can(permission):
            here = Berkas.state.in_(states)
            parts.append(here if scope is None else and_(here, Berkas.opd_id.in_(scope)))
    return parts


def waiting_count(db: Session, actor: Actor, permissions: tuple[str, ...]) -> int:
    """How many proposals wait for a step that this officer may take."""
    waiting = _waiting(actor, [stage for stage, (_states, permission) in WORK.items() if permission in permissions])
    if not waiting:
        return 0
    return db.scalar(select(func.count()).select_from(Berkas).where(Berkas.kind.in_(KIND_SLUGS), Berkas.is_open, or_(*waiting))) or 0


def to_confirm(db: Session, actor: Actor) -> list[Proposal]:
    """What waits for the word of this officer's desa or kecamatan."""
    waiting = _waiting(actor, ("desa", "camat"))
    if not waiting:
        return []
    return list(db.scalars(select(Proposal).join(Proposal.berkas).where(or_(*waiting)).order_by(Berkas.moved_at).limit(100)).unique())


def ranking(db: Session, program_id: int) -> list[Proposal]:
    """The proposals of a programme that are in the field or behind it and not yet decided, the best score first."""
    states = ("verifikasi_lapangan", "rekomendasi_opd", "pertimbangan_tapd", "masuk_anggaran", "asesmen", "menunggu_sk")
    query = select(Proposal).join(Proposal.berkas).where(Proposal.program_id == program_id, Berkas.state.in_(states))
    return list(db.scalars(query.order_by(Proposal.score.is_(None), Proposal.score.desc(), Proposal.sent_at, Proposal.berkas_id)).unique())


def last_heard(db: Session, berkas: Berkas) -> datetime:
    """When the applicant was last told anything: the step that brought the file here, or a message of the office since."""
    told = db.scalar(select(func.max(BerkasEvent.at)).where(BerkasEvent.berkas_id == berkas.id, *FROM_OFFICE))
    return max(told, berkas.moved_at) if told else berkas.moved_at


def working_days_since(db: Session, moment: datetime, now: datetime) -> int | None:
    """None when the calendar can't say."""
    calendar = calendar_for(db)
    try:
        return calendar.working_days_between(calendar.local(moment).date(), calendar.local(now).date())
    except CalendarNotLoaded:
        return None


def silence(db: Session, berkas: Berkas, now: datetime) -> tuple[int | None, bool]:
    """Working days since the applicant was last told anything, and whether that is too long for the office that has the file."""
    if not berkas.is_open:
        return None, False
    days = working_days_since(db, last_heard(db, berkas), now)
    return days, berkas.state not in WITH_APPLICANT and is_silent(days, int(option(db, "diam_hk")))


def require_reader(actor: Actor) -> None:
    """Whoever may read proposals of some office; raises PermissionRefused for other staff."""
    if actor.opd_scope(*EVERY) == frozenset():
        actor.require(READ)


def may_audit(actor: Actor) -> bool:
    return actor.can(AUDIT)


def proposals_of(db: Session, account_id: int | None, limit: int = 50) -> list[Proposal]:
    if account_id is None:
        return []
    query = select(Proposal).join(Proposal.berkas).where(Berkas.applicant_id == account_id).order_by(Berkas.is_open.desc(), Proposal.sent_at.desc())
    return list(db.scalars(query.limit(limit)).unique())

"""Leaders' agenda: no official is promised to two places at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from pendopo import N_, CalendarEntry, Conflict, InvalidInput, NotFound, PermissionRefused, live
from pendopo.http import url
from pendopo.identity import Actor, Jabatan, holders_of, record
from pendopo.kit.settings import value
from pendopo.notifications import notify
from pendopo.plugins import current_host

from .chain import SEND, held_post
from .disposisi import send_disposisi
from .models import Acara, AcaraPejabat
from .registers import get_letter, jabatan_ids
from .rules import Span, conflicts

AGENDA = "surat.agenda"
LONGEST = timedelta(days=14)
TOPIC = "surat-agenda:semua"


class Engaged(Conflict):
    """An official is engaged or away at that time; whoever plans may decide to keep both."""


def check_span(start: datetime, end: datetime) -> None:
    if end <= start:
        raise InvalidInput(N_("Waktu selesai harus sesudah waktu mulai."), field="end")
    if end - start > LONGEST:
        raise InvalidInput(N_("Acara paling lama 14 hari."), field="end")


def collisions(db: Session, jabatan_id: int, span: Span, *, without: int | None = None) -> list[Acara]:
    """Appointments of one official that collide with `span`, travel time between places included (setting, minutes)."""
    buffer = timedelta(minutes=value(db, "surat.jeda_perjalanan_menit"))
    near = (
        select(Acara)
        .join(AcaraPejabat)
        .where(
            AcaraPejabat.jabatan_id == jabatan_id,
            AcaraPejabat.status.in_(("diundang", "hadir")),
            Acara.cancelled_at.is_(None),
            Acara.start_at < span.end + buffer,
            Acara.end_at > span.start - buffer,
        )
        .order_by(Acara.start_at)
    )
    return [a for a in db.scalars(near) if a.id != without and conflicts(span, Span(a.start_at, a.end_at, a.place), buffer)]


def away(db: Session, jabatan_id: int, span: Span) -> list[CalendarEntry]:
    """Lawful absences in that time of whoever holds the position then, as leave and travel tell them. A Plh takes the holder's place."""
    found = []
    for account_id in holders_of(db, jabatan_id, span.start.date()):
        found += current_host().call_each("absences", db=db, account_id=account_id, start=span.start.date(), end=span.end.date())
    return [entry for entry in found if entry.start < span.end and span.start < entry.end]


def _hold(db: Session, jabatan_list: Sequence[int]) -> dict[int, Jabatan]:
    """The positions, locked in one order, so that two plans for one official wait for each other."""
    rows = db.scalars(select(Jabatan).where(Jabatan.id.in_(jabatan_list)).order_by(Jabatan.id).with_for_update(key_share=True)).all()
    return {row.id: row for row in rows}


def add_acara(
    db: Session,
    actor: Actor,
    *,
    title: str,
    start: datetime,
    end: datetime,
    place: str,
    jabatan_ids: Sequence[int],
    note: str = "",
    surat_id: int | None = None,
    in_spite: bool = False,
    now: datetime,
) -> Acara:
    """Put something on the agenda of the positions named. A collision is refused unless `in_spite`: then somebody chose it."""
    actor.require(AGENDA)
    check_span(start, end)
    wanted = list(dict.fromkeys(jabatan_ids))
    if not wanted:
        raise InvalidInput(N_("Pilih paling sedikit satu pejabat."), field="officials")
    if surat_id is not None:
        get_letter(db, actor, surat_id)
    held = _hold(db, wanted)
    if len(held) != len(wanted):
        raise InvalidInput(N_("Pejabat ini tidak ditemukan."), field="officials")
    for jabatan in held.values():
        if not may_plan(actor, jabatan):
            raise InvalidInput(N_("Agenda %(post)s tidak Anda atur."), field="officials", post=jabatan.name)
    if not in_spite:
        for jabatan in held.values():
            _require_free(db, jabatan, Span(start, end, place))
    acara = Acara(title=title, start_at=start, end_at=end, place=place, note=note, surat_id=surat_id, made_by=actor.account_id)
    acara.officials = [AcaraPejabat(jabatan_id=jabatan_id, status="diundang") for jabatan_id in wanted]
    db.add(acara)
    db.flush()
    for official in acara.officials:
        _invite(db, acara, official.jabatan_id)
    live.publish(db, TOPIC)
    record(db, actor, "surat.acara", f"acara:{acara.id}", {"officials": wanted, "in_spite": in_spite})
    return acara


def _require_free(db: Session, jabatan: Jabatan, span: Span) -> None:
    if away(db, jabatan.id, span):
        raise Engaged(N_("%(post)s sedang tidak masuk pada waktu itu. Undang Plh-nya, atau simpan tetap."), field="officials", post=jabatan.name)
    clash = collisions(db, jabatan.id, span)
    if clash:
        raise Engaged(
            N_("%(post)s sudah ada acara: %(title)s. Pilih waktu lain, wakilkan, atau simpan tetap."), field="start", post=jabatan.name, title=clash[0].title
        )


def may_plan(actor: Actor, jabatan: Jabatan) -> bool:
    """Who keeps the agenda of a position: with the permission in its OPD, or its holder who has the permission anywhere."""
    return actor.can(AGENDA, jabatan.opd_id) or (actor.can(AGENDA) and held_post(actor, jabatan.id) is not None)


def _invite(db: Session, acara: Acara, jabatan_id: int) -> None:
    notify(
        db,
        topic="surat.agenda",
        to=holders_of(db, jabatan_id, acara.start_at.date()),
        template="kerja_surat/notify/agenda",
        context={"title": acara.title, "start": acara.start_at, "place": acara.place},
        url=url("surat:kerja.acara", id=acara.id),
        key=f"acara:{acara.id}:{jabatan_id}",
    )


def answer_invitation(
    db: Session,
    actor: Actor,
    acara_id: int,
    *,
    jabatan_id: int,
    answer: str,
    wakil_jabatan_id: int | None = None,
    note: str = "",
    now: datetime,
) -> AcaraPejabat:
    """Come, send somebody, or decline. Sending somebody puts it on that person's agenda, and sends the invitation down by disposisi."""
    acara = get_acara(db, actor, acara_id)
    official = next((o for o in acara.officials if o.jabatan_id == jabatan_id), None)
    if official is None:
        raise NotFound()
    if not may_answer(db, actor, official):
        raise PermissionRefused()
    if acara.cancelled_at is not None:
        raise Conflict(N_("Acara ini sudah dibatalkan."))
    if answer not in ("hadir", "diwakilkan", "ditolak"):
        raise InvalidInput(N_("Jawaban ini tidak dikenal."), field="wakil")
    if answer == "ditolak" and not note.strip():
        raise InvalidInput(N_("Tuliskan alasannya."), field="note")
    if answer == "diwakilkan":
        _delegate(db, actor, acara, official, wakil_jabatan_id, note, now)
    official.status, official.note = answer, note.strip()[:300]
    official.wakil_jabatan_id = wakil_jabatan_id if answer == "diwakilkan" else None
    db.flush()
    db.refresh(acara, ["officials"])
    live.publish(db, TOPIC)
    return official


def _delegate(db: Session, actor: Actor, acara: Acara, official: AcaraPejabat, wakil: int | None, note: str, now: datetime) -> None:
    if wakil is None or wakil == official.jabatan_id or wakil not in _hold(db, [wakil]):
        raise InvalidInput(N_("Pilih siapa yang mewakili."), field="wakil")
    clash = collisions(db, wakil, Span(acara.start_at, acara.end_at, acara.place), without=acara.id)
    if clash:
        raise Conflict(N_("Yang mewakili sudah ada acara: %(title)s."), field="wakil", title=clash[0].title)
    if all(o.jabatan_id != wakil for o in acara.officials):
        db.add(AcaraPejabat(acara_id=acara.id, jabatan_id=wakil, status="diundang", note=note.strip()[:300]))
        _invite(db, acara, wakil)
    if acara.surat_id is None or held_post(actor, official.jabatan_id) is None or not actor.can(SEND):
        return
    try:
        send_disposisi(
            db,
            actor,
            acara.surat_id,
            from_jabatan_id=official.jabatan_id,
            to_jabatan_ids=[wakil],
            instruksi=["hadiri"],
            catatan=note,
            due=acara.start_at if acara.start_at > now else None,
            now=now,
        )
    except (InvalidInput, Conflict) as refusal:
        refusal.field = "wakil"
        raise


def may_answer(db: Session, actor: Actor, official: AcaraPejabat) -> bool:
    return held_post(actor, official.jabatan_id) is not None or may_plan(actor, db.get(Jabatan, official.jabatan_id))


def _visible(actor: Actor):
    """Agenda items of positions that `actor` holds, and of the offices whose agenda they keep."""
    named = select(AcaraPejabat.acara_id).join(Jabatan, Jabatan.id == AcaraPejabat.jabatan_id)
    mine = AcaraPejabat.jabatan_id.in_(jabatan_ids(actor))
    scope = actor.opd_scope(AGENDA)
    if scope is None:
        return select(Acara)
    return select(Acara).where(or_(Acara.id.in_(named.where(mine | Jabatan.opd_id.in_(scope))), Acara.made_by == actor.account_id))


def get_acara(db: Session, actor: Actor, acara_id: int) -> Acara:
    acara = db.scalar(_visible(actor).where(Acara.id == acara_id))
    if acara is None:
        raise NotFound()
    return acara


def agenda_between(db: Session, actor: Actor, start: datetime, end: datetime, *, jabatan_id: int | None = None, mine: bool = False) -> list[Acara]:
    """What happens in `[start, end)`, of one position or of those that `actor` holds (`mine`) when asked so."""
    query = _visible(actor).where(Acara.start_at < end, Acara.end_at > start, Acara.cancelled_at.is_(None)).order_by(Acara.start_at, Acara.id)
    going = select(AcaraPejabat.acara_id).where(AcaraPejabat.status.in_(("diundang", "hadir")))
    if jabatan_id is not None:
        query = query.where(Acara.id.in_(going.where(AcaraPejabat.jabatan_id == jabatan_id)))
    if mine:
        query = query.where(Acara.id.in_(going.where(AcaraPejabat.jabatan_id.in_(jabatan_ids(actor)))))
    return list(db.scalars(query.limit(500)))


def may_cancel(db: Session, actor: Actor, acara: Acara) -> bool:
    officials = [db.get(Jabatan, o.jabatan_id) for o in acara.officials]
    return actor.can(AGENDA) and (acara.made_by == actor.account_id or all(may_plan(actor, jabatan) for jabatan in officials))


def cancel_acara(db: Session, actor: Actor, acara_id: int, *, now: datetime) -> Acara:
    """Take something off every agenda and tell those who were to come."""
    acara = get_acara(db, actor, acara_id)
    if not may_cancel(db, actor, acara):
        raise PermissionRefused()
    if acara.cancelled_at is not None:
        raise Conflict(N_("Acara ini sudah dibatalkan."))
    acara.cancelled_at = now
    db.flush()
    for official in acara.officials:
        if official.status in ("diundang", "hadir"):
            notify(
                db,
                topic="surat.agenda",
                to=holders_of(db, official.jabatan_id, acara.start_at.date()),
                template="kerja_surat/notify/cancelled",
                context={"title": acara.title, "start": acara.start_at, "place": acara.place},
                url=url("surat:kerja.acara", id=acara.id),
                key=f"acara-batal:{acara.id}:{official.jabatan_id}",
            )
    live.publish(db, TOPIC)
    record(db, actor, "surat.acara_cancelled", f"acara:{acara.id}", {})
    return acara


def week_of(day: date) -> tuple[date, date]:
    """Monday of that week and the Monday after."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=7)

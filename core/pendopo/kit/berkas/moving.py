"""The verbs: receive a matter, move it, talk about it, hand it on, rate it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from ...db import insert_into
from ...errors import InvalidInput, NotFound, PermissionRefused, SignInNeeded
from ...i18n import N_
from ...identity import Account, Actor, Opd, people_with, record
from ...plugins import current_host
from ..attachments import Attachment
from ..calendar import calendar_for
from . import clock, writing
from .errors import AlreadyRated, BerkasMovedAlready, BerkasObjected, NoteMissing, StepNotOpen
from .models import Berkas, BerkasRating, BerkasWorkflow
from .reading import get_berkas, is_applicant, is_offered, kind_of, role_in, works_on
from .register import new_pin, next_register, pin_hash
from .satisfaction import SLUGS, points
from .workflow import BerkasKind, Deadline, Transition, as_data

LONGEST_TEXT = 4000


def receive_berkas(
    db: Session,
    actor: Actor,
    kind: BerkasKind,
    *,
    title: str,
    register_code: str,
    applicant_id: int | None = None,
    opd_id: int | None = None,
    desa_code: str | None = None,
    channel: str = "web",
    private: bool = False,
    anonymous: bool = False,
    due: datetime | None = None,
    deadline: Deadline | None = None,
    text: str = "",
    attachments: Sequence[Attachment] = (),
    quiet: bool = False,
    now: datetime,
) -> Berkas:
    """Open a matter. It has `register`, and this once `pin`, which its applicant writes down; both are never shown again together.

    `applicant_id` None: nobody signed in, or nobody is to be known; the PIN is then the only way to follow it.
    `due` names the moment, `deadline` the working days, for a matter whose clock is not the usual one of its kind.
    `quiet`: officers get no word of it; whoever brings many at once tells them once.
    """
    _keep_workflow(db, kind)
    state = kind.state(kind.initial)
    register = next_register(db, register_code, calendar_for(db).local(now).year)
    pin = new_pin()
    acting = actor.account_id if actor.account_id != applicant_id else None
    berkas = Berkas(
        register=register,
        pin_hash=pin_hash(register, pin),
        kind=kind.slug,
        plugin=kind.plugin,
        workflow=kind.version,
        state=kind.initial,
        is_open=state.open,
        title=title[:200],
        applicant_id=applicant_id,
        received_by=acting if actor.is_staff or actor.on_behalf_of else None,
        opd_id=opd_id,
        desa_code=desa_code or None,
        kecamatan_code=desa_code[:8] if desa_code else None,
        channel=channel,
        private=private,
        anonymous=anonymous,
        opened_at=now,
        moved_at=now,
        clock="stop",
        pin_failures=0,
        escalation=0,
        version=1,
    )
    if due is not None:
        clock.start_until(berkas, due, now)
    elif state.open and (deadline or kind.deadline) is not None:
        clock.start(db, berkas, deadline or kind.deadline, now)
    db.add(berkas)
    db.flush()
    by = "system" if actor.kind == "sistem" else "officer" if berkas.received_by and actor.is_staff and not actor.on_behalf_of else "applicant"
    event = writing.append(db, berkas, actor, "opened", by=by, now=now, to_state=berkas.state, text=text, attachments=attachments)
    writing.tell_moved(db, berkas, actor, event)
    writing.tell_applicant(db, berkas, "received", f"berkas:{berkas.id}:{event.id}")
    if not quiet:
        writing.tell_staff(db, berkas, "arrived", f"meja:{berkas.id}:{event.id}", but=actor.account_id)
    writing.show_live(db, berkas)
    berkas.pin = pin
    return berkas


def _keep_workflow(db: Session, kind: BerkasKind) -> None:
    if db.get(BerkasWorkflow, (kind.slug, kind.version)) is None:
        db.execute(insert_into(db, BerkasWorkflow).values(kind=kind.slug, version=kind.version, definition=as_data(kind)).on_conflict_do_nothing())


# ------------------------------------------------------------------------------------------------------------------ move


def move_berkas(
    db: Session,
    actor: Actor,
    berkas_id: int,
    transition: str,
    *,
    note: str = "",
    internal_note: str = "",
    opd_id: int | None = None,
    officer_id: int | None = None,
    attachments: Sequence[Attachment] = (),
    due: date | datetime | None = None,
    data: dict[str, Any] | None = None,
    holds_pin: bool = False,
    expected_version: int | None = None,
    now: datetime,
) -> Berkas:
    """Take one step. Whoever is second gets BerkasMovedAlready or StepNotOpen; a veto is BerkasObjected.

    `expected_version`: the version that the person saw; a change since then is BerkasMovedAlready too.
    """
    berkas = db.get(Berkas, berkas_id, populate_existing=True)
    if berkas is None:
        raise NotFound()
    kind = kind_of(db, berkas)
    step = kind.transition(transition)
    if step is None:
        raise NotFound()
    by = role_in(actor, step, berkas, holds_pin=holds_pin)
    if by is None:
        raise PermissionRefused() if actor.is_signed_in else SignInNeeded()
    if expected_version is not None and berkas.version != expected_version:
        raise BerkasMovedAlready()
    if berkas.state not in step.frm or not is_offered(db, kind, berkas, step):
        raise StepNotOpen()
    given = {"opd": opd_id, "officer": officer_id, "due": due, "attachments": attachments, **(data or {})}
    _check_inputs(db, step, note, given)
    if reasons := current_host().objections("berkas_objections", db=db, berkas_id=berkas.id, kind=kind.slug, transition=step.slug, actor=actor):
        raise BerkasObjected(reasons="; ".join(reasons))
    writing.bump(db, berkas)
    before, old_opd = berkas.state, berkas.opd_id
    _hand_over(db, step, berkas, opd_id, officer_id)
    berkas.state, berkas.moved_at = step.to, now
    _turn_clock(db, kind, step, berkas, due, now)
    if kind.on_move is not None:
        kind.on_move(db, berkas, step.slug, {**(data or {}), "note": note.strip()[:LONGEST_TEXT]}, actor, now)
    event = writing.append(
        db,
        berkas,
        actor,
        "moved",
        by=by,
        now=now,
        text=note.strip()[:LONGEST_TEXT],
        internal=internal_note.strip()[:LONGEST_TEXT],
        transition=step.slug,
        from_state=before,
        to_state=step.to,
        attachments=attachments,
    )
    db.flush()
    writing.tell_moved(db, berkas, actor, event)
    _notify_step(db, step, berkas, actor, event, handed=berkas.opd_id != old_opd or officer_id is not None)
    writing.show_live(db, berkas, desks=[old_opd])
    return berkas


def _check_inputs(db: Session, step: Transition, note: str, given: dict[str, Any]) -> None:
    if step.note == "required" and not note.strip():
        raise NoteMissing(field="note")
    for name in step.required:
        if given.get(name) in (None, "", (), []):
            raise InvalidInput(N_("Bagian ini harus diisi."), field=name)
    if given["opd"] is not None and db.get(Opd, given["opd"]) is None:
        raise InvalidInput(N_("Pilih perangkat daerah dari daftar."), field="opd")
    if given["officer"] is not None:
        account = db.get(Account, given["officer"])
        if account is None or account.nip is None or account.disabled_at is not None:
            raise InvalidInput(N_("Pilih petugas dari daftar."), field="officer")


def _hand_over(db: Session, step: Transition, berkas: Berkas, opd_id: int | None, officer_id: int | None) -> None:
    if opd_id is not None and opd_id != berkas.opd_id:
        berkas.opd_id, berkas.officer_id = opd_id, None  # another office chooses its own officer
    if officer_id is not None:
        berkas.officer_id = officer_id


def _turn_clock(db: Session, kind: BerkasKind, step: Transition, berkas: Berkas, due: date | datetime | None, now: datetime) -> None:
    was_open = berkas.is_open
    berkas.is_open = kind.state(step.to).open
    if not berkas.is_open:
        clock.stop(berkas, now)
        berkas.closed_at = now if was_open else berkas.closed_at
        return
    berkas.closed_at = None
    if due is not None:
        calendar = calendar_for(db)
        moment = due if isinstance(due, datetime) else calendar.at(due, calendar.close)
        if moment <= now:
            raise InvalidInput(N_("Tenggat harus di waktu yang akan datang."), field="due")
        clock.start_until(berkas, moment, now)
    elif step.deadline is not None:
        clock.start(db, berkas, step.deadline, now)
    elif step.clock == "run":
        clock.resume(db, berkas, now)
    if step.clock == "pause":
        clock.pause(berkas, now)
    elif step.clock == "stop":
        clock.stop(berkas, now)


def _notify_step(db: Session, step: Transition, berkas: Berkas, actor: Actor, event: Any, *, handed: bool) -> None:
    key = f"{berkas.id}:{event.id}"
    if step.notify in ("applicant", "both"):
        writing.tell_applicant(db, berkas, "moved", f"berkas:{key}", but=actor.citizen_id, note=event.text)
    if step.notify in ("officer", "both") or (handed and berkas.is_open):
        writing.tell_staff(db, berkas, "arrived", f"meja:{key}", but=actor.account_id)


# ------------------------------------------------------------------------------------------------------- talk and hand on


def add_message(
    db: Session,
    actor: Actor,
    berkas_id: int,
    text: str,
    *,
    attachments: Sequence[Attachment] = (),
    holds_pin: bool = False,
    now: datetime,
) -> Berkas:
    """A message between applicant and office; each side hears of the other's."""
    berkas = _for_writing(db, actor, berkas_id, holds_pin)
    text = _sentence(text)
    by = "applicant" if holds_pin or is_applicant(actor, berkas) else "system" if actor.kind == "sistem" else "officer"
    writing.bump(db, berkas)
    event = writing.append(db, berkas, actor, "message", by=by, now=now, text=text, attachments=attachments)
    key = f"{berkas.id}:{event.id}"
    if by == "applicant":
        writing.tell_staff(db, berkas, "message", f"meja:{key}", but=actor.account_id, text=text[:500])
    else:
        writing.tell_applicant(db, berkas, "message", f"berkas:{key}", text=text[:500])
    writing.show_live(db, berkas)
    return berkas


def add_internal_note(db: Session, actor: Actor, berkas_id: int, text: str, *, attachments: Sequence[Attachment] = (), now: datetime) -> Berkas:
    """A line that only officers read."""
    berkas = _for_officers(db, actor, berkas_id)
    writing.bump(db, berkas)
    writing.append(
        db,
        berkas,
        actor,
        "note",
        by="system" if actor.kind == "sistem" else "officer",
        now=now,
        public=False,
        internal=_sentence(text),
        attachments=attachments,
    )
    writing.show_live(db, berkas)
    return berkas


def assign_officer(db: Session, actor: Actor, berkas_id: int, officer_id: int | None, *, note: str = "", now: datetime) -> Berkas:
    """Give the matter to an officer of its OPD, or to nobody (None). Taking it oneself is giving it to oneself."""
    berkas = _for_officers(db, actor, berkas_id)
    name = ""
    if officer_id is not None:
        if officer_id not in officers_for(db, berkas):
            raise InvalidInput(N_("Pilih petugas dari daftar."), field="officer")
        name = db.get_one(Account, officer_id).name
    writing.bump(db, berkas)
    before, berkas.officer_id = berkas.officer_id, officer_id
    by = "system" if actor.kind == "sistem" else "officer"
    event = writing.append(
        db,
        berkas,
        actor,
        "assigned",
        by=by,
        now=now,
        public=False,
        internal=(f"{name}\n{note}").strip()[:LONGEST_TEXT],
        data={"from": before, "to": officer_id},
    )
    if officer_id is not None and officer_id != actor.account_id:
        writing.tell_staff(db, berkas, "assigned", f"meja:{berkas.id}:{event.id}", to=[officer_id], note=note[:500])
    writing.show_live(db, berkas)
    return berkas


def send_to_opd(db: Session, actor: Actor, berkas_id: int, opd_id: int, *, note: str = "", now: datetime) -> Berkas:
    """Hand the open matter to another OPD without changing its state (disposisi). `note` is for officers only."""
    berkas = _for_officers(db, actor, berkas_id)
    if not berkas.is_open:
        raise StepNotOpen(N_("Berkas ini sudah selesai."))
    opd = db.get(Opd, opd_id)
    if opd is None or opd_id == berkas.opd_id:
        raise InvalidInput(N_("Pilih perangkat daerah lain dari daftar."), field="opd")
    writing.bump(db, berkas)
    old, berkas.opd_id, berkas.officer_id = berkas.opd_id, opd_id, None
    by = "system" if actor.kind == "sistem" else "officer"
    event = writing.append(
        db, berkas, actor, "disposisi", by=by, now=now, text=opd.name, internal=note.strip()[:LONGEST_TEXT], data={"from": old, "to": opd_id}
    )
    record(db, actor, "berkas.disposisi", f"berkas:{berkas.id}", {"from": old, "to": opd_id})
    writing.tell_staff(db, berkas, "arrived", f"meja:{berkas.id}:{event.id}", but=actor.account_id)
    writing.show_live(db, berkas, desks=[old])
    return berkas


def officers_for(db: Session, berkas: Berkas) -> list[int]:
    """Who could be given this matter."""
    kind = kind_of(db, berkas)
    return list(dict.fromkeys(n for permission in kind.staff_permissions for n in people_with(db, permission, berkas.opd_id)))


def rate(
    db: Session,
    actor: Actor,
    berkas_id: int,
    score: int,
    comment: str = "",
    *,
    answers: Mapping[str, int] | None = None,
    holds_pin: bool = False,
    now: datetime,
) -> BerkasRating:
    """The applicant's satisfaction (IKM), 1 to 4, once, after closing. `answers`: unsur ("u1" to "u9") to score, as far as given."""
    berkas = db.get(Berkas, berkas_id)
    if berkas is None:
        raise NotFound()
    if not holds_pin and not is_applicant(actor, berkas):
        raise PermissionRefused() if actor.is_signed_in else SignInNeeded()
    if berkas.is_open or not kind_of(db, berkas).rateable:
        raise StepNotOpen(N_("Penilaian dibuka setelah berkas selesai."))
    if score not in (1, 2, 3, 4):
        raise InvalidInput(N_("Pilih nilai dari 1 sampai 4."), field="score")
    answers = dict(answers or {})
    for slug, answer in answers.items():
        if slug not in SLUGS or answer not in (1, 2, 3, 4):
            raise InvalidInput(N_("Pilih nilai dari 1 sampai 4."), field=slug)
    writing.bump(db, berkas)
    if db.get(BerkasRating, berkas_id) is not None:
        raise AlreadyRated()
    rating = BerkasRating(
        berkas_id=berkas_id,
        score=score,
        answers=answers,
        detailed=bool(answers),
        points=points(score, answers),
        comment=comment.strip()[:1000],
        at=now,
    )
    db.add(rating)
    writing.append(db, berkas, actor, "rated", by="applicant", now=now, text=rating.comment, data={"score": score})
    writing.show_live(db, berkas)
    return rating


def _sentence(text: str) -> str:
    text = text.strip()
    if not text:
        raise InvalidInput(N_("Tulis pesannya lebih dahulu."), field="text")
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(N_("Paling banyak %(n)s huruf."), field="text", n=LONGEST_TEXT)
    return text


def _for_writing(db: Session, actor: Actor, berkas_id: int, holds_pin: bool) -> Berkas:
    if not holds_pin:
        berkas = get_berkas(db, actor, berkas_id)
        if not is_applicant(actor, berkas) and not works_on(actor, kind_of(db, berkas), berkas):
            raise PermissionRefused()
        return berkas
    berkas = db.get(Berkas, berkas_id)
    if berkas is None:
        raise NotFound()
    return berkas


def _for_officers(db: Session, actor: Actor, berkas_id: int) -> Berkas:
    berkas = get_berkas(db, actor, berkas_id)
    if not works_on(actor, kind_of(db, berkas), berkas) or not (actor.is_staff or actor.kind == "sistem"):
        raise PermissionRefused()
    return berkas

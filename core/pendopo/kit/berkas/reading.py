"""Who may see a matter, and what of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from ...errors import NotFound, PermissionRefused, SignInNeeded
from ...i18n import N_, _, speaking, translate
from ...identity import Account, Actor
from ...registry import current
from ..attachments import Attachment, attachments_of
from .errors import PinLocked
from .models import Berkas, BerkasEvent, BerkasWorkflow
from .register import pin_hash, read_register
from .satisfaction import SCORES
from .workflow import BerkasKind, Transition, from_data

PIN_TRIES = 5
PIN_LOCK = timedelta(hours=1)
SEE_ALL = "core.see_berkas"  # auditors: every matter, nothing to do

_stored: dict[tuple[str, str, int], BerkasKind] = {}


def forget_cache() -> None:
    _stored.clear()


class Words:
    """A plugin's sentence, translated when it is shown, with that plugin's words."""

    def __init__(self, plugin: str, message: str) -> None:
        self.plugin, self.message = plugin, message

    def __str__(self) -> str:
        with speaking(plugin=self.plugin):
            return translate(self.message)

    def __html__(self) -> str:
        from markupsafe import escape

        return str(escape(str(self)))


def kind_of(db: Session, berkas: Berkas) -> BerkasKind:
    """The workflow that this matter keeps: the living kind, or the version that was stored when it was opened."""
    living = current().berkas_kinds.get(berkas.kind)
    if living is not None and living.version == berkas.workflow:
        return living
    key = (str(db.get_bind().engine.url), berkas.kind, berkas.workflow)
    if key not in _stored or (living is not None and _stored[key].on_move is not living.on_move):
        row = db.get(BerkasWorkflow, (berkas.kind, berkas.workflow))
        if row is None:
            raise LookupError(f"workflow {berkas.kind} v{berkas.workflow} was never stored")
        _stored[key] = from_data(row.definition, living)
    return _stored[key]


def titled(kind: BerkasKind, message: str) -> Words:
    return Words(kind.plugin, message)


# ------------------------------------------------------------------------------------------------------------- may see


def is_applicant(actor: Actor, berkas: Berkas) -> bool:
    """Is this their matter: their own, or one for which they act at the counter?"""
    return berkas.applicant_id is not None and actor.citizen_id == berkas.applicant_id


def is_officer_of(actor: Actor, kind: BerkasKind, berkas: Berkas) -> bool:
    """May this officer work on the matter or read it as staff?"""
    if actor.kind == "sistem" or (berkas.officer_id is not None and berkas.officer_id == actor.account_id):
        return True
    return actor.can(SEE_ALL) or any(actor.can(permission, berkas.opd_id) for permission in kind.staff_permissions)


def works_on(actor: Actor, kind: BerkasKind, berkas: Berkas) -> bool:
    """May this officer do something with it? Who only reads (an auditor, the kind's own `permission`) may not."""
    if actor.kind == "sistem" or (berkas.officer_id is not None and berkas.officer_id == actor.account_id):
        return True
    return any("officer" in step.actors and actor.can(step.permission, berkas.opd_id) for step in kind.transitions)


def may_see(db: Session, actor: Actor, berkas: Berkas) -> bool:
    return is_applicant(actor, berkas) or is_officer_of(actor, kind_of(db, berkas), berkas)


def lies_with(actor: Actor, *permissions: str) -> ColumnElement[bool]:
    """For a query of many: what lies in the offices where `actor` holds one of `permissions`, and what was given to them."""
    scope = actor.opd_scope(*permissions)
    return true() if scope is None else or_(Berkas.opd_id.in_(scope), Berkas.officer_id == actor.account_id)


def get_berkas(db: Session, actor: Actor, berkas_id: int) -> Berkas:
    """The matter, for its applicant or an officer of it. Raises NotFound, SignInNeeded or PermissionRefused."""
    berkas = db.get(Berkas, berkas_id)
    if berkas is None:
        raise NotFound()
    if not may_see(db, actor, berkas):
        raise PermissionRefused() if actor.is_signed_in else SignInNeeded()
    return berkas


def find_by_register(db: Session, register: str, pin: str, *, now: datetime | None = None) -> Berkas | None:
    """The matter with this register number and PIN; None when they do not belong together, or there is no such matter.

    Five wrong PINs lock the number for an hour (PinLocked). The count is written in the caller's transaction: answer
    with a page, not with an exception, or it is lost.
    """
    now = now or datetime.now(UTC)
    clean = read_register(register[:60])
    given = pin_hash(clean or "", pin[:20])
    berkas = db.scalar(select(Berkas).where(Berkas.register == clean)) if clean else None
    if berkas is None:
        return None
    if berkas.pin_locked_until is not None and berkas.pin_locked_until > now:
        raise PinLocked()
    import hmac

    if hmac.compare_digest(given, berkas.pin_hash):
        berkas.pin_failures, berkas.pin_locked_until = 0, None
        db.flush()
        return berkas
    berkas.pin_failures += 1
    if berkas.pin_failures >= PIN_TRIES:
        berkas.pin_failures, berkas.pin_locked_until = 0, now + PIN_LOCK
    db.flush()
    return None


# ------------------------------------------------------------------------------------------------------- what can be done


def available_transitions(db: Session, actor: Actor, berkas: Berkas, *, holds_pin: bool = False) -> list[Transition]:
    """The steps that `actor` may take from the present state."""
    kind = kind_of(db, berkas)
    return [t for t in kind.transitions if berkas.state in t.frm and may_take(actor, t, berkas, holds_pin=holds_pin) and is_offered(db, kind, berkas, t)]


def is_offered(db: Session, kind: BerkasKind, berkas: Berkas, transition: Transition) -> bool:
    """Does the way of this matter have the step?"""
    return kind.offers is None or kind.offers(db, berkas, transition.slug)


def may_take(actor: Actor, transition: Transition, berkas: Berkas, *, holds_pin: bool = False) -> bool:
    return role_in(actor, transition, berkas, holds_pin=holds_pin) is not None


def role_in(actor: Actor, transition: Transition, berkas: Berkas, *, holds_pin: bool = False) -> str | None:
    """As whom `actor` may take the step: officer, applicant or system; None when not at all."""
    if actor.kind == "sistem":
        return "system"
    if "applicant" in transition.actors and (holds_pin or is_applicant(actor, berkas)):
        return "applicant"
    if "officer" in transition.actors and actor.can(transition.permission, berkas.opd_id):
        return "officer"
    return None


# ------------------------------------------------------------------------------------------------------------- timeline


@dataclass(frozen=True)
class TimelineEntry:
    """A line as `actor` may read it; feeds the macro `timeline`."""

    id: int
    at: datetime
    kind: str
    title: str
    who: str
    text: str
    internal: str
    tone: str
    icon: str
    public: bool
    by: str
    mine: bool
    attachments: tuple[Attachment, ...] = ()


_ICONS = {
    "opened": "file-plus",
    "message": "message-circle",
    "note": "lock",
    "assigned": "user-check",
    "escalated": "alarm-clock",
    "rated": "star",
    "moved": "circle-dot",
}


def timeline(db: Session, actor: Actor, berkas: Berkas, *, holds_pin: bool = False, messages: bool = True) -> list[TimelineEntry]:
    """What happened, oldest first. Internal lines, internal notes and officers' names are for officers."""
    kind = kind_of(db, berkas)
    staff = not holds_pin and is_officer_of(actor, kind, berkas)
    query = select(BerkasEvent).where(BerkasEvent.berkas_id == berkas.id).order_by(BerkasEvent.id)
    if not staff:
        query = query.where(BerkasEvent.public)
    if not messages:
        query = query.where(BerkasEvent.kind != "message")
    files = {a.id: a for owner in (("berkas", "berkas.internal") if staff else ("berkas",)) for a in attachments_of(db, owner, berkas.id)}
    return [_entry(event, kind, berkas, actor, staff, files, holds_pin) for event in db.scalars(query)]


def _entry(event: BerkasEvent, kind: BerkasKind, berkas: Berkas, actor: Actor, staff: bool, files: dict[int, Attachment], holds_pin: bool) -> TimelineEntry:
    mine = (event.actor_id is not None and event.actor_id == actor.account_id) or (holds_pin and event.by == "applicant")
    tone, icon = "muted", _ICONS.get(event.kind, "circle-dot")
    if event.kind in ("opened", "moved"):
        try:
            state = kind.state(event.to_state)
            tone, icon = state.tone, state.icon or icon
        except LookupError:
            pass  # a state that only an even older version knew: its line stays, without colour
    if event.kind == "escalated":
        tone = "warn"
    return TimelineEntry(
        event.id,
        event.at,
        event.kind,
        _title(event, kind),
        _who(event, berkas, staff, mine),
        event.text,
        event.internal if staff else "",
        tone,
        icon,
        event.public,
        event.by,
        mine,
        tuple(files[n] for n in event.data.get("attachments", ()) if n in files),
    )


def _title(event: BerkasEvent, kind: BerkasKind) -> str:
    if event.kind in ("opened", "moved"):
        title = next((state.title for state in kind.states if state.slug == event.to_state), event.to_state)
        return str(titled(kind, title))
    if event.kind == "rated":
        return f"{_('Penilaian')}: {_(SCORES.get(event.data.get('score', 0), ''))}"
    fixed = {
        "message": N_("Pesan"),
        "note": N_("Catatan internal"),
        "assigned": N_("Petugas ditunjuk"),
        "disposisi": N_("Diteruskan ke perangkat daerah lain"),
        "escalated": N_("Tenggat diingatkan"),
    }
    return _(fixed.get(event.kind, event.kind))


def _who(event: BerkasEvent, berkas: Berkas, staff: bool, mine: bool) -> str:
    if mine:
        return _("Anda")
    if event.by == "applicant":
        return _("Pemohon") if berkas.anonymous or not event.actor_name else event.actor_name
    if event.by == "system":
        return _("Sistem")
    return event.actor_name if staff else event.data.get("opd") or _("Petugas")


def applicant_name(db: Session, berkas: Berkas) -> str:
    """The applicant's name for officers; nobody's for an anonymous matter, or one that came without an account."""
    if berkas.anonymous:
        return _("Tanpa nama")
    if berkas.applicant_id is None:
        return _("Tanpa akun")
    account = db.get(Account, berkas.applicant_id)
    return account.name if account else ""


def verify_timeline(db: Session, berkas_id: int) -> bool:
    """Is the timeline as it was written, line by line?"""
    from .writing import line_hash

    before = ""
    for event in db.scalars(select(BerkasEvent).where(BerkasEvent.berkas_id == berkas_id).order_by(BerkasEvent.id)):
        if event.hash != line_hash(before, event):
            return False
        before = event.hash
    return True


def names_of(db: Session, account_ids: Sequence[int | None]) -> dict[int, str]:
    wanted = [n for n in set(account_ids) if n is not None]
    return {row.id: row.name for row in db.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))} if wanted else {}


def context_of(db: Session, berkas: Berkas) -> dict[str, Any]:
    """Plain values about a matter for messages."""
    kind = kind_of(db, berkas)
    return {"register": berkas.register, "title": berkas.title, "kind": titled(kind, kind.title), "state": titled(kind, kind.state(berkas.state).title)}

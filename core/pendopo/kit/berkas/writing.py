"""A line in the timeline, and everyone who must know of it."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ... import live, outbox
from ...http import known_routes, url
from ...identity import Actor, Opd, people_with, touch
from ...notifications import notify
from ...settings import installation_secret
from ..attachments import Attachment, claim
from .errors import BerkasMovedAlready
from .models import Berkas, BerkasEvent
from .reading import context_of, kind_of
from .workflow import BerkasKind


def line_hash(before: str, event: BerkasEvent) -> str:
    """Covers the line and, through `before`, every line above it; not the name, which goes when its person is erased."""
    parts = [
        before,
        event.berkas_id,
        event.at.isoformat(),
        event.kind,
        event.public,
        event.by,
        event.actor_id,
        event.transition,
        event.from_state,
        event.to_state,
        event.text,
        event.internal,
        event.data,
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def bump(db: Session, berkas: Berkas) -> None:
    """Compare-and-set: take the next version of the matter, or raise BerkasMovedAlready when somebody else took it."""
    seen = berkas.version
    taken = db.execute(
        update(Berkas).where(Berkas.id == berkas.id, Berkas.version == seen).values(version=seen + 1).execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:
        raise BerkasMovedAlready()
    db.refresh(berkas, ["version"])


def append(
    db: Session,
    berkas: Berkas,
    actor: Actor,
    kind: str,
    *,
    by: str,
    now: datetime,
    public: bool = True,
    text: str = "",
    internal: str = "",
    transition: str = "",
    from_state: str = "",
    to_state: str = "",
    data: dict[str, Any] | None = None,
    attachments: Sequence[Attachment] = (),
) -> BerkasEvent:
    """Write one line. The caller took a version first (`bump`), so lines follow each other."""
    more = dict(data or {})
    if attachments:
        claim(db, attachments, owner="berkas" if public else "berkas.internal", ref=berkas.id)
        more["attachments"] = [attachment.id for attachment in attachments]
    if by == "officer" and actor.posts:
        post = next((p for p in actor.posts if p.opd_id == berkas.opd_id), actor.posts[0])
        more["opd"] = post.opd
    name = "" if by == "applicant" and berkas.anonymous else actor.name
    event = BerkasEvent(
        berkas_id=berkas.id,
        at=now,
        kind=kind,
        public=public,
        by=by,
        actor_id=None if by == "applicant" and berkas.anonymous else actor.account_id,
        actor_name=name[:160],
        transition=transition,
        from_state=from_state,
        to_state=to_state,
        text=text,
        internal=internal,
        data=more,
    )
    last = db.scalar(select(BerkasEvent.hash).where(BerkasEvent.berkas_id == berkas.id).order_by(BerkasEvent.id.desc()).limit(1))
    event.hash = line_hash(last or "", event)
    db.add(event)
    db.flush()
    return event


# ------------------------------------------------------------------------------------------------------------ addresses


def citizen_href(kind: BerkasKind, berkas: Berkas) -> str:
    """Where the applicant sees it: the plugin's page, or the room's own while the plugin has none."""
    return url(kind.citizen_url, id=berkas.id) if kind.citizen_url in known_routes() else url("berkas:show", id=berkas.id)


def staff_href(kind: BerkasKind, berkas: Berkas) -> str:
    return url(kind.staff_url, id=berkas.id) if kind.staff_url in known_routes() else url("berkas:kerja.show", id=berkas.id)


def pin_topic(berkas: Berkas) -> str:
    """The live topic of who holds the PIN: its name can't be guessed."""
    mark = hmac.new(installation_secret(), f"berkas-live:{berkas.id}".encode(), hashlib.sha256).hexdigest()[:24]
    return f"lacak:{berkas.id}:{mark}"


def desk_topic(opd_id: int | None) -> str:
    return f"meja:{opd_id or 0}"


# ---------------------------------------------------------------------------------------------------------- being heard


def show_live(db: Session, berkas: Berkas, *, desks: Sequence[int | None] = ()) -> None:
    """Every open page with this matter, and the desks it lies on, fetch themselves again."""
    topics = [f"berkas:{berkas.id}", pin_topic(berkas), *(desk_topic(opd) for opd in dict.fromkeys([berkas.opd_id, *desks]))]
    if berkas.applicant_id is not None:
        topics.append(f"berkas-saya:{berkas.applicant_id}")
    for topic in topics:
        live.publish(db, topic)
    touch(db, *{berkas.applicant_id, berkas.officer_id})


def tell_applicant(db: Session, berkas: Berkas, template: str, key: str, *, but: int | None = None, **more: Any) -> None:
    if berkas.applicant_id is not None and berkas.applicant_id != but:
        kind = kind_of(db, berkas)
        notify(
            db,
            topic="berkas.langkah",
            to=[berkas.applicant_id],
            template=f"berkas/notify/{template}",
            context={**context_of(db, berkas), **more},
            url=citizen_href(kind, berkas),
            key=key,
        )


def staff_of(db: Session, kind: BerkasKind, berkas: Berkas) -> list[int]:
    """The officer of the matter; where there is none, those in its OPD who may take the next step."""
    if berkas.officer_id is not None:
        return [berkas.officer_id]
    permissions = {t.permission for t in kind.transitions if berkas.state in t.frm and "officer" in t.actors} or set(kind.staff_permissions)
    return list(dict.fromkeys(n for permission in sorted(permissions) for n in people_with(db, permission, berkas.opd_id)))


def tell_staff(
    db: Session, berkas: Berkas, template: str, key: str, *, topic: str = "berkas.meja", but: int | None = None, to: Sequence[int] | None = None, **more: Any
) -> None:
    kind = kind_of(db, berkas)
    people = [n for n in (staff_of(db, kind, berkas) if to is None else to) if n != but]
    if people:
        notify(
            db,
            topic=topic,
            to=people,
            template=f"berkas/notify/{template}",
            context={**context_of(db, berkas), **more},
            url=staff_href(kind, berkas),
            key=key,
        )


def tell_moved(db: Session, berkas: Berkas, actor: Actor, event: BerkasEvent) -> None:
    """The fact, once for each line of the timeline."""
    outbox.tell(
        db,
        "berkas_moved",
        key=f"berkas:{berkas.id}:{event.id}",
        berkas_id=berkas.id,
        kind=berkas.kind,
        plugin=berkas.plugin,
        transition=event.transition,
        from_state=event.from_state,
        to_state=event.to_state,
        actor_id=actor.account_id,
        at=event.at,
    )


def opd_name(db: Session, opd_id: int | None) -> str:
    opd = db.get(Opd, opd_id) if opd_id else None
    return opd.name if opd else ""

"""Long forms in steps, kept after each one: go on tomorrow, or on another device when signed in."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from ..db import Base
from ..http import form_of, page, query_int, redirect
from ..i18n import _
from ..layout.forms import Form

__all__ = ["Draft", "Step", "Wizard"]

LIFE = timedelta(days=30)
ANONYMOUS_LIFE = timedelta(days=2)
COOKIE = "draf"


class Draft(Base):
    """What somebody typed so far. `data`: step -> pairs of name and text. Without an account: by the hash of a cookie."""

    __tablename__ = "core_draft"
    __table_args__ = (UniqueConstraint("form", "account_id"), UniqueConstraint("key_hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"))
    key_hash: Mapped[str | None] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime]


@dataclass(frozen=True)
class Step:
    slug: str
    title: str
    form: type[Form]


class Wizard:
    """One visit to a long form.

    In a handler: `wizard = Wizard(request, "pelaporan.baru", STEPS)`, then `answer = wizard.answer("x/new.html", ...)`; when
    that is None every step is right: work with `wizard.values`, then `wizard.forget()`. The template draws
    `wizard.form` and, for going back, a button `name="kembali"`; `wizard.steps`, `wizard.number` feed the macro `wizard`.
    """

    def __init__(self, request: Request, name: str, steps: tuple[Step, ...]) -> None:
        self.request, self.name, self.all = request, name, steps
        self.db: Session = request.state.db
        self._key = request.cookies.get(f"{COOKIE}-{hashlib.sha256(name.encode()).hexdigest()[:8]}", "")
        self._new_key = ""
        self.draft = self._find()
        kept = self.draft.data if self.draft else {}
        done = next((n for n, step in enumerate(steps) if step.slug not in kept), len(steps) - 1)
        self.number = min(query_int(request, "langkah", done + 1, least=1, most=len(steps)), done + 1)
        self.step = steps[self.number - 1]
        self.form = self._form(self.step, kept)

    @property
    def steps(self) -> list[str]:
        return [_(step.title) for step in self.all]

    @property
    def is_last(self) -> bool:
        return self.number == len(self.all)

    @property
    def is_resumed(self) -> bool:
        """Does this page show what was typed at an earlier visit?"""
        return self.draft is not None and not self.form.submitted

    def answer(self, template: str, **context: Any) -> Response | None:
        """The page of the present step or the way to the next; None when the last one was sent and all are right."""
        if not self.form.submitted:
            return self._page(template, context)
        sent = form_of(self.request)
        if "kembali" in sent:
            self._keep()
            return self._go(max(1, self.number - 1))
        if not self.form.validate():
            self._keep(partly=True)
            return self._page(template, context)
        self._keep()
        if not self.is_last:
            return self._go(self.number + 1)
        wrong = next((n for n, step in enumerate(self.all[:-1], 1) if not self._right(step)), None)
        return self._go(wrong) if wrong else None

    @property
    def values(self) -> dict[str, Any]:
        """Checked values of all steps by field name."""
        found: dict[str, Any] = {}
        for step in self.all:
            form = self.form if step is self.step else self._form(step, self.draft.data if self.draft else {})
            if form is not self.form:
                form.validate()
            found.update(form.data)
        return found

    def forget(self) -> None:
        """The matter was received: the draft goes."""
        if self.draft is not None:
            self.db.delete(self.draft)
            self.db.flush()
            self.draft = None

    def finish(self, to: str) -> Response:
        self.forget()
        return redirect(to)

    # ------------------------------------------------------------------ inside

    def _find(self) -> Draft | None:
        account = self.request.user.account_id
        if account is not None:
            return self.db.scalar(select(Draft).where(Draft.form == self.name, Draft.account_id == account))
        return self.db.scalar(select(Draft).where(Draft.form == self.name, Draft.key_hash == _hash(self._key))) if self._key else None

    def _form(self, step: Step, kept: dict[str, Any]) -> Form:
        here = step is self.step if hasattr(self, "step") else True
        if here and self.request.method not in ("GET", "HEAD"):
            return step.form(self.request)
        pairs = kept.get(step.slug)
        return step.form(self.request, typed=FormData([tuple(pair) for pair in pairs])) if pairs is not None else step.form(self.request, typed=None)

    def _right(self, step: Step) -> bool:
        return self._form(step, self.draft.data if self.draft else {}).validate()

    def _keep(self, *, partly: bool = False) -> None:
        """Keep what was sent in this step; `partly`: there are errors, so the step does not count as done."""
        secret = {f.name for f in self.form if f.flags.sensitive}
        pairs = [
            [name, value]
            for name, value in form_of(self.request).multi_items()
            if not isinstance(value, UploadFile) and name not in (*secret, "kembali", "csrf")
        ]
        for field in self.form:
            if field.type == "UploadField":
                pairs = [pair for pair in pairs if not pair[0].startswith(f"{field.name}-")] + [[f"{field.name}-sudah", row.token] for row in field.data]
        if partly and (self.draft is None or self.step.slug not in self.draft.data):
            return
        now = self.request.state.now
        if self.draft is None:
            self.draft = Draft(form=self.name, account_id=self.request.user.account_id, data={}, updated_at=now)
            if self.draft.account_id is None:
                self._new_key = secrets.token_urlsafe(24)
                self.draft.key_hash = _hash(self._new_key)
            self.db.add(self.draft)
        self.draft.data = {**self.draft.data, self.step.slug: pairs}
        self.draft.updated_at = now
        self.db.flush()

    def _page(self, template: str, context: dict[str, Any]) -> Response:
        return self._with_key(page(self.request, template, status=self.form.status, wizard=self, form=self.form, **context))

    def _go(self, number: int) -> Response:
        return self._with_key(redirect(f"{self.request.url.path}?langkah={number}"))

    def _with_key(self, response: Response) -> Response:
        if self._new_key:
            name = f"{COOKIE}-{hashlib.sha256(self.name.encode()).hexdigest()[:8]}"
            response.set_cookie(
                name, self._new_key, max_age=int(ANONYMOUS_LIFE.total_seconds()), httponly=True, samesite="lax", secure=self.request.url.scheme == "https"
            )
        return response


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def tidy_drafts(db: Session, now: datetime) -> None:
    """Forget drafts after 30 days; without an account, after two."""
    db.execute(delete(Draft).where((Draft.updated_at < now - LIFE) | (Draft.account_id.is_(None) & (Draft.updated_at < now - ANONYMOUS_LIFE))))

"""Long forms in steps, kept after each one: go on tomorrow, or on another device when signed in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from ..db import Base
from ..errors import NotFound
from ..http import form_of, page, query_int, redirect
from ..i18n import _
from ..identity import Actor, decrypt_nik, encrypt_nik
from ..layout.forms import Form
from ..security import SAFE

__all__ = ["Draft", "Step", "Values", "Wizard", "discard_draft", "drafts_of"]

LIFE = timedelta(days=30)
ANONYMOUS_LIFE = timedelta(days=2)
COOKIE = "draf"


class Draft(Base):
    """What somebody typed so far. `data`: step -> pairs of name and text. Without an account: by the hash of a cookie.

    `path` and `title`: where and as what it goes on. Values of sensitive fields are kept encrypted, and only with an account.
    """

    __tablename__ = "core_draft"
    __table_args__ = (UniqueConstraint("form", "account_id"), UniqueConstraint("key_hash"))

    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("core_account.id"))
    key_hash: Mapped[str | None] = mapped_column(String(64))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime]
    path: Mapped[str] = mapped_column(String(300), default="")
    title: Mapped[str] = mapped_column(String(200), default="")


class Values(dict[str, Any]):
    """Values by field name; None for what was not asked or not answered yet."""

    def __missing__(self, name: str) -> None:
        return None


Asked = Callable[[Values], bool]


@dataclass(frozen=True)
class Step:
    """One page of a long form. `form`: a Form, or a function that makes one for the values so far.

    `when(values)`: is the step asked at all? It sees the values of the steps before it, None where there is none yet.
    """

    slug: str
    title: str
    form: type[Form] | Callable[[Values], type[Form]]
    when: Asked | None = None

    def form_for(self, values: Values) -> type[Form]:
        return self.form if isinstance(self.form, type) else self.form(values)


class Wizard:
    """One visit to a long form.

    In a handler: `wizard = Wizard(request, "pelaporan.baru", STEPS)`, then `answer = wizard.answer("x/new.html", ...)`; when
    that is None every step is right: work with `wizard.values`, then `wizard.forget()`. The template draws
    `wizard.form` and, for going back, a button `name="kembali"`; `wizard.steps`, `wizard.number` feed the macro `wizard`.

    `prefill`: values for fields that were not filled yet (`profile.known`). `title`: what the draft is called where it is
    offered again. Steps whose condition does not hold are not there: not counted, not checked, not in `values`.
    """

    def __init__(
        self, request: Request, name: str, steps: tuple[Step, ...], *, prefill: Mapping[str, Any] | None = None, title: str = "",
    ) -> None:
        self.request, self.name, self.title, self.prefill = request, name, title, dict(prefill or {})
        self.db: Session = request.state.db
        self._key = request.cookies.get(_cookie(name), "")
        self._new_key = ""
        self.draft = self._find()
        self._every = steps
        self._walk()
        done = next((n for n, step in enumerate(self.all) if step.slug not in self._kept), len(self.all) - 1)
        self.number = min(query_int(request, "langkah", done + 1, least=1, most=len(self.all)), done + 1)
        self.step = self.all[self.number - 1]
        self.form = self._form(self.step, sent=request.method not in SAFE)

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
        self._walk()  # this answer may have opened or closed steps
        if not self.is_last:
            return self._go(self.number + 1)
        return self._go(self._wrong) if self._wrong else None

    @property
    def values(self) -> Values:
        """Checked values of all steps that are asked, by field name."""
        return self._values

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

    @property
    def _kept(self) -> dict[str, Any]:
        return self.draft.data if self.draft else {}

    def _walk(self) -> None:
        """Go through the steps as they were answered: which are asked, what was said in them, which one is wrong first."""
        self.all: list[Step] = []
        self._values, self._before, self._wrong = Values(), {}, 0
        for step in self._every:
            if step.when is not None and not step.when(self._values):
                continue
            self.all.append(step)
            self._before[step.slug] = Values(self._values)
            form = self._answered(step)
            if form is not None:
                right = form.validate() if form is not getattr(self, "form", None) else not form.errors
                self._values.update(form.data)
                self._wrong = self._wrong or (0 if right else len(self.all))

    def _answered(self, step: Step) -> Form | None:
        """The form of a step that was answered, the one that was just sent included."""
        if hasattr(self, "form") and step is self.step:
            return self.form
        return self._form(step) if step.slug in self._kept else None

    def _form(self, step: Step, *, sent: bool = False) -> Form:
        form = step.form_for(self._before[step.slug])
        if sent:
            return form(self.request)
        pairs = self._kept.get(step.slug)
        if pairs is None:
            return form(self.request, prefill=self.prefill)
        return form(self.request, typed=FormData([(name, _opened(value)) for name, value in pairs]))

    def _find(self) -> Draft | None:
        account = self.request.user.account_id
        if account is not None:
            return self.db.scalar(select(Draft).where(Draft.form == self.name, Draft.account_id == account))
        return self.db.scalar(select(Draft).where(Draft.form == self.name, Draft.key_hash == _hash(self._key))) if self._key else None

    def _pairs(self) -> list[list[Any]]:
        """What was sent in this step, as it is kept: files by their tokens, secrets encrypted or, without an account, not at all."""
        secret = {f.name for f in self.form if f.flags.sensitive}
        pairs: list[list[Any]] = []
        for name, value in form_of(self.request).multi_items():
            if isinstance(value, UploadFile) or name in ("kembali", "csrf"):
                continue
            if name not in secret:
                pairs.append([name, value])
            elif self.request.user.is_signed_in and value:
                pairs.append([name, _sealed(value)])
        for field in self.form:
            if field.type == "UploadField":
                pairs = [pair for pair in pairs if not pair[0].startswith(f"{field.name}-")] + [[f"{field.name}-sudah", row.token] for row in field.data]
        return pairs

    def _keep(self, *, partly: bool = False) -> None:
        """Keep what was sent in this step; `partly`: there are errors, so the step does not count as done."""
        if partly and self.step.slug not in self._kept:
            return
        now = self.request.state.now
        if self.draft is None:
            self.draft = Draft(form=self.name, account_id=self.request.user.account_id, data={}, updated_at=now)
            if self.draft.account_id is None:
                self._new_key = secrets.token_urlsafe(24)
                self.draft.key_hash = _hash(self._new_key)
            self.db.add(self.draft)
        self.draft.data = {**self.draft.data, self.step.slug: self._pairs()}
        self.draft.updated_at, self.draft.path, self.draft.title = now, self.request.scope["path"][:300], self.title[:200]
        self.db.flush()

    def _page(self, template: str, context: dict[str, Any]) -> Response:
        return self._with_key(page(self.request, template, status=self.form.status, wizard=self, form=self.form, **context))

    def _go(self, number: int) -> Response:
        return self._with_key(redirect(f"{self.request.url.path}?langkah={number}"))

    def _with_key(self, response: Response) -> Response:
        if self._new_key:
            secure = self.request.url.scheme == "https"
            life = int(ANONYMOUS_LIFE.total_seconds())
            response.set_cookie(_cookie(self.name), self._new_key, max_age=life, httponly=True, samesite="lax", secure=secure)
        return response


def _cookie(name: str) -> str:
    return f"{COOKIE}-{_hash(name)[:8]}"


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _sealed(value: str) -> dict[str, str]:
    return {"sealed": encrypt_nik(value).decode("ascii")}


def _opened(value: Any) -> Any:
    return decrypt_nik(value["sealed"].encode("ascii")) if isinstance(value, dict) else value


def without_secrets(data: dict[str, Any]) -> dict[str, Any]:
    """What a draft holds, for the person's copy: secrets are named, not told."""
    return {step: [[name, "•••" if isinstance(value, dict) else value] for name, value in pairs] for step, pairs in data.items()}


def drafts_of(db: Session, account_id: int | None) -> list[Draft]:
    """What a person began and has not sent, the newest first."""
    if account_id is None:
        return []
    return list(db.scalars(select(Draft).where(Draft.account_id == account_id, Draft.path != "").order_by(Draft.updated_at.desc())))


def discard_draft(db: Session, actor: Actor, draft_id: int) -> None:
    """Throw away a draft of one's own. Raises NotFound for any other."""
    draft = db.get(Draft, draft_id)
    if draft is None or draft.account_id != actor.require_signed_in():
        raise NotFound()
    db.delete(draft)
    db.flush()


def tidy_drafts(db: Session, now: datetime) -> None:
    """Forget drafts after 30 days; without an account, after two."""
    db.execute(delete(Draft).where((Draft.updated_at < now - LIFE) | (Draft.account_id.is_(None) & (Draft.updated_at < now - ANONYMOUS_LIFE))))

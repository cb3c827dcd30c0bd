"""Forms that know the request: filled from what was sent, checked, shown again with everything that was typed.

`pendopo.kit.forms` is what plugins import; it adds fields to these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import wtforms
from starlette.requests import Request
from wtforms import Field, ValidationError
from wtforms.validators import StopValidation

from ..errors import DomainError
from ..http import form_of
from ..i18n import N_, _, ngettext
from ..security import SAFE


class _Words:
    """WTForms' own messages and ours, in the language of the request."""

    def gettext(self, text: str) -> str:
        return _(_OWN.get(text, text))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return ngettext(singular, plural, n)


_OWN = {
    "Not a valid integer value.": N_("Isi dengan angka bulat."),
    "Not a valid decimal value.": N_("Isi dengan angka."),
    "Not a valid float value.": N_("Isi dengan angka."),
    "Not a valid date value.": N_("Tanggal ini tidak dikenal."),
    "Not a valid datetime value.": N_("Tanggal dan jam ini tidak dikenal."),
    "Not a valid choice.": N_("Pilih salah satu dari daftar."),
    "Invalid Choice: could not coerce.": N_("Pilih salah satu dari daftar."),
    "Invalid choice(s): one or more data inputs could not be coerced.": N_("Pilih dari daftar."),
    "'%(value)s' is not a valid choice for this field.": N_("Pilih dari daftar."),
    "'%(value)s' are not valid choices for this field.": N_("Pilih dari daftar."),
    "This field is required.": N_("Bagian ini harus diisi."),
}


class Form(wtforms.Form):
    """A form of one request. GET: empty, or from `obj` and `prefill`. POST: what was sent.

    `submitted`: was it sent? `status`: 200, or 422 (or a refusal's own status) once something is wrong.
    `more`: words and names of optional fields that stay folded away until asked for.
    """

    more: ClassVar[tuple[str, tuple[str, ...]]] = ("", ())

    class Meta:
        def get_translations(self, form: wtforms.Form) -> Any:
            return _Words()

    def __init__(
        self, request: Request, *, obj: Any = None, prefill: dict[str, Any] | None = None, prefix: str = "", typed: Any = None,
    ) -> None:
        """`typed`: what was typed earlier (a draft), in place of what this request sends."""
        self.request = request
        self.submitted = request.method not in SAFE
        self.form_errors_list: list[str] = []
        self._status = 200
        sent = typed if typed is not None else form_of(request) if self.submitted else None
        super().__init__(sent, obj=obj, data=prefill, prefix=prefix, meta={"locales": ["id"], "pendopo_request": request})
        for field in self:
            field.label.text = _(field.label.text) if field.label.text else field.label.text
            field.description = _(field.description) if field.description else ""

    @property
    def status(self) -> int:
        return self._status

    def validate(self, extra_validators: Any = None) -> bool:
        right = super().validate(extra_validators)
        if not right:
            self._status = 422
        return right

    def add_error(self, sentence: str, field: str | None = None, status: int = 422) -> None:
        """Show `sentence` at `field`, or above the form when it belongs to none."""
        self._status = status
        if field is not None and field in self._fields:
            target = self._fields[field]
            target.errors = [*target.errors, sentence]
        else:
            self.form_errors_list.append(sentence)

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """Inside, a DomainError becomes an error of this form, and what was written since is undone."""
        savepoint = self.request.state.db.begin_nested()
        try:
            yield
            if savepoint.is_active:
                savepoint.commit()
        except DomainError as refusal:
            if savepoint.is_active:
                savepoint.rollback()
            if refusal.status in (401, 403):
                raise
            self.add_error(refusal.sentence(), refusal.field, refusal.status if refusal.status in (409, 422, 429) else 422)
        except BaseException:
            if savepoint.is_active:
                savepoint.rollback()
            raise

    @property
    def all_errors(self) -> list[tuple[str, str, str]]:
        """`(id of the field or "", label, sentence)` of everything that is wrong, in the form's order."""
        found = [("", "", sentence) for sentence in self.form_errors_list]
        for field in self:
            found += [(field.id, field.label.text, sentence) for sentence in _flat(field.errors)]
        return found


def _flat(errors: Any) -> list[str]:
    if isinstance(errors, dict):
        return [sentence for part in errors.values() for sentence in _flat(part)]
    return [sentence for part in errors for sentence in (_flat(part) if isinstance(part, list | tuple | dict) else [str(part)])]


Validator = Callable[[wtforms.Form, Field], None]


class required:
    """Something other than blanks must be there."""

    field_flags: ClassVar[dict[str, Any]] = {"required": True}

    def __call__(self, form: wtforms.Form, field: Field) -> None:
        data = field.data
        if data is None or data is False or (isinstance(data, str) and not data.strip()) or (isinstance(data, list | tuple) and not data):
            if field.errors:
                raise StopValidation()  # the field already said why it could not read what was typed
            raise StopValidation(_("Bagian ini harus diisi."))


class length:
    """At least `min`, at most `max` characters; an empty field is left to `required`."""

    def __init__(self, min: int = 0, max: int = 10_000) -> None:
        self.min, self.max = min, max
        self.field_flags = {"maxlength": max}

    def __call__(self, form: wtforms.Form, field: Field) -> None:
        text = (field.data or "").replace("\r\n", "\n")
        if text and len(text.strip()) < self.min:
            raise ValidationError(_("Paling sedikit %(n)s huruf; Anda menulis %(have)s.") % {"n": self.min, "have": len(text.strip())})
        if len(text) > self.max:
            raise ValidationError(_("Paling banyak %(n)s huruf; Anda menulis %(have)s.") % {"n": self.max, "have": len(text)})


class between:
    """A number between `low` and `high`, both included; None is no bound."""

    def __init__(self, low: float | None = None, high: float | None = None) -> None:
        self.low, self.high = low, high
        self.field_flags = {key: value for key, value in (("min", low), ("max", high)) if value is not None}

    def __call__(self, form: wtforms.Form, field: Field) -> None:
        if field.data is None:
            return
        if (self.low is not None and field.data < self.low) or (self.high is not None and field.data > self.high):
            low, high = ("…" if bound is None else bound for bound in (self.low, self.high))
            raise ValidationError(_("Isi dengan angka antara %(low)s dan %(high)s.") % {"low": low, "high": high})


class checked:
    """Passes the text to a reader of ours (parse_nik, parse_phone ...) and shows what it refuses."""

    def __init__(self, read: Callable[[str], Any]) -> None:
        self.read = read

    def __call__(self, form: wtforms.Form, field: Field) -> None:
        if not field.data:
            return
        try:
            self.read(field.data)
        except DomainError as refusal:
            raise ValidationError(refusal.sentence()) from refusal

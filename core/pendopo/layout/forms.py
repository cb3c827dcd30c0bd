"""Forms that know the request: filled from what was sent, checked, shown again with everything that was typed.

`pendopo.kit.forms` is what plugins import; it adds fields to these.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import wtforms
from starlette.requests import Request
from wtforms import Field, ValidationError
from wtforms.fields.core import UnboundField
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
        return _(_OWN[singular]) if singular in _OWN else ngettext(singular, plural, n)


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
    A field with `when=("status", "bekerja")` is asked only when that is answered; `when=("npwp", True)` hangs on a ticked box.
    """

    more: ClassVar[tuple[str, tuple[str, ...]]] = ("", ())

    class Meta:
        def get_translations(self, form: wtforms.Form) -> Any:
            return _Words()

        def bind_field(self, form: wtforms.Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Every field may have `when=`: the question is asked only where it holds (see `Form.asks`)."""
            asked = unbound_field.kwargs.get("when")
            if asked is not None:
                kept = {key: value for key, value in unbound_field.kwargs.items() if key != "when"}
                unbound_field = UnboundField(unbound_field.field_class, *unbound_field.args, **kept)
            field = unbound_field.bind(form=form, **options)
            field.when = conditions(asked)
            return field

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
        for field in self:
            if field.when:
                field.asked_if = json.dumps([[self._fields[name].name, values] for name, values in field.when])
                field.asked_words = self._condition_words(field)

    def _condition_words(self, field: Field) -> str:
        """When a question is asked, for those who see it all the same."""
        told = []
        for name, values in field.when:
            other = self._fields[name]
            titles = {str(option.value): option.label for option in getattr(other, "choices", None) or ()}
            ticked = _("dicentang") if "y" in values else _("tidak dicentang")
            told.append(f"{other.label.text}: {', '.join(titles.get(value, value) for value in values) if titles else ticked}")
        return _("Isi bila %(conditions)s.") % {"conditions": "; ".join(told)}

    @property
    def status(self) -> int:
        return self._status

    def asks(self, field: Field) -> bool:
        """Is this question asked, by what was answered so far? One that hangs on a question that is not asked is not."""
        for name, values in field.when:
            other = self._fields.get(name) or getattr(self, name, None)
            if other is None or other is field or not self.asks(other) or not answered(other.data, values):
                return False
        return True

    def validate(self, extra_validators: Any = None) -> bool:
        """Questions that are not asked are emptied and never wrong, whatever was sent for them."""
        every = self._fields
        asked = {name: field for name, field in every.items() if self.asks(field)}
        for field in every.values():
            if field.short_name not in asked:
                _empty(field)
        self._fields = asked
        try:
            right = super().validate(extra_validators)
        finally:
            self._fields = every
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


Condition = tuple[tuple[str, tuple[str, ...]], ...]


def conditions(given: Any) -> Condition:
    """`("status", "bekerja")`, `("status", ("bekerja", "magang"))` or several of those, all of which must hold, in one shape."""
    if not given:
        return ()
    pairs = [given] if isinstance(given[0], str) else given
    return tuple((name, tuple(_word(v) for v in (values if isinstance(values, tuple | list | set | frozenset) else (values,)))) for name, values in pairs)


def _word(value: Any) -> str:
    """An answer as a browser sends it; a ticked box is `y`."""
    return ("y" if value else "") if isinstance(value, bool) else "" if value is None else str(value)


def answered(data: Any, values: tuple[str, ...]) -> bool:
    """Is one of `values` what was answered?"""
    given = [_word(item) for item in data] if isinstance(data, list | tuple | set) else [_word(data)]
    return any(item in values for item in given)


def _empty(field: Field) -> None:
    field.process_errors, field.errors, field.raw_data = [], [], None
    field.data = [] if isinstance(field.data, list) else False if isinstance(field.data, bool) else "" if isinstance(field.data, str) else None


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
            if field.errors and any(str(item).strip() for item in getattr(field, "raw_data", None) or ("?",)):
                raise StopValidation()  # the field already said why it could not read what was typed
            field.errors = []
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

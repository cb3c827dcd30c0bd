"""Forms that are data: a subset of JSON Schema becomes a Form, so that a kind of application is added without code.

`{"type": "object", "properties": {name: question, ...}, "required": [...]}`; questions stand in the order of `properties`.
A question has `type` (string, integer, number, boolean, array, date, money, file, desa, point), `title`, and as far as they
fit `description`, `enum` (with `x-titles`, in the same order), `format: date`, `minimum`, `maximum`, `minLength`,
`maxLength`, `pattern` (with `x-pattern-says`), `maxItems`, `multipleOf`, `x-when`, `x-en` (`title`, `description`,
`x-titles` in English). `x-when: ["usaha", "badan"]` asks it only where another question is answered so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, IntegerField, ValidationError
from wtforms.validators import Optional

from ..i18n import _, current_language, format_date, format_rupiah
from ..identity.loading import regency_day
from ..layout.forms import Form, between, length, required
from . import attachments, places
from .fields import (
    CheckboxGroupField,
    DateField,
    DecimalField,
    DesaField,
    NikField,
    PhoneField,
    PointField,
    RadioField,
    RupiahField,
    SelectField,
    StringField,
    TextAreaField,
    UploadField,
)
from .schema_checks import MOST_CHOICES, SchemaError, check_schema, conditions_of

__all__ = ["SchemaError", "answers", "check_schema", "form_from_schema", "plain_values"]

FEW = 5  # so many choices stand in sight; more become a list to open
LONG = 200  # a longer text gets several lines


def form_from_schema(schema: Mapping[str, Any], base: type[Form] = Form) -> type[Form]:
    """A Form with a field for each question of `schema`. Raises SchemaError, which says what is wrong and where."""
    check_schema(schema)
    needed = schema.get("required", ())
    fields = {name: _field(question, name in needed) for name, question in schema["properties"].items()}
    return type("SchemaForm", (base,), fields)


# ------------------------------------------------------------------------------------------------------------ building


def said(question: Mapping[str, Any], key: str) -> Any:
    """Words of a question in the language of the request; in Indonesian where there are no others."""
    english = question.get("x-en", {}) if current_language.get() == "en" else {}
    return english.get(key) or question.get(key) or ""


def _choices(question: Mapping[str, Any], of: Mapping[str, Any]) -> list[tuple[str, str]]:
    return list(zip(of["enum"], said(question, "x-titles") or of.get("x-titles") or of["enum"], strict=True))


def _field(question: Mapping[str, Any], needed: bool) -> Any:
    make = _enum if "enum" in question else _MAKERS[question["type"]]
    words: dict[str, Any] = {"label": said(question, "title"), "description": said(question, "description")}
    if "x-when" in question:
        words["when"] = tuple((name, tuple(answer) if isinstance(answer, list) else answer) for name, answer in conditions_of(question["x-when"]))
    return make(question, words, [required()] if needed else [])


def _bounds(question: Mapping[str, Any]) -> list[Any]:
    return [between(question.get("minimum"), question.get("maximum"))] if {"minimum", "maximum"} & set(question) else []


def _enum(question: Mapping[str, Any], words: dict[str, Any], checks: list[Any]) -> Any:
    choices = _choices(question, question)
    if len(choices) <= FEW:
        return RadioField(validators=checks or [Optional()], choices=choices, validate_choice=True, **words)
    return SelectField(validators=checks or [Optional()], choices=[("", _("Pilih")), *choices], **words)


def _string(question: Mapping[str, Any], words: dict[str, Any], checks: list[Any]) -> Any:
    kind = question.get("format")
    if kind == "date":
        return _date(question, words, checks)
    if kind == "phone":
        return PhoneField(validators=checks, **words)
    if kind == "nik":
        return NikField(validators=checks, **words)
    most = question.get("maxLength", 300)
    checks = [*checks, length(min=question.get("minLength", 0), max=most)]
    if kind == "email":
        checks.append(_like(re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), _("Tulis alamat surel seperti nama@contoh.id.")))
    if "pattern" in question:
        checks.append(_like(re.compile(question["pattern"]), said(question, "x-pattern-says") or _("Bentuk isian ini belum benar.")))
    lines = most > LONG and "maxLength" in question and "pattern" not in question and kind is None
    return (TextAreaField if lines else StringField)(validators=checks, **words)


def _like(pattern: re.Pattern[str], sentence: str) -> Callable[[Any, Any], None]:
    def check(form: Any, field: Any) -> None:
        if field.data and not pattern.fullmatch(field.data):
            raise ValidationError(sentence)

    return check


def _integer(question: Mapping[str, Any], words: dict[str, Any], checks: list[Any]) -> Any:
    return IntegerField(validators=[*(checks or [Optional()]), between(-(10**12), 10**12), *_bounds(question)], **words)


def _number(question: Mapping[str, Any], words: dict[str, Any], checks: list[Any]) -> Any:
    places_ = max(0, -Decimal(str(question.get("multipleOf", 0.01))).as_tuple().exponent)
    return DecimalField(validators=[*checks, *_bounds(question)], places=places_, **words)


def _money(question: Mapping[str, Any], words: dict[str, Any], checks: list[Any]) -> Any:
    return RupiahField(validators=[*checks, *_bounds(question)], **words)


def _boolean(question: Mapping[str, Any], words: dict[str, Any], checks: list[Any]) -> Any:
    return BooleanField(validators=checks, **words)


def _date(question: Mapping[str, Any], words: dict[str, Any], checks: list[Any]) -> Any:
    low, high = question.get("minimum"), question.get("maximum")

    def inside(form: Any, field: Any) -> None:
        today = regency_day(form.request.state.now)
        first, last = (today if bound == "today" else date.fromisoformat(bound) if bound else None for bound in (low, high))
        if field.data and ((first and field.data < first) or (last and field.data > last)):
            told = [_("paling awal %(day)s") % {"day": format_date(first)}] if first else []
            told += [_("paling akhir %(day)s") % {"day": format_date(last)}] if last else []
            raise ValidationError(_("Tanggalnya %(bounds)s.") % {"bounds": ", ".join(told)})

    return DateField(validators=[*(checks or [Optional()]), inside], **words)


def _array(question: Mapping[str, Any], words: dict[str, Any], checks: list[Any]) -> Any:
    most = question.get("maxItems", MOST_CHOICES)

    def few(form: Any, field: Any) -> None:
        if len(field.data or ()) > most:
            raise ValidationError(_("Paling banyak %(n)s pilihan.") % {"n": most})

    return CheckboxGroupField(validators=[*checks, few], choices=_choices(question, question["items"]), **words)


def _file(question: Mapping[str, Any], words: dict[str, Any], checks: list[Any]) -> Any:
    accept = question.get("accept", attachments.ACCEPTED)
    return UploadField(validators=checks, accept=accept, most=question.get("maxItems", 1), reuse=question.get("x-reuse", ""), **words)


def _desa(question: Mapping[str, Any], words: dict[str, Any], checks: list[Any]) -> Any:
    return DesaField(validators=checks, **words)


def _point(question: Mapping[str, Any], words: dict[str, Any], checks: list[Any]) -> Any:
    return PointField(validators=checks, **words)


_MAKERS: dict[str, Callable[[Mapping[str, Any], dict[str, Any], list[Any]], Any]] = {
    "string": _string, "integer": _integer, "number": _number, "money": _money, "boolean": _boolean, "date": _date, "array": _array, "file": _file,
    "desa": _desa, "point": _point,
}


# ------------------------------------------------------------------------------------------------------------- answers


def plain_values(schema: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as JSON, to be kept in a column: days as ISO text, numbers as text, points as two numbers; no files, no nik."""
    found = {}
    for name, question in schema["properties"].items():
        value = values.get(name)
        if question["type"] == "file" or question.get("format") == "nik" or value in (None, "", []):
            continue
        found[name] = _plain(value)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else list(value) if isinstance(value, tuple) else value


def answers(schema: Mapping[str, Any], kept: Mapping[str, Any]) -> list[tuple[str, str]]:
    """`(question, answer)` of what `plain_values` kept, in words, for whoever reads the application."""
    return [
        (said(question, "title"), _shown(question, kept[name])) for name, question in schema["properties"].items() if name in kept and kept[name] is not None
    ]


def _shown(question: Mapping[str, Any], value: Any) -> str:
    kind = question["type"]
    if kind == "array":
        titles = dict(_choices(question, question["items"]))
        return ", ".join(titles.get(item, item) for item in value)
    if "enum" in question:
        return dict(_choices(question, question)).get(value, str(value))
    if kind == "boolean":
        return _("ya") if value else _("tidak")
    if kind == "date" or question.get("format") == "date":
        return format_date(date.fromisoformat(value))
    if kind == "money":
        return format_rupiah(value)
    if kind == "number":
        return str(value).replace(".", ",")
    if kind == "desa":
        return places.place_name(value)
    return ", ".join(f"{n:.6f}" for n in value) if kind == "point" else str(value)

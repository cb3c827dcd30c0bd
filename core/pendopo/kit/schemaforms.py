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

from ..errors import InvalidInput
from ..i18n import N_, _, current_language, format_date, format_rupiah
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

__all__ = ["SchemaError", "answers", "check_schema", "form_from_schema", "plain_values"]

NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
MOST_QUESTIONS = 80
MOST_CHOICES = 300
FEW = 5  # so many choices stand in sight; more become a list to open
LONG = 200  # a longer text gets several lines
COMMON = {"type", "title", "description", "x-when", "x-en"}
KEYS: dict[str, set[str]] = {
    "string": {"enum", "x-titles", "format", "minLength", "maxLength", "pattern", "x-pattern-says"},
    "integer": {"minimum", "maximum"},
    "number": {"minimum", "maximum", "multipleOf"},
    "boolean": set(),
    "date": {"minimum", "maximum"},
    "money": {"minimum", "maximum"},
    "array": {"items", "maxItems"},
    "file": {"accept", "maxItems", "x-reuse"},
    "desa": set(),
    "point": set(),
}
FORMATS = ("date", "email", "phone", "nik")


class SchemaError(InvalidInput):
    """A schema that makes no form. `where`: the question it is about."""

    message = N_("Skema formulir belum benar: %(where)s: %(why)s")

    def __init__(self, where: str, why: str, **values: object) -> None:
        super().__init__(field="schema", where=where, why=_(why) % values if values else _(why))


def form_from_schema(schema: Mapping[str, Any], base: type[Form] = Form) -> type[Form]:
    """A Form with a field for each question of `schema`. Raises SchemaError, which says what is wrong and where."""
    check_schema(schema)
    needed = schema.get("required", ())
    fields = {name: _field(question, name in needed) for name, question in schema["properties"].items()}
    return type("SchemaForm", (base,), fields)


# ------------------------------------------------------------------------------------------------------------ checking


def check_schema(schema: Any) -> None:
    """Raises SchemaError for whatever `form_from_schema` can't do."""
    questions = schema.get("properties") if isinstance(schema, Mapping) else None
    if not isinstance(questions, Mapping) or not questions:
        raise SchemaError("properties", N_("harus berisi paling sedikit satu pertanyaan."))
    if len(questions) > MOST_QUESTIONS:
        raise SchemaError("properties", N_("paling banyak %(n)s pertanyaan."), n=MOST_QUESTIONS)
    unknown = set(schema) - {"$schema", "$id", "type", "title", "description", "properties", "required"}
    if unknown or schema.get("type", "object") != "object":
        raise SchemaError(", ".join(sorted(map(str, unknown))) or "type", N_("tidak dikenal."))
    for name in questions:
        _check_name(name)
    needed = schema.get("required", [])
    if not isinstance(needed, list) or any(not isinstance(name, str) or name not in questions for name in needed):
        raise SchemaError("required", N_("hanya boleh menyebut pertanyaan yang ada."))
    for name, question in questions.items():
        _check_question(name, question)
    for name, question in questions.items():
        if "x-when" in question:
            _check_condition(name, question["x-when"], questions)
    _check_circles(questions)


def _check_name(name: Any) -> None:
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise SchemaError(str(name)[:60], N_("nama ditulis dengan huruf kecil, angka, dan garis bawah, paling banyak 50."))
    if hasattr(Form, name):
        raise SchemaError(name, N_("nama ini dipakai oleh portal; pilih nama lain."))


def _check_question(name: str, question: Any) -> None:
    if not isinstance(question, Mapping):
        raise SchemaError(name, N_("harus berupa objek."))
    kind = question.get("type")
    if not isinstance(kind, str) or kind not in KEYS:
        raise SchemaError(name, N_("jenis %(kind)s tidak dikenal."), kind=kind)
    unknown = sorted(set(question) - COMMON - KEYS[kind])
    if unknown:
        raise SchemaError(name, N_("%(keys)s tidak berlaku untuk jenis %(kind)s."), keys=", ".join(unknown), kind=kind)
    if not isinstance(question.get("title"), str) or not question["title"].strip():
        raise SchemaError(name, N_("title harus diisi."))
    for key in ("description", "x-pattern-says", "x-reuse"):
        if not isinstance(question.get(key, ""), str):
            raise SchemaError(name, N_("%(key)s harus berupa teks."), key=key)
    _CHECKS.get(kind, lambda name, question: None)(name, question)
    _check_english(name, question)


def _check_string(name: str, question: Mapping[str, Any]) -> None:
    if "enum" in question:
        return _check_choices(name, question)
    if question.get("format", "date") not in FORMATS:
        raise SchemaError(name, N_("format %(kind)s tidak dikenal."), kind=question["format"])
    least, most = (question.get(key, default) for key, default in (("minLength", 0), ("maxLength", 300)))
    if not all(isinstance(n, int) and not isinstance(n, bool) and 0 <= n <= 10_000 for n in (least, most)) or least > most:
        raise SchemaError(name, N_("minLength dan maxLength harus bilangan dari 0 sampai 10.000."))
    if "pattern" in question:
        _check_pattern(name, question["pattern"])


def _check_pattern(name: str, pattern: Any) -> None:
    """Anyone may send any text to it: a pattern that repeats a repetition could keep a server busy for hours."""
    if not isinstance(pattern, str) or len(pattern) > 200 or re.search(r"\)[*+{?]|\\\d", pattern):
        raise SchemaError(name, N_("pattern terlalu rumit: tanpa kelompok yang diulang."))
    if len(re.findall(r"[*+]|\{\d*,\d*\}", pattern)) > 4:
        raise SchemaError(name, N_("pattern terlalu rumit: paling banyak empat pengulangan."))
    try:
        re.compile(pattern)
    except re.error as error:
        raise SchemaError(name, N_("pattern tidak dapat dibaca.")) from error


def _check_choices(name: str, question: Mapping[str, Any]) -> None:
    values, titles = question.get("enum"), question.get("x-titles")
    right = isinstance(values, list) and 0 < len(values) <= MOST_CHOICES and all(isinstance(v, str) and 0 < len(v) <= 80 for v in values)
    if not right or len(set(values)) != len(values):
        raise SchemaError(name, N_("enum harus berisi teks yang berbeda-beda."))
    if titles is not None and not _are_titles(titles, values):
        raise SchemaError(name, N_("x-titles harus sama banyak dengan enum."))


def _are_titles(titles: Any, values: list[str]) -> bool:
    return isinstance(titles, list) and len(titles) == len(values) and all(isinstance(t, str) and t for t in titles)


def _check_numbers(name: str, question: Mapping[str, Any]) -> None:
    numbers = {key: question[key] for key in ("minimum", "maximum", "multipleOf") if key in question}
    if any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers.values()):
        raise SchemaError(name, N_("minimum, maximum, dan multipleOf harus bilangan."))
    if numbers.get("minimum", float("-inf")) > numbers.get("maximum", float("inf")):
        raise SchemaError(name, N_("minimum lebih besar daripada maximum."))
    if numbers.get("multipleOf", 1) not in (1, 0.1, 0.01, 0.001, 0.0001):
        raise SchemaError(name, N_("multipleOf: 1, 0.1, 0.01, 0.001 atau 0.0001."))


def _check_date(name: str, question: Mapping[str, Any]) -> None:
    bounds = [question[key] for key in ("minimum", "maximum") if key in question]
    try:
        days = [date.fromisoformat(bound) for bound in bounds if bound != "today"]
    except (TypeError, ValueError) as error:
        raise SchemaError(name, N_("batas tanggal ditulis seperti 2026-03-10 atau today.")) from error
    if len(days) == 2 and days[0] > days[1]:
        raise SchemaError(name, N_("minimum lebih besar daripada maximum."))


def _check_array(name: str, question: Mapping[str, Any]) -> None:
    items = question.get("items")
    if not isinstance(items, Mapping) or items.get("type", "string") != "string" or set(items) - {"type", "enum", "x-titles"}:
        raise SchemaError(name, N_("array hanya untuk beberapa pilihan: items dengan enum."))
    _check_choices(name, items)
    _check_count(name, question, MOST_CHOICES)


def _check_file(name: str, question: Mapping[str, Any]) -> None:
    accept = question.get("accept", [attachments.ACCEPTED[0]])
    if not isinstance(accept, list) or not accept or set(map(str, accept)) - set(attachments.ACCEPTED):
        raise SchemaError(name, N_("accept hanya boleh berisi: %(types)s."), types=", ".join(attachments.ACCEPTED))
    _check_count(name, question, 20)


def _check_count(name: str, question: Mapping[str, Any], most: int) -> None:
    count = question.get("maxItems", 1)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= most:
        raise SchemaError(name, N_("maxItems harus bilangan dari 1 sampai %(most)s."), most=most)


def _check_english(name: str, question: Mapping[str, Any]) -> None:
    english = question.get("x-en", {})
    if not isinstance(english, Mapping) or set(english) - {"title", "description", "x-titles"}:
        raise SchemaError(name, N_("x-en berisi title, description, atau x-titles."))
    values = (question.get("items") or question).get("enum", [])
    words = all(isinstance(english.get(key, ""), str) for key in ("title", "description"))
    if not words or ("x-titles" in english and not _are_titles(english["x-titles"], values)):
        raise SchemaError(name, N_("x-en berisi title, description, atau x-titles."))


def _check_condition(name: str, given: Any, questions: Mapping[str, Any]) -> None:
    for pair in _conditions(given):
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str) or pair[0] not in questions or pair[0] == name:
            raise SchemaError(name, N_('x-when ditulis ["pertanyaan lain", "jawaban"].'))
        other = questions[pair[0]]
        answers_ = pair[1] if isinstance(pair[1], list) else [pair[1]]
        known = (other.get("items") or other).get("enum")
        if known is None and other["type"] != "boolean":
            raise SchemaError(name, N_("x-when hanya bergantung pada pilihan atau centang."))
        if not answers_ or any(answer not in (known or [True, False]) for answer in answers_):
            raise SchemaError(name, N_("x-when menyebut jawaban yang tidak ada."))


def _conditions(given: Any) -> list[Any]:
    """`["a", "x"]` and `[["a", "x"], ["b", "y"]]` alike as a list of pairs."""
    if not isinstance(given, list) or not given:
        return [None]
    return given if isinstance(given[0], list) else [given]


def _check_circles(questions: Mapping[str, Any]) -> None:
    def above(name: str, seen: tuple[str, ...]) -> None:
        if name in seen:
            raise SchemaError(name, N_("x-when berputar: pertanyaan ini bergantung pada dirinya sendiri."))
        for pair in _conditions(questions[name]["x-when"]) if "x-when" in questions[name] else ():
            above(pair[0], (*seen, name))

    for name in questions:
        above(name, ())


_CHECKS: dict[str, Callable[[str, Mapping[str, Any]], None]] = {
    "string": _check_string, "integer": _check_numbers, "number": _check_numbers, "money": _check_numbers, "date": _check_date,
    "array": _check_array, "file": _check_file,
}


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
        words["when"] = tuple((name, tuple(answer) if isinstance(answer, list) else answer) for name, answer in _conditions(question["x-when"]))
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

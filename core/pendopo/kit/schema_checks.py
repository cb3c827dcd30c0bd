"""Which schemas make a form: `kit.schemaforms` lists what they may say. Each refusal names the question and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ..errors import InvalidInput
from ..i18n import N_, _
from ..layout.forms import Form
from . import attachments

NAME = re.compile(r"[a-z][a-z0-9_]{0,49}")
MOST_QUESTIONS = 80
MOST_CHOICES = 300
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
    for pair in conditions_of(given):
        if not isinstance(pair, list) or len(pair) != 2 or not isinstance(pair[0], str) or pair[0] not in questions or pair[0] == name:
            raise SchemaError(name, N_('x-when ditulis ["pertanyaan lain", "jawaban"].'))
        other = questions[pair[0]]
        answers_ = pair[1] if isinstance(pair[1], list) else [pair[1]]
        known = (other.get("items") or other).get("enum")
        if known is None and other["type"] != "boolean":
            raise SchemaError(name, N_("x-when hanya bergantung pada pilihan atau centang."))
        if not answers_ or any(answer not in (known or [True, False]) for answer in answers_):
            raise SchemaError(name, N_("x-when menyebut jawaban yang tidak ada."))


def conditions_of(given: Any) -> list[Any]:
    """`["a", "x"]` and `[["a", "x"], ["b", "y"]]` alike as a list of pairs."""
    if not isinstance(given, list) or not given:
        return [None]
    return given if isinstance(given[0], list) else [given]


def _check_circles(questions: Mapping[str, Any]) -> None:
    def above(name: str, seen: tuple[str, ...]) -> None:
        if name in seen:
            raise SchemaError(name, N_("x-when berputar: pertanyaan ini bergantung pada dirinya sendiri."))
        for pair in conditions_of(questions[name]["x-when"]) if "x-when" in questions[name] else ():
            above(pair[0], (*seen, name))

    for name in questions:
        above(name, ())


_CHECKS: dict[str, Callable[[str, Mapping[str, Any]], None]] = {
    "string": _check_string, "integer": _check_numbers, "number": _check_numbers, "money": _check_numbers, "date": _check_date,
    "array": _check_array, "file": _check_file,
}

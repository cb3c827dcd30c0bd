"""A permit type is data: what its JSON may hold, what is wrong with one, and how the rest of the plugin reads it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pendopo import N_, _
from pendopo.i18n import current_language
from pendopo.kit.forms import SchemaError, answers, check_schema

from . import fees
from .english import sentences_of, with_english
from .rules import CHANNELS, RULE_FIELDS, number_problem

STAGES = {  # slug of a stage in the data -> its title
    "cek_kelengkapan": N_("Cek kelengkapan"),
    "verifikasi_teknis": N_("Verifikasi teknis"),
    "peninjauan_lapangan": N_("Peninjauan lapangan"),
    "penyusunan": N_("Penyusunan keputusan"),
    "penandatanganan": N_("Penandatanganan"),
}
STANDARD = {  # the fourteen components of a standar pelayanan (UU 25/2009 Pasal 21), in their order
    "dasar_hukum": N_("Dasar hukum"),
    "persyaratan": N_("Persyaratan"),
    "prosedur": N_("Sistem, mekanisme, dan prosedur"),
    "waktu": N_("Jangka waktu penyelesaian"),
    "biaya": N_("Biaya atau tarif"),
    "produk": N_("Produk pelayanan"),
    "sarana": N_("Sarana, prasarana, dan fasilitas"),
    "kompetensi": N_("Kompetensi pelaksana"),
    "pengawasan": N_("Pengawasan internal"),
    "pengaduan": N_("Penanganan pengaduan, saran, dan masukan"),
    "jumlah_pelaksana": N_("Jumlah pelaksana"),
    "jaminan": N_("Jaminan pelayanan"),
    "keamanan": N_("Jaminan keamanan dan keselamatan pelayanan"),
    "evaluasi": N_("Evaluasi kinerja pelaksana"),
}
DERIVED = ("persyaratan", "waktu", "biaya")  # told by the data itself, so that the words can't contradict them
TAKEN = ("nama", "alamat", "hp", "titik", "desa_lokasi", "alamat_lokasi", "pernyataan")  # asked beside the type's own form

_TEXT = {"type": "string", "minLength": 1, "maxLength": 2000}
_WHEN = {
    "type": "object",
    "properties": {"isian": _TEXT, "bernilai": {"type": ["string", "boolean"]}, "paling_sedikit": {"type": "number"}},
    "required": ["isian"],
    "additionalProperties": False,
}
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Jenis izin Simponie",
    "type": "object",
    "required": ["kode", "nama", "ringkas", "sektor", "kanal", "opd", "sla_hk", "standar", "syarat", "formulir", "tahap", "nomor", "dokumen"],
    "additionalProperties": False,
    "properties": {
        "kode": {"type": "string", "pattern": "^[A-Z][A-Z0-9-]{1,19}$"},
        "nama": {"type": "string", "minLength": 3, "maxLength": 160},
        "ringkas": {"type": "string", "minLength": 10, "maxLength": 400},
        "sektor": {"type": "string", "minLength": 3, "maxLength": 60},
        "kanal": {"enum": list(CHANNELS)},
        "opd": {"type": "string", "pattern": "^[a-z][a-z0-9_]{1,39}$"},
        "kata_kunci": {"type": "array", "maxItems": 30, "items": {"type": "string", "minLength": 2, "maxLength": 40}},
        "kebutuhan": {"type": "array", "maxItems": 10, "items": {"type": "string", "minLength": 5, "maxLength": 160}},
        "sla_hk": {"type": "integer", "minimum": 1, "maximum": 120},
        "masa_berlaku_bulan": {"type": ["integer", "null"], "minimum": 1, "maximum": 600},
        "batas_masa": {"type": "string"},
        "perpanjangan_hari": {"type": "integer", "minimum": 0, "maximum": 730},
        "lokasi": {"enum": ["tidak", "pilihan", "wajib"]},
        "nomor": {"type": "string", "maxLength": 80},
        "contoh": {"type": "boolean"},
        "en": {"type": "object", "maxProperties": 400, "additionalProperties": {"type": "string", "maxLength": 2000}},
        "standar": {"type": "object", "additionalProperties": False, "properties": {key: _TEXT for key in STANDARD if key not in DERIVED}},
        "syarat": {
            "type": "array",
            "maxItems": 30,
            "items": {
                "type": "object",
                "required": ["kode", "nama"],
                "additionalProperties": False,
                "properties": {
                    "kode": {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,29}$"},
                    "nama": {"type": "string", "minLength": 2, "maxLength": 200},
                    "wajib": {"anyOf": [{"type": "boolean"}, _WHEN]},
                    "keterangan": {"type": "string", "maxLength": 300},
                },
            },
        },
        "formulir": {
            "type": "object",
            "required": ["type", "properties"],
            "properties": {"type": {"const": "object"}, "properties": {"type": "object", "maxProperties": 60}},
        },
        "tahap": {
            "type": "array",
            "maxItems": len(STAGES),
            "items": {
                "type": "object",
                "required": ["tahap", "opd", "sla_hk"],
                "additionalProperties": False,
                "properties": {
                    "tahap": {"enum": list(STAGES)},
                    "opd": {"type": "string", "pattern": "^[a-z][a-z0-9_]{1,39}$"},
                    "sla_hk": {"type": "integer", "minimum": 1, "maximum": 120},
                    "wajib": {"type": "boolean"},
                },
            },
        },
        "retribusi": {
            "type": ["object", "null"],
            "required": ["rumus", "parameter", "sumber"],
            "additionalProperties": False,
            "properties": {"rumus": {"type": "string"}, "parameter": {"type": "object"}, "sumber": {"type": "string", "maxLength": 200}},
        },
        "aturan": {"type": "array", "maxItems": 10, "items": {"type": "object", "required": ["nama"]}},
        "dokumen": {
            "type": "object",
            "required": ["judul", "ketentuan"],
            "additionalProperties": False,
            "properties": {"judul": {"type": "string", "maxLength": 160}, "ketentuan": {"type": "array", "maxItems": 20, "items": _TEXT}},
        },
    },
}


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: `syarat/0/kode`."""

    where: str
    sentence: str


@dataclass(frozen=True)
class StagePlan:
    slug: str
    opd: str
    days: int
    required: bool = True

    @property
    def title(self) -> str:
        return STAGES[self.slug]


@dataclass(frozen=True)
class PermitType:
    """A permit type as the plugin reads it; `data` is its JSON."""

    data: Mapping[str, Any]
    id: int = 0
    version: int = 0

    @property
    def code(self) -> str:
        return self.data["kode"]

    @property
    def name(self) -> str:
        return self.data["nama"]

    @property
    def channel(self) -> str:
        return self.data["kanal"]

    @property
    def has_form(self) -> bool:
        """May it be applied for here?"""
        return bool(self.data["tahap"])

    @property
    def stages(self) -> tuple[StagePlan, ...]:
        return tuple(StagePlan(s["tahap"], s["opd"], s["sla_hk"], s.get("wajib", True)) for s in self.data["tahap"])

    def stage(self, slug: str) -> StagePlan | None:
        return next((s for s in self.stages if s.slug == slug), None)

    @property
    def days(self) -> int:
        return self.data["sla_hk"]

    @property
    def location(self) -> str:
        return self.data.get("lokasi", "tidak")

    @property
    def rules(self) -> list[Mapping[str, Any]]:
        return self.data.get("aturan", [])

    @property
    def most_months(self) -> int | None:
        return next((int(rule["bulan"]) for rule in self.rules if rule["nama"] == "masa_paling_lama"), None)

    @property
    def fee_rule(self) -> Mapping[str, Any] | None:
        return self.data.get("retribusi")

    def said(self, text: str) -> str:
        """A sentence of the data in the language of the request; in Indonesian where nobody translated it."""
        return self.data.get("en", {}).get(text, text) if current_language.get() == "en" else text

    @property
    def title(self) -> str:
        """The name as a page shows it. Papers and registers keep `name`."""
        return self.said(self.name)

    @property
    def form_schema(self) -> dict[str, Any]:
        """The form; with the English of its questions where there is some."""
        english = self.data.get("en", {})
        if not english:
            return self.data["formulir"]
        properties = {name: with_english(question, english) for name, question in self.data["formulir"]["properties"].items()}
        return {**self.data["formulir"], "properties": properties}

    def untranslated(self) -> list[str]:
        """Sentences that visitors who read English see in Indonesian."""
        known = self.data.get("en", {})
        return [text for text in dict.fromkeys(sentences_of(self.data)) if text and text not in known]

    @property
    def fee_schema(self) -> dict[str, Any]:
        """The part of the form that the fee asks for."""
        names = fees.inputs_of(self.fee_rule)
        properties = {name: schema for name, schema in self.form_schema["properties"].items() if name in names}
        return {"type": "object", "properties": properties, "required": list(properties)}

    def standard(self) -> Iterator[tuple[str, str, str]]:
        """`(slug, title, words)` of the fourteen components."""
        words = {**standard_defaults(current_language.get()), **{slug: self.said(text) for slug, text in self.data["standar"].items()}}
        for slug, title in STANDARD.items():
            yield slug, _(title), self._derived(slug) if slug in DERIVED else words.get(slug, "")

    def _derived(self, slug: str) -> str:
        if slug == "persyaratan":
            return "; ".join(self.said(paper["nama"]) for paper in self.data["syarat"]) or _("Tidak ada berkas yang diunggah di sini.")
        if slug == "waktu":
            return _("%(n)s hari kerja sejak berkas lengkap; lewat batas tanpa keputusan berarti dianggap dikabulkan.") % {"n": self.days}
        if not self.fee_rule:
            return _("Tidak dipungut biaya.")
        return _("Dihitung menurut rumus %(formula)s (%(source)s). Hitung dahulu pada simulasi biaya.") % {
            "formula": _(fees.FORMULAS[self.fee_rule["rumus"]].title),
            "source": self.fee_rule["sumber"],
        }

    def say(self, field: str, value: Any) -> str:
        """A chosen answer in words."""
        question = self.form_schema["properties"].get(field, {})
        return dict(zip(question.get("enum", ()), question.get("x-titles", ()), strict=False)).get(value, str(value))

    def labels(self, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What was typed, as `(question, answer)` in the form's order."""
        return answers(self.form_schema, values)


@cache
def _standard_text(file: str) -> str:
    return (files(__package__) / "data" / file).read_text()


def standard_defaults(language: str = "id") -> dict[str, str]:
    """Components that are the same for every permit of this office, unless a type words its own."""
    return json.loads(_standard_text("standar.en.json" if language == "en" else "standar.json"))


def shipped() -> list[dict[str, Any]]:
    """The types that come with the plugin, each marked `contoh`."""
    folder = files(__package__) / "data" / "jenis"
    return sorted(
        (json.loads(file.read_text()) for file in folder.iterdir() if file.name.endswith(".json")), key=lambda data: (data["kanal"] != "lokal", data["kode"])
    )


# --------------------------------------------------------------------------------------------------------------- checks


def problems_of(data: Any) -> list[Problem]:
    """Everything that is wrong with a permit type; [] when it may be published."""
    from jsonschema import Draft202012Validator

    found = [
        Problem(_path(error.absolute_path), _words(error))
        for error in sorted(Draft202012Validator(SCHEMA).iter_errors(data), key=lambda e: list(map(str, e.absolute_path)))
    ]
    return found or list(_meaning(data))


def _path(parts: Any) -> str:
    return "/".join(str(part) for part in parts)


def _words(error: Any) -> str:
    """A message of jsonschema in the words of an officer."""
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        return _("Belum ada: %(names)s.") % {"names": ", ".join(missing)}
    if error.validator == "additionalProperties":
        unknown = sorted(set(error.instance) - set(error.schema.get("properties", ())))
        return _("Tidak dikenal: %(names)s.") % {"names": ", ".join(unknown)}
    if error.validator == "enum":
        return _("Pilih salah satu: %(names)s.") % {"names": ", ".join(map(str, error.validator_value))}
    if error.validator == "pattern":
        return _("Bentuknya belum benar; yang diharapkan: %(pattern)s.") % {"pattern": error.validator_value}
    if error.validator in ("minimum", "maximum", "minLength", "maxLength", "maxItems", "maxProperties"):
        words = {"minimum": _("paling sedikit"), "minLength": _("paling sedikit"), "maximum": _("paling banyak")}.get(error.validator, _("paling banyak"))
        return f"{words.capitalize()} {error.validator_value}."
    if error.validator == "type":
        return _("Jenis datanya harus %(type)s.") % {
            "type": error.validator_value if isinstance(error.validator_value, str) else " / ".join(error.validator_value)
        }
    return _("Bagian ini belum benar.")


def _meaning(data: Mapping[str, Any]) -> Iterator[Problem]:
    """What a schema can't say: names that must exist elsewhere in the data."""
    properties = data["formulir"]["properties"]
    if data["tahap"]:
        try:
            check_schema(data["formulir"])
        except SchemaError as wrong:
            yield Problem("formulir", wrong.sentence())
            return
    if used := [name for name in (*properties, *(paper["kode"] for paper in data["syarat"])) if name in TAKEN]:
        yield Problem("formulir", _("Nama ini dipakai bagian lain permohonan: %(names)s.") % {"names": ", ".join(used)})
    if used := [paper["kode"] for paper in data["syarat"] if paper["kode"] in properties]:
        yield Problem("syarat", _("Nama ini sudah dipakai isian formulir: %(names)s.") % {"names": ", ".join(used)})
    yield from _stages_make_sense(data)
    for number, paper in enumerate(data["syarat"]):
        condition = paper.get("wajib", True)
        if isinstance(condition, Mapping) and condition["isian"] not in properties:
            yield Problem(f"syarat/{number}/wajib", _("Isian %(name)s tidak ada dalam formulir.") % {"name": condition["isian"]})
    if len({paper["kode"] for paper in data["syarat"]}) != len(data["syarat"]):
        yield Problem("syarat", _("Kode syarat tidak boleh sama."))
    yield from _figures_make_sense(data, properties)


def _stages_make_sense(data: Mapping[str, Any]) -> Iterator[Problem]:
    slugs = [stage["tahap"] for stage in data["tahap"]]
    if slugs != [slug for slug in STAGES if slug in slugs]:
        yield Problem("tahap", _("Tahap harus berurutan dan tidak berulang: %(names)s.") % {"names": ", ".join(STAGES)})
    if not slugs and data["kanal"] == "lokal":
        yield Problem("tahap", _("Izin yang diproses di sini perlu tahap."))
    if slugs and not {"cek_kelengkapan", "penandatanganan"} <= set(slugs):
        yield Problem("tahap", _("Tahap cek_kelengkapan dan penandatanganan selalu ada."))
    if "peninjauan_lapangan" in slugs and "verifikasi_teknis" not in slugs:
        yield Problem("tahap", _("Peninjauan lapangan memerlukan verifikasi teknis."))
    if slugs and (sentence := number_problem(data["nomor"])):
        yield Problem("nomor", _(sentence))
    if slugs and not data["dokumen"]["judul"]:
        yield Problem("dokumen/judul", _("Bagian ini harus diisi."))


def _figures_make_sense(data: Mapping[str, Any], properties: Mapping[str, Any]) -> Iterator[Problem]:
    rule = data.get("retribusi")
    if rule is not None:
        sentence = fees.problem_of(rule)
        if sentence:
            yield Problem("retribusi", _(sentence))
        else:
            for name in fees.inputs_of(rule):
                if name not in properties:
                    yield Problem("retribusi", _("Isian %(name)s tidak ada dalam formulir.") % {"name": name})
    for number, one in enumerate(data.get("aturan", [])):
        wanted = RULE_FIELDS.get(one.get("nama", ""))
        if wanted is None:
            yield Problem(f"aturan/{number}", _("Aturan tidak dikenal. Pilih: %(names)s.") % {"names": ", ".join(RULE_FIELDS)})
        elif missing := [name for name in wanted if name not in one]:
            yield Problem(f"aturan/{number}", _("Belum ada: %(names)s.") % {"names": ", ".join(missing)})
        elif "isian" in one and one["isian"] not in properties:
            yield Problem(f"aturan/{number}", _("Isian %(name)s tidak ada dalam formulir.") % {"name": one["isian"]})
    limit = data.get("batas_masa")
    if limit and properties.get(limit, {}).get("format") != "date":
        yield Problem("batas_masa", _("Harus nama isian tanggal dalam formulir."))


def is_required(paper: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """Must this paper be uploaded, given what was typed?"""
    wanted = paper.get("wajib", True)
    if isinstance(wanted, bool):
        return wanted
    value = values.get(wanted["isian"])
    if "bernilai" in wanted:
        return value == wanted["bernilai"]
    return value not in (None, "") and fees.number(value) >= fees.number(wanted.get("paling_sedikit", 0))

"""Forms that are data: what a schema may say, what its form accepts, what is kept and read."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData

from pendopo.i18n import speaking
from pendopo.identity import ANONYMOUS
from pendopo.kit.forms import SchemaError, answers, form_from_schema, plain_values

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
SCHEMA = {
    "type": "object",
    "title": "Izin reklame",
    "properties": {
        "usaha": {"type": "string", "title": "Bentuk usaha", "enum": ["orang", "badan"], "x-titles": ["Perorangan", "Badan usaha"], "x-en": {"title": "Kind of business", "x-titles": ["Person", "Company"]}},
        "nama_badan": {"type": "string", "title": "Nama badan usaha", "maxLength": 80, "x-when": ["usaha", "badan"]},
        "nib": {"type": "string", "title": "NIB", "pattern": r"\d{13}", "x-pattern-says": "NIB terdiri dari 13 angka.", "x-when": ["usaha", "badan"]},
        "jumlah": {"type": "integer", "title": "Jumlah papan", "minimum": 1, "maximum": 20},
        "luas": {"type": "number", "title": "Luas (m²)", "minimum": 0.5, "multipleOf": 0.01},
        "mulai": {"type": "date", "title": "Mulai dipasang", "minimum": "today"},
        "nilai": {"type": "money", "title": "Nilai kontrak", "maximum": 1000000000},
        "lampu": {"type": "boolean", "title": "Memakai lampu"},
        "daya": {"type": "integer", "title": "Daya (watt)", "x-when": ["lampu", True]},
        "sisi": {"type": "array", "title": "Sisi", "items": {"enum": ["depan", "belakang"], "x-titles": ["Depan", "Belakang"]}, "maxItems": 2},
        "letak": {"type": "point", "title": "Letak"},
        "desa": {"type": "desa", "title": "Desa"},
        "surel": {"type": "string", "title": "Surel", "format": "email"},
        "gambar": {"type": "file", "title": "Gambar reklame", "accept": ["application/pdf"], "maxItems": 3},
    },
    "required": ["usaha", "nama_badan", "jumlah", "luas", "daya", "desa"],
}
FILLED = {
    "usaha": "badan", "nama_badan": "CV Contoh", "nib": "1234567890123", "jumlah": "2", "luas": "4,5", "mulai": "2026-04-01", "nilai": "Rp1.250.000", "lampu": "y",
    "daya": "100", "sisi": "depan", "letak-lat": "-6.12", "letak-lon": "106.15", "desa": "36.04.30.2001", "surel": "a@b.id",
}


def request(pairs=None):
    state = SimpleNamespace(db=None, now=NOW)
    return SimpleNamespace(method="GET" if pairs is None else "POST", scope={"pendopo.form": FormData(pairs or [])}, state=state, user=ANONYMOUS)


def sent(**changes):
    form = form_from_schema(SCHEMA)(request(list({**FILLED, **changes}.items())))
    return form, form.validate()


def test_answers_are_read_by_their_kind(portal):
    form, right = sent()
    assert right, form.errors
    assert form.data == {
        "usaha": "badan", "nama_badan": "CV Contoh", "nib": "1234567890123", "jumlah": 2, "luas": Decimal("4.5"), "mulai": date(2026, 4, 1), "nilai": 1_250_000,
        "lampu": True, "daya": 100, "sisi": ["depan"], "letak": (-6.12, 106.15), "desa": "36.04.30.2001", "surel": "a@b.id", "gambar": [],
    }


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("usaha", "yayasan", "Pilih"), ("nama_badan", "", "harus diisi"), ("nib", "12", "13 angka"), ("jumlah", "0", "antara 1 dan 20"), ("jumlah", "x", "angka bulat"),
        ("luas", "0,1", "antara 0.5"), ("luas", "1,234", "2 angka"), ("mulai", "2026-03-09", "paling awal 10 Maret 2026"), ("nilai", "9999999999", "antara"),
        ("daya", "", "harus diisi"), ("sisi", "atas", "Pilih"), ("desa", "36.04.30", "Pilih desa"), ("surel", "ab", "surel"), ("letak-lat", "abc", "lintang"),
    ],
)
def test_what_is_wrong_is_said_at_its_question(portal, name, typed, said):
    form, right = sent(**{name: typed})
    assert not right
    assert said in " ".join(form[name.partition("-")[0]].errors)


@pytest.mark.once
def test_questions_that_are_not_asked_are_left_out():
    form, right = sent(usaha="orang", nib="salah", nama_badan="CV Contoh", lampu="", daya="x")
    assert form.errors == {}
    assert right
    assert (form.nama_badan.data, form.nib.data) == ("", "")


@pytest.mark.once
def test_kept_answers_are_plain_and_read_back_in_words(portal):
    import json

    form, _right = sent()
    kept = json.loads(json.dumps(plain_values(SCHEMA, form.data)))
    assert kept["luas"] == "4.5"
    told = dict(answers(SCHEMA, kept))
    assert told["Bentuk usaha"] == "Badan usaha"
    assert (told["Luas (m²)"], told["Mulai dipasang"], told["Nilai kontrak"], told["Memakai lampu"], told["Sisi"]) == ("4,5", "1 April 2026", "Rp1.250.000", "ya", "Depan")
    assert told["Desa"] == "Desa Anyar, Kec. Anyar"
    with speaking("en"):
        assert dict(answers(SCHEMA, kept))["Kind of business"] == "Company"


@pytest.mark.once
def test_a_form_speaks_the_language_of_its_request():
    with speaking("en"):
        form = form_from_schema(SCHEMA)(request())
    assert form.usaha.label.text == "Kind of business"
    assert [choice.label for choice in form.usaha.choices] == ["Person", "Company"]


def broken(**changes):
    """The schema with one thing changed: `question__key=value`; a value `...` takes the key away."""
    schema = copy.deepcopy(SCHEMA)
    for path, value in changes.items():
        name, _sep, key = path.partition("__")
        place = schema if not key else schema["properties"].setdefault(name, {})
        key = (key or name).replace("x_", "x-")
        if value is ...:
            del place[key]
        else:
            place[key] = value
    return schema


@pytest.mark.once
@pytest.mark.parametrize(
    ("schema", "where"),
    [
        ({}, "properties"), ({"properties": {}}, "properties"), ({"properties": []}, "properties"), (None, "properties"), ([], "properties"),
        (broken(type="array"), "type"), (broken(allOf=[]), "allOf"), (broken(required=["tidak_ada"]), "required"), (broken(required="usaha"), "required"),
        ({"properties": {"Nama": {"type": "string", "title": "x"}}}, "Nama"), ({"properties": {"validate": {"type": "string", "title": "x"}}}, "validate"),
        ({"properties": {"status": {"type": "string", "title": "x"}}}, "status"), (broken(jumlah__type="uang"), "jumlah"), (broken(jumlah__title=...), "jumlah"),
        (broken(jumlah__title=5), "jumlah"), (broken(jumlah__enum=[1]), "jumlah"), (broken(jumlah__minimum="1"), "jumlah"), (broken(jumlah__minimum=30), "jumlah"),
        (broken(luas__multipleOf=3), "luas"), (broken(usaha__enum=[]), "usaha"), (broken(usaha__enum=["a", "a"]), "usaha"), (broken(usaha__enum=[1, 2]), "usaha"),
        (broken(usaha__x_titles=["satu"]), "usaha"), (broken(nib__pattern="("), "nib"), (broken(nib__pattern="(a+)+$"), "nib"), (broken(nib__pattern="a*b*c*d*e*"), "nib"),
        (broken(nib__format="ipv4"), "nib"), (broken(nama_badan__maxLength=-1), "nama_badan"), (broken(nama_badan__minLength=90), "nama_badan"),
        (broken(mulai__minimum="besok"), "mulai"), (broken(sisi__items={"type": "integer"}), "sisi"), (broken(sisi__items=...), "sisi"), (broken(sisi__maxItems=0), "sisi"),
        (broken(gambar__accept=["text/html"]), "gambar"), (broken(gambar__maxItems=True), "gambar"), (broken(nib__x_when=["tidak_ada", "x"]), "nib"),
        (broken(nib__x_when=["nib", "x"]), "nib"), (broken(nib__x_when=["usaha", "yayasan"]), "nib"), (broken(nib__x_when=["jumlah", "1"]), "nib"),
        (broken(nib__x_when="usaha"), "nib"), (broken(nib__x_when=[]), "nib"), (broken(usaha__x_when=["lampu", True], lampu__x_when=["usaha", "badan"]), ""),
        (broken(usaha__x_en={"judul": "x"}), "usaha"), (broken(usaha__x_en={"x-titles": ["a"]}), "usaha"), ({"properties": {"a": "string"}}, "a"),
        ({"properties": {f"q{n}": {"type": "string", "title": "x"} for n in range(81)}}, "properties"),
    ],
)
def test_a_bad_schema_is_refused_with_the_place(schema, where):
    with pytest.raises(SchemaError) as refusal:
        form_from_schema(schema)
    assert where in refusal.value.values["where"]
    assert refusal.value.sentence().startswith("Skema formulir belum benar: ")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=6) | st.sampled_from(["string", "array", "usaha", "date"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "title", "enum", "items", "x-when", "x-en", "pattern", "minimum", "a", "b"]), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.once
@given(JSON, st.booleans())
def test_anything_at_all_makes_a_form_or_a_clear_refusal(thing, inside):
    try:
        form = form_from_schema({"properties": {"a": thing, "b": {"type": "boolean", "title": "B"}}} if inside else thing)
    except SchemaError:
        return
    form(request([("a", "x"), ("b", "y")])).validate()

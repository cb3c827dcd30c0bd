"""Fields of Indonesian forms, files that survive an error, long forms that are kept; CSV and RSS."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from starlette.datastructures import FormData

from pendopo.identity import ANONYMOUS
from pendopo.kit import forms
from pendopo.kit.feeds import FeedItem, rss
from pendopo.kit.opendata import csv_text, harmless
from pendopo.kit.statistics import count_by, monthly, share
from pendopo.kit.wizard import Draft, tidy_drafts

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


def request(pairs=None, *, db=None, user=ANONYMOUS):
    return SimpleNamespace(
        method="GET" if pairs is None else "POST", scope={"pendopo.form": FormData(pairs or [])}, state=SimpleNamespace(db=db, now=NOW), user=user
    )


class ManyForm(forms.Form):
    nik = forms.NikField()
    phone = forms.PhoneField()
    km = forms.DecimalField("Panjang (km)", places=3)
    cost = forms.RupiahField("Biaya")
    day = forms.DateField("Tanggal", [forms.optional()])
    start = forms.DateTimeField("Mulai", [forms.optional()])
    desa = forms.DesaField("Desa")
    point = forms.PointField("Titik")


def filled(**values):
    form = ManyForm(request(list(values.items())))
    return form, form.validate()


def test_values_are_read_as_people_type_them():
    form, right = filled(
        nik="3604 3017 0895 0002",
        phone="0812-3456-7890",
        km="1,5",
        cost="Rp1.250.000",
        start="2026-03-10T09:00",
        desa="36.04.30.2001",
        **{"point-lat": "-6,12", "point-lon": "106.15"},
    )
    assert right, form.errors
    assert (form.nik.data, form.phone.data, form.km.data, form.cost.data) == ("3604301708950002", "+6281234567890", Decimal("1.5"), 1_250_000)
    assert form.start.data == datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
    assert (form.desa.data, form.point.data) == ("36.04.30.2001", (-6.12, 106.15))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("nik", "3604301708950000"),
        ("nik", "abc"),
        ("phone", "123"),
        ("km", "satu"),
        ("km", "1,2345"),
        ("km", "NaN"),
        ("km", "1e999999"),
        ("cost", "1,5"),
        ("cost", "-5"),
        ("cost", "9" * 30),
        ("day", "2026-02-30"),
        ("start", "kemarin"),
        ("desa", "36.04.30"),
        ("desa", "00.00.00.2001"),
    ],
)
def test_what_can_not_be_read_is_said_beside_its_field_and_kept(portal, field, typed):
    form, right = filled(**{field: typed})
    assert not right
    assert form.status == 422
    assert form[field].errors
    assert typed in str(form[field]()) or field == "desa"


@pytest.mark.parametrize("pair", [("-6.1", ""), ("abc", "106"), ("91", "106"), ("nan", "nan"), ("-6.1", "inf"), ("51.5", "0.1")])
def test_a_point_that_is_none_is_refused(pair):
    form, right = filled(**{"point-lat": pair[0], "point-lon": pair[1]})
    assert not right
    assert form.point.errors


@given(st.text(max_size=30))
def test_any_text_may_be_typed_anywhere(text):
    form = ManyForm(request([(name, text) for name in ("nik", "phone", "km", "cost", "day", "start", "desa", "point-lat", "point-lon")]))
    form.validate()
    assert form.km.data is None or isinstance(form.km.data, Decimal)


def test_numbers_are_shown_as_they_are_written_here():
    form = ManyForm(request(), prefill={"km": Decimal("1.500"), "cost": 1250000, "point": (-6.12, 106.15)})
    assert 'value="1,5"' in str(form.km())
    assert 'value="1.250.000"' in str(form.cost())


def test_desa_stand_under_their_kecamatan(portal):
    page = str(ManyForm(request(), prefill={"desa": "36.04.30.2001"}).desa())
    assert page.count("<optgroup") == 29
    assert page.count("<option") == 327
    assert '<option value="36.04.30.2001" selected>' in page


# ---------------------------------------------------------------------------------------------------------------- wizard


class First(forms.Form):
    title = forms.StringField("Judul", [forms.required()])
    nik = forms.NikField()


class Second(forms.Form):
    photos = forms.UploadField("Foto", most=2)
    agree = forms.BooleanField("Setuju", [forms.required()])


STEPS = (forms.Step("isi", "Isi", First), forms.Step("foto", "Foto", Second))


@pytest.fixture
def long_form(portal):
    """A handler with a wizard at /uji-wizard; `long_form` collects what was sent."""
    from starlette.responses import PlainTextResponse
    from starlette.routing import Route, Router

    sent = []

    def handler(request):
        wizard = forms.Wizard(request, "uji.baru", STEPS)
        answer = wizard.answer("uji_wizard.html")
        if answer is not None:
            return answer
        sent.append({**wizard.values, "photos": [row.filename for row in wizard.values["photos"]]})
        wizard.forget()
        return PlainTextResponse("terkirim")

    template = "{{ wizard.number }}/{{ wizard.steps|length }}|{{ form.all_errors|length }}|{% for f in form %}{{ f() }}{% endfor %}"
    from jinja2 import ChoiceLoader, DictLoader

    before = portal.pages.env.loader
    portal.pages.env.loader = ChoiceLoader([DictLoader({"uji_wizard.html": template}), before])
    plugin = portal.host.plugins["kit"]
    portal.routers["uji-wizard"] = (plugin, Router([portal.answering.guard(plugin, Route("/uji-wizard", handler, methods=["GET", "POST"], name="uji-wizard"))]))
    yield sent
    portal.pages.env.loader = before
    del portal.routers["uji-wizard"]


def test_a_long_form_goes_step_by_step_and_on_another_device(client, long_form, resident, app, db):
    from pendopo.testing.client import Client

    client.sign_in(resident)
    assert client.get("/uji-wizard").text.startswith("1/2|0")
    assert client.post("/uji-wizard", data={"title": ""}).status_code == 422
    answer = client.post("/uji-wizard", data={"title": "Jalan rusak", "nik": "3604301708950002"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/uji-wizard?langkah=2")
    other = Client(app).sign_in(resident)
    assert other.get("/uji-wizard").text.startswith("2/2")
    back = other.get("/uji-wizard?langkah=1").text
    assert "Jalan rusak" in back
    assert "3604301708950002" in back
    assert "3604301708950002" not in str(db.scalars(select(Draft.data)).all())  # a nik is kept encrypted
    assert other.post("/uji-wizard?langkah=2", data={"agree": "y"}).text == "terkirim"
    assert long_form[0]["title"] == "Jalan rusak"
    assert other.get("/uji-wizard").text.startswith("1/2")


def test_steps_can_not_be_jumped(client, long_form, resident):
    client.sign_in(resident)
    assert client.get("/uji-wizard?langkah=2").text.startswith("1/2")


def test_without_an_account_the_draft_stays_with_the_browser(client, long_form, app):
    from pendopo.testing.client import Client

    client.post("/uji-wizard", data={"title": "Jalan rusak"})
    assert client.get("/uji-wizard").text.startswith("2/2")
    assert Client(app).get("/uji-wizard").text.startswith("1/2")


def test_files_stay_when_something_else_is_wrong(client, long_form, resident):
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (20, 20), "red").save(out, "PNG")
    client.sign_in(resident).post("/uji-wizard", data={"title": "Jalan rusak"})
    answer = client.post(
        "/uji-wizard?langkah=2", data={}, files=[("photos", ("a.png", out.getvalue(), "image/png")), ("photos", ("b.jpg", b"bukan foto", "image/jpeg"))]
    )
    assert answer.status_code == 422
    token = answer.text.split('name="photos-sudah" value="')[1].split('"')[0]
    again = client.post("/uji-wizard?langkah=2", data={"photos-sudah": token, "agree": "y"})
    assert again.text == "terkirim"
    assert long_form[0]["photos"] == ["a.jpg"]


def test_a_token_of_somebody_else_brings_nothing(client, long_form, resident, people, db):
    from pendopo.kit.attachments import store_bytes

    row = store_bytes(db, people.resident(), b"%PDF-1.7 rahasia", "rahasia.pdf")
    db.commit()
    client.sign_in(resident).post("/uji-wizard", data={"title": "Jalan rusak"})
    client.post("/uji-wizard?langkah=2", data={"photos-sudah": row.token, "agree": "y"})
    assert long_form[0]["photos"] == []


def test_old_drafts_are_forgotten(db, resident):
    db.add(Draft(form="uji", account_id=resident.account_id, data={}, updated_at=NOW))
    db.add(Draft(form="uji", key_hash="x", data={}, updated_at=NOW))
    db.flush()
    tidy_drafts(db, NOW + timedelta(days=3))
    assert [draft.account_id for draft in db.scalars(select(Draft))] == [resident.account_id]
    tidy_drafts(db, NOW + timedelta(days=31))
    assert list(db.scalars(select(Draft))) == []


# ----------------------------------------------------------------------------------------------------- tables, feeds, sums


@pytest.mark.parametrize("text", ["=1+1", "+62812", "-2+3", "@SUM(A1)", "\t=1", "  =1", "\r=1"])
def test_text_never_becomes_a_formula(text):
    assert harmless(text).startswith("'")


def test_numbers_stay_numbers():
    assert (harmless(-5), harmless(Decimal("-1.5")), harmless(None), harmless(date(2026, 1, 2))) == ("-5", "-1.5", "", "2026-01-02")


@given(st.lists(st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"])), min_size=1, max_size=5))
def test_a_table_is_read_back_as_it_was(cells):
    rows = list(csv.reader(io.StringIO(csv_text(["a"] * len(cells), [cells]))))
    assert [cell.removeprefix("'") if harmless(before) != before else cell for cell, before in zip(rows[1], cells, strict=True)] == cells


def test_a_feed_is_well_formed_whatever_people_write():
    text = rss(
        "Laporan",
        "https://x.test/",
        "Terbaru",
        [FeedItem("Jalan <b> & \x00\x0b rusak", "https://x.test/1", "]]> \ud800 isi", NOW, "Jalan")],
        self_link="https://x.test/rss",
    )
    item = ElementTree.fromstring(text).find("channel/item")
    assert item.findtext("title") == "Jalan <b> &  rusak"
    assert item.findtext("pubDate") == "Tue, 10 Mar 2026 02:00:00 +0000"


def test_sums_are_those_of_the_rules(db, resident, people):
    from pendopo.identity import Account

    people.resident()
    assert count_by(db, select(Account), Account.kind) == [("warga", 2)]
    assert [n for _, n in monthly([date(2026, 1, 31), date(2026, 3, 1)], first=date(2025, 12, 5), last=date(2026, 3, 2))] == [0, 1, 0, 1]
    assert share(1, 3) == 33.3


class ChoiceForm(forms.Form):
    one = forms.SelectField("Satu", choices=[("a", "A"), ("b", "B")])
    group = forms.SelectField("Kelompok", choices={"Buah": [("j", "Jeruk")], "Sayur": ["bayam"]})
    few = forms.RadioField("Pilihan", choices=[(1, "Ya"), (2, "Tidak")], coerce=int)
    many = forms.CheckboxGroupField("Banyak", coerce=int)


@pytest.mark.parametrize(
    ("sent", "right"),
    [
        ({"one": "a", "group": "j", "few": "1", "many": "2"}, True),
        ({"one": "x", "group": "j", "few": "1"}, False),
        ({"one": "a", "group": "bayam", "few": "ya"}, False),
    ],
)
def test_choices_are_given_as_pairs(sent, right):
    form = ChoiceForm(request(list(sent.items())))
    form.many.choices = [(1, "Satu"), (2, "Dua")]
    assert form.validate() is right
    assert '<optgroup label="Buah">' in str(form.group())

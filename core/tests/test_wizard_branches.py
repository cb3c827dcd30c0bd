"""Long forms with branches, questions that hang on others, papers that are asked for: all without JavaScript."""

from __future__ import annotations

import io
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from pendopo.identity import ANONYMOUS
from pendopo.kit import forms
from pendopo.kit.attachments import Attachment, attachments_of
from pendopo.kit.profile import known
from pendopo.kit.requirements import Requirement, keep_papers, missing, papers_of, requirements_form
from pendopo.kit.wizard import Draft

NIK = "3604301708950002"
PAPERS = (
    Requirement("ktp", "KTP", "Depan saja", reuse="ktp"),
    Requirement("akta", "Akta pendirian", when=("usaha", "badan"), accept=("application/pdf",), reuse=None),
    Requirement("gambar", "Gambar letak", when=lambda values: values["luas"] and values["luas"] > 10),
    Requirement("foto", "Foto tempat", need="optional", most=3),
)


class Who(forms.Form):
    nama = forms.StringField("Nama", [forms.required()])
    nik = forms.NikField("NIK", [forms.required()])
    usaha = forms.RadioField("Bentuk usaha", [forms.required()], choices=[("orang", "Perorangan"), ("badan", "Badan")])


class Company(forms.Form):
    nama_badan = forms.StringField("Nama badan", [forms.required()])


class Place(forms.Form):
    luas = forms.IntegerField("Luas", [forms.required()])
    sewa = forms.BooleanField("Menyewa")
    pemilik = forms.StringField("Pemilik", [forms.required()], when=("sewa", True))


STEPS = (
    forms.Step("siapa", "Siapa", Who),
    forms.Step("badan", "Badan usaha", Company, when=lambda values: values["usaha"] == "badan"),
    forms.Step("tempat", "Tempat", Place),
    forms.Step("syarat", "Persyaratan", lambda values: requirements_form(PAPERS, values)),
)


@contextmanager
def served(portal, path, handler, template):
    from jinja2 import ChoiceLoader, DictLoader
    from starlette.routing import Route, Router

    before = portal.pages.env.loader
    portal.pages.env.loader = ChoiceLoader([DictLoader({"uji_cabang.html": template}), before])
    plugin = portal.host.plugins["kit"]
    portal.routers[path] = (plugin, Router([portal.answering.guard(plugin, Route(f"/{path}", handler, methods=["GET", "POST"], name=path))]))
    yield
    portal.pages.env.loader = before
    del portal.routers[path]


@pytest.fixture
def sent(portal):
    """A long form at /uji-cabang; `sent` collects what came through."""
    sent = []

    def handler(request):
        wizard = forms.Wizard(request, "lampiran.cabang", STEPS, prefill=known(request.state.db, request.user.citizen_id), title="Izin uji")
        answer = wizard.answer("uji_cabang.html")
        if answer is not None:
            return answer
        keep_papers(request.state.db, PAPERS, wizard.values, owner="uji.izin", ref=len(sent) + 1)
        sent.append(dict(wizard.values))
        return wizard.finish("/selesai")

    template = (
        '{% from "layout/ui.html" import field with context %}{{ wizard.number }}/{{ wizard.steps|length }} {{ wizard.step.slug }}|{{ form.all_errors }}|'
        "{% for f in form %}{{ field(f) }}{% endfor %}"
    )
    with served(portal, "uji-cabang", handler, template):
        yield sent


def where(answer):
    return answer.text.partition("|")[0]


def pdf(name="akta.pdf"):
    return (name, b"%PDF-1.7\n" + name.encode(), "application/pdf")


def picture(colour="red"):
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(out, "PNG")
    return ("foto.png", out.getvalue(), "image/png")


WHO = {"nama": "Siti", "nik": NIK}


def test_steps_that_are_not_asked_are_not_there(client, sent, resident):
    client.sign_in(resident)
    assert where(client.get("/uji-cabang")) == "1/3 siapa"
    assert client.post("/uji-cabang", data={**WHO, "usaha": "orang"}).headers["location"].endswith("langkah=2")
    assert where(client.get("/uji-cabang")) == "2/3 tempat"


def test_an_answer_opens_a_step_and_going_back_closes_it_again(client, sent, resident):
    client.sign_in(resident)
    client.post("/uji-cabang", data={**WHO, "usaha": "badan"})
    assert where(client.get("/uji-cabang")) == "2/4 badan"
    client.post("/uji-cabang", data={"nama_badan": "CV Contoh"})
    client.post("/uji-cabang", data={"luas": "5"})
    assert where(client.get("/uji-cabang")) == "4/4 syarat"

    client.post("/uji-cabang?langkah=1", data={**WHO, "usaha": "orang"})
    assert where(client.get("/uji-cabang")) == "3/3 syarat"
    answer = client.post("/uji-cabang", files={"ktp": picture()})
    assert answer.headers["location"] == "/selesai"
    assert "nama_badan" not in sent[0]
    assert (sent[0]["usaha"], sent[0]["nik"], sent[0]["luas"]) == ("orang", NIK, 5)


def test_a_step_that_opened_late_is_asked_before_sending(client, sent, resident):
    client.sign_in(resident)
    client.post("/uji-cabang", data={**WHO, "usaha": "orang"})
    client.post("/uji-cabang", data={"luas": "5"})
    client.post("/uji-cabang?langkah=1", data={**WHO, "usaha": "badan"})
    assert where(client.get("/uji-cabang?langkah=4")) == "2/4 badan"


def test_it_goes_on_on_another_device_with_the_nik_kept_encrypted(client, sent, resident, app, db):
    from pendopo.testing.client import Client

    client.sign_in(resident).post("/uji-cabang", data={**WHO, "usaha": "badan"})
    assert NIK not in str(db.scalars(select(Draft.data)).one())
    other = Client(app).sign_in(resident)
    other.post("/uji-cabang", data={"nama_badan": "CV Contoh"})
    other.post("/uji-cabang", data={"luas": "5", "sewa": "y", "pemilik": "Haji Contoh"})
    assert where(other.get("/uji-cabang")) == "4/4 syarat"
    assert other.post("/uji-cabang", files={"ktp": picture(), "akta": pdf()}).headers["location"] == "/selesai"
    assert (sent[0]["nik"], sent[0]["pemilik"]) == (NIK, "Haji Contoh")
    assert db.scalars(select(Draft)).all() == []


def test_what_was_begun_is_listed_and_thrown_away(client, sent, resident, portal, db):
    from pendopo.testing.people import People

    client.sign_in(resident).post("/uji-cabang", data={**WHO, "usaha": "badan"})
    for page in ("/data-saya/", "/berkas/", "/"):
        text = client.get(page).text
        assert "Isian yang belum dikirim" in text
        assert 'href="/uji-cabang"' in text
    draft = db.scalars(select(Draft)).one()
    address = f"/data-saya/draf/{draft.id}/penghapusan"
    assert client.sign_in(People(portal).resident("Ujang")).post(address).status_code == 404
    assert client.sign_in(resident).post(address, data={"ke": "/berkas/"}).headers["location"] == "/berkas/"
    assert "Isian yang belum dikirim" not in client.get("/berkas/").text


def test_the_copy_of_ones_data_names_no_nik(client, sent, resident):
    client.sign_in(resident).post("/uji-cabang", data={**WHO, "usaha": "badan"})
    copy = client.get("/akun/data-saya.json").text
    assert "usaha" in copy
    assert NIK not in copy
    assert "sealed" not in copy


def test_what_is_known_stands_in_the_form_already(client, sent, resident, db):
    from pendopo.kit.profile import remember

    remember(db, resident, {"nama": "Siti Aminah", "nik": NIK})
    page = client.sign_in(resident).get("/uji-cabang").text
    assert 'value="Siti Aminah"' in page
    assert f'value="{NIK}"' in page


def test_a_question_that_hangs_on_another_says_when_it_is_asked_and_is_never_required_by_the_browser(client, sent, resident):
    client.sign_in(resident).post("/uji-cabang", data={**WHO, "usaha": "orang"})
    page = client.get("/uji-cabang").text
    assert "Isi bila Menyewa: dicentang." in page
    assert '[[&#34;sewa&#34;, [&#34;y&#34;]]]' in page
    owner = page[page.index('id="pemilik"') - 20 : page.index('id="pemilik"') + 120].partition(">")[0]
    assert "required" not in owner
    assert "harus diisi" in client.post("/uji-cabang", data={"luas": "5", "sewa": "y"}).text
    assert client.post("/uji-cabang", data={"luas": "5", "pemilik": "Haji"}).status_code == 303


# ---------------------------------------------------------------------------------------------------------------- papers


def test_only_papers_that_are_asked_stand_in_the_list():
    def slugs(**values):
        form = requirements_form(PAPERS, forms.Values(values))
        return [one.slug for one in PAPERS if hasattr(form, one.slug)]

    assert slugs(usaha="orang", luas=5) == ["ktp", "foto"]
    assert slugs(usaha="badan", luas=50) == ["ktp", "akta", "gambar", "foto"]


def test_missing_papers_are_named():
    values = forms.Values(usaha="badan", luas=5)
    assert [one.slug for one in missing(PAPERS, {"ktp": ["x"]}, values)] == ["akta"]
    assert [one.slug for one in missing(PAPERS, {}, values)] == ["ktp", "akta"]
    assert missing(PAPERS, {"ktp": ["x"], "akta": ["x"]}, values) == []


def begin(client, usaha="badan"):
    client.post("/uji-cabang", data={**WHO, "usaha": usaha})
    if usaha == "badan":
        client.post("/uji-cabang", data={"nama_badan": "CV Contoh"})
    client.post("/uji-cabang", data={"luas": "5"})


def test_required_papers_and_their_kinds_are_checked_and_good_ones_stay(client, sent, resident):
    begin(client.sign_in(resident))
    answer = client.post("/uji-cabang", files={"ktp": picture(), "akta": picture()})
    assert answer.status_code == 422
    assert "ktp-sudah" in answer.text  # nobody uploads it twice
    assert "Bagian ini harus diisi" not in answer.text
    assert not sent


def test_files_are_kept_by_paper(client, sent, resident, db):
    begin(client.sign_in(resident))
    client.post("/uji-cabang", files=[("ktp", picture()), ("akta", pdf()), ("foto", picture("blue")), ("foto", picture("green"))])
    papers = papers_of(db, PAPERS, "uji.izin", 1)
    assert {slug: len(files) for slug, files in papers.items()} == {"ktp": 1, "akta": 1, "gambar": 0, "foto": 2}
    assert missing(PAPERS, papers, forms.Values(sent[0])) == []


def test_a_paper_is_used_again_in_the_next_application(client, sent, resident, db, portal):
    from pendopo.testing.people import People

    begin(client.sign_in(resident), "orang")
    client.post("/uji-cabang", files={"ktp": picture()})
    first = attachments_of(db, "uji.izin", 1)[0]

    begin(client)
    page = client.get("/uji-cabang").text
    assert "Pakai lagi foto" in page
    assert page.count("-pakai") >= 1
    answer = client.post("/uji-cabang", data={"ktp-pakai": first.token}, files={"akta": pdf()})
    assert answer.headers["location"] == "/selesai"
    second = papers_of(db, PAPERS, "uji.izin", 2)["ktp"][0]
    assert (second.sha256, second.id != first.id) == (first.sha256, True)

    stranger = People(portal).resident("Ujang")
    begin(client.sign_in(stranger), "orang")
    assert client.post("/uji-cabang", data={"ktp-pakai": first.token}).status_code == 422  # nobody takes somebody else's
    assert db.scalar(select(Attachment).where(Attachment.uploaded_by == stranger.account_id)) is None


def test_papers_that_are_never_used_again_are_not_offered(client, sent, resident):
    begin(client.sign_in(resident))
    client.post("/uji-cabang", files={"ktp": picture(), "akta": pdf()})
    begin(client)
    assert "Pakai lagi akta" not in client.get("/uji-cabang").text


def test_without_an_account_nothing_is_offered_again(portal, db):
    from types import SimpleNamespace

    form = requirements_form(PAPERS, forms.Values(usaha="badan"))(SimpleNamespace(method="GET", scope={}, state=SimpleNamespace(db=db), user=ANONYMOUS))
    assert form.ktp.earlier == []

"""The frame of every page: two faces, fragments, menus, languages, looks, flashes, errors, search, themes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from pendopo import MenuEntry, pages
from pendopo.app import FLASH_COOKIE, write_flash
from pendopo.contract import CalendarEntry, DashboardCard, Fixture, OpenDataset, SearchResult
from pendopo.pages import Theme

HOUSE_PAGES = ("/", "/cari", "/cari?q=lapor", "/data-terbuka", "/-/gaya")


def entries(*some: MenuEntry):
    return {"menu_entries": lambda actor: list(some)}


@pytest.mark.parametrize("path", HOUSE_PAGES)
def test_the_same_route_gives_the_page_or_only_its_content(client, path):
    whole, piece = client.get(path), client.fragment(path)

    assert whole.status_code == piece.status_code == 200
    assert "<html" in whole.text and "<main" in whole.text
    assert "<html" not in piece.text and "<main" not in piece.text
    assert re.search(r"<h1[^>]*>(.*?)</h1>", whole.text, re.S)[1] == re.search(r"<h1[^>]*>(.*?)</h1>", piece.text, re.S)[1]
    for answer in (whole, piece):
        assert {"Cookie", "Accept-Language", "HX-Request-Type"} <= {name.strip() for name in answer.headers["vary"].split(",")}


@pytest.mark.parametrize("path", [*HOUSE_PAGES, "/tidak-ada"])
def test_nothing_is_written_into_a_page_that_a_strict_policy_refuses(client, path):
    text = client.get(path).text

    assert not re.findall(r"<script(?![^>]*\bsrc=)", text)
    assert not re.findall(r"<style|\sstyle=|\son[a-z]+=", text)
    assert "javascript:" not in text


def test_a_fragment_announces_its_own_title(client):
    assert "<title>Cari</title>" in client.fragment("/cari").text
    assert "<title>Cari · Serang Gawe</title>" in client.get("/cari").text


# ---------------------------------------------------------------------------------------------------------- the menu


def test_the_menu_marks_where_one_is(house):
    client = house(gawe_satu=entries(MenuEntry("Satu", "/cari", icon="map"), MenuEntry("Dua", "/dua/")))

    marked = re.findall(r'<a[^>]*href="([^"]*)" aria-current="page"', client.get("/cari").text)

    assert marked and set(marked) == {"/cari"}


def test_a_deeper_page_marks_the_nearest_entry_and_never_the_home(house):
    client = house(gawe_satu=entries(MenuEntry("Satu", "/satu/"), MenuEntry("Bagian", "/satu/bagian/")))
    nav = client.portal_here.pages.nav("gawe", pages.ANONYMOUS, "id")

    assert nav.current("/satu/bagian/7") == "/satu/bagian/"
    assert nav.current("/satu/lain") == "/satu/"
    assert nav.current("/satuan") == ""
    assert nav.current("/") == "/"


def test_a_badge_is_filled_for_each_person_into_the_menu_that_was_drawn_once(house, people):
    counts = {}
    client = house(gawe_satu={
        **entries(MenuEntry("Satu", "/satu/", badge="satu")),
        "badge_counts": lambda db, actor: [("satu", counts.get(actor.account_id, 0))],
    })
    siti, budi = people.resident("Siti"), people.resident("Budi")
    counts[siti.account_id] = 7

    first = client.sign_in(siti).get("/").text
    second = client.sign_in(budi).get("/").text

    assert 'data-badge="satu">7<' in first
    assert 'data-badge="satu" hidden>0<' in second
    assert "Siti" in first and "Siti" not in second


def test_a_name_is_escaped_in_the_frame(house, people):
    client = house()

    text = client.sign_in(people.resident('<b onclick="x">Siti</b>')).get("/").text

    assert "&lt;b onclick=" in text and "<b onclick" not in text


def test_an_entry_without_permission_is_not_drawn(house, officer):
    client = house(kerja_satu=entries(MenuEntry("Rahasia", "/kerja/satu/", "kerja", permission="satu.lihat"), MenuEntry("Umum", "/kerja/umum/", "kerja")))

    text = client.sign_in(officer()).get("/kerja/").text

    assert "Umum" in text and "Rahasia" not in text


def test_staff_see_shared_rooms_in_their_own_face(client, resident, officer):
    assert 'data-face="gawe"' in client.sign_in(resident).get("/akun/").text
    assert 'data-face="kerja"' in client.sign_in(officer()).get("/akun/").text


def test_a_fixture_stands_outside_the_changing_part(house, tmp_path, monkeypatch):
    templates = tmp_path / "tema" / "templates" / "uji"
    templates.mkdir(parents=True)
    (templates / "pemutar.html").write_text('<div id="pemutar">radio</div>')
    monkeypatch.setattr(pages, "find_theme", lambda name: Theme(name, tmp_path / "tema"))
    client = house(gawe_satu={"page_fixtures": lambda: [Fixture("pemutar", "uji/pemutar.html")]})

    text = client.get("/").text

    assert text.index("</main>") < text.index('id="pemutar"')
    assert "pemutar" not in client.fragment("/").text


def test_a_card_that_cannot_be_drawn_is_missing_and_the_page_is_not(house, tmp_path, monkeypatch):
    templates = tmp_path / "tema" / "templates" / "uji"
    templates.mkdir(parents=True)
    (templates / "kartu.html").write_text("<p>{{ isi }}</p>")
    monkeypatch.setattr(pages, "find_theme", lambda name: Theme(name, tmp_path / "tema"))
    client = house(
        gawe_satu={"dashboard_cards": lambda db, actor: [DashboardCard("baik", "Baik", "uji/kartu.html", {"isi": "ada"}, live="public:uji")]},
        gawe_dua={"dashboard_cards": lambda db, actor: [DashboardCard("rusak", "Rusak", "uji/kartu.html")]},
    )

    answer = client.get("/")

    assert answer.status_code == 200
    assert "<p>ada</p>" in answer.text and "Rusak" not in answer.text
    assert 'id="kartu-baik"' in answer.text and 'data-live="public:uji" hx-get="/"' in answer.text


def test_a_home_page_asks_for_its_own_cards_only(house, officer):
    asked = []

    def cards(db, actor, face):
        asked.append(face)
        return []

    client = house(gawe_satu={"dashboard_cards": cards})
    client.sign_in(officer())
    client.get("/")
    assert asked == ["gawe"]

    client.get("/kerja/")
    assert asked == ["gawe", "kerja"]


def test_the_work_home_joins_the_calendars_soonest_first(house, officer):
    def on(title, hours):
        return {"calendar_entries": lambda actor, start, end: [CalendarEntry(title, start + timedelta(hours=hours), end, "/acara", "Aula")]}

    client = house(gawe_satu=on("Rapat sore", 5), gawe_dua=on("Apel pagi", 1), gawe_rusak={"calendar_entries": lambda actor: 1 / 0})
    client.sign_in(officer())

    text = client.get("/kerja/").text

    assert text.index("Apel pagi") < text.index("Rapat sore") < text.index("Aplikasi kerja")
    assert "Agenda" not in client.get("/").text


def test_the_work_home_without_a_calendar_shows_no_agenda(house, officer):
    client = house()
    client.sign_in(officer())
    assert "agenda-terdekat" not in client.get("/kerja/").text


def test_public_datasets_of_all_plugins_stand_in_one_list(house):
    some = {"open_datasets": lambda: [OpenDataset("pasar", "Harga pasar", "Setiap pasar, setiap hari.", "/pasar/data.csv")]}
    client = house(gawe_satu=some, gawe_rusak={"open_datasets": lambda: 1 / 0})

    text = client.get("/data-terbuka").text

    assert "Setiap pasar, setiap hari." in text and 'href="/pasar/data.csv"' in text and "CC BY 4.0" in text
    assert 'href="/data-terbuka"' in client.get("/").text
    assert "Belum ada data" in house().get("/data-terbuka").text


# ------------------------------------------------------------------------------------------------ language, look, flash


def test_the_language_switch_is_remembered_and_returns_to_where_one_was(client):
    answer = client.post("/bahasa", data={"bahasa": "en"}, headers={"Referer": "http://testserver/cari?q=jalan"})

    assert answer.status_code == 303 and answer.headers["location"] == "/cari?q=jalan"
    text = client.get("/cari").text
    assert '<html lang="en"' in text and "Skip to content" in text


def test_the_look_switch_is_remembered(client):
    client.post("/tampilan", data={"tampilan": "gelap"})
    assert 'data-look="gelap"' in client.get("/").text

    client.post("/tampilan", data={"tampilan": "otomatis"})
    assert "data-look=" not in client.get("/").text


@pytest.mark.parametrize(("path", "name"), [("/bahasa", "bahasa"), ("/tampilan", "tampilan")])
def test_an_unknown_choice_is_refused(client, path, name):
    assert client.post(path, data={name: "jawa<script>"}).status_code == 422


def test_a_switch_sends_nobody_to_another_site(client):
    answer = client.post("/bahasa", data={"bahasa": "en", "next": "//jahat.example/"})

    assert answer.headers["location"] == "/"


def test_a_flash_is_escaped_and_shown_once(client):
    client.cookies.set(FLASH_COOKIE, write_flash([{"text": "<b>Tersimpan</b>", "tone": "ok"}]))

    answer = client.get("/cari")

    assert "&lt;b&gt;Tersimpan&lt;/b&gt;" in answer.text and "<b>Tersimpan" not in answer.text
    assert f'{FLASH_COOKIE}=""' in answer.headers["set-cookie"] and "Max-Age=0" in answer.headers["set-cookie"]


def test_a_fragment_brings_its_flash_to_the_toasts(client):
    client.cookies.set(FLASH_COOKIE, write_flash([{"text": "Tersimpan", "tone": "ok"}, {"text": "Satu lagi", "tone": "warn"}]))

    text = client.fragment("/cari").text

    assert text.count('hx-swap-oob="beforeend:#toasts"') == 2 and "Tersimpan" in text and "Satu lagi" in text


# ------------------------------------------------------------------------------------------------------ errors, search


def test_an_unknown_page_says_so_and_shows_ways_on(client):
    answer = client.get("/tidak-ada")

    assert answer.status_code == 404
    assert "Halaman ini tidak ada" in answer.text and 'href="/cari"' in answer.text


def test_an_error_inside_a_fragment_brings_no_second_frame(client):
    answer = client.fragment("/tidak-ada")

    assert answer.status_code == 404 and "<html" not in answer.text and "Halaman ini tidak ada" in answer.text


def test_search_finds_services_and_what_plugins_offer_best_first(house):
    client = house(gawe_satu={
        **entries(MenuEntry("Pelaporan", "/satu/", summary="Jalan rusak")),
        "search_results": lambda db, query, actor, limit: [
            SearchResult("Kurang cocok", "/satu/1", "Laporan", score=0.1), SearchResult("Sangat cocok", "/satu/2", "Laporan", score=0.9),
        ],
    })

    text = client.get("/cari?q=jalan").text

    assert text.index('href="/satu/">Pelaporan') < text.index("Sangat cocok") < text.index("Kurang cocok")
    assert "3 hasil untuk" in text


def test_a_search_shows_what_was_typed_and_never_runs_it(client):
    text = client.get("/cari", params={"q": '"><script>alert(1)</script>'}).text

    assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text
    assert "Tidak ada yang cocok" in text


def test_one_letter_is_too_little_to_search_for(client):
    assert "Tulis paling sedikit dua huruf." in client.get("/cari?q=a").text


def test_only_staff_search_in_the_face_of_staff(client, resident, officer):
    assert 'data-face="gawe"' in client.sign_in(resident).get("/cari?q=surat&muka=kerja").text
    assert 'data-face="kerja"' in client.sign_in(officer()).get("/cari?q=surat&muka=kerja").text


# -------------------------------------------------------------------------------------------------------------- themes


def test_a_theme_replaces_a_template_of_the_house_by_the_same_path(house, tmp_path, monkeypatch):
    folder = tmp_path / "tema"
    (folder / "templates/layout/frame").mkdir(parents=True)
    (folder / "templates/layout/frame/foot.html").write_text("<footer>Kabupaten Lain</footer>")
    monkeypatch.setattr(pages, "find_theme", lambda name: Theme(name, folder, words={"id": {"greeting": "Mau apa?"}}, tokens={"light": {"primary": "#123456"}}))
    client = house()

    text = client.get("/").text
    css = client.get(re.search(r'href="([^"]*/css/pendopo.css)"', text)[1]).text

    assert "<footer>Kabupaten Lain</footer>" in text and "Mau apa?" in text
    assert "--primary:#123456;" in css


def test_a_house_without_a_theme_stands(house, monkeypatch):
    monkeypatch.setattr(pages, "find_theme", lambda name: Theme(name))

    answer = house().get("/")

    assert answer.status_code == 200 and "Ada keperluan apa?" in answer.text


def test_the_manifest_and_the_icon_are_of_the_theme(client):
    manifest = client.get("/manifest.webmanifest").json()

    assert manifest["name"] == "Serang Gawe" and manifest["icons"]
    assert client.get(manifest["icons"][0]["src"]).headers["content-type"].startswith("image/svg+xml")
    assert client.get("/favicon.ico").status_code == 302

"""The Meja kerja and Berkas saya as lists: what lies there, in what order, counted and found."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select, update

from pendopo.kit import berkas as b
from pendopo.kit.berkas import desk
from pendopo.kit.berkas.escalation import escalate
from pendopo.kit.berkas.models import Berkas
from pendopo.testing.reading import text_of


@pytest.fixture
def asked(db):
    """The statements sent to the database."""
    statements = []

    def keep(connection, cursor, statement, *rest):
        statements.append(statement)

    event.listen(db.get_bind(), "before_cursor_execute", keep)
    yield statements
    event.remove(db.get_bind(), "before_cursor_execute", keep)


def test_the_numbers_of_a_desk_and_the_desk_agree_for_everyone(db, open_one, officer, people, now, asked):
    dpupr, dlh = people.opd("dpupr"), people.opd("dlh")
    open_one(opd_id=dpupr, due=now - timedelta(days=1), now=now - timedelta(days=3))
    open_one(opd_id=dpupr, due=now + timedelta(hours=20))
    open_one(opd_id=dlh)
    open_one()
    for actor, expected in (
        (officer("uji.verify"), (3, 1, 1)),
        (officer("uji.verify", opd="dlh"), (2, 0, 0)),
        (officer("uji.verify", scope="regency"), (4, 1, 1)),
        (officer("core.see_berkas", scope="regency"), (4, 1, 1)),
        (officer(), (0, 0, 0)),
    ):
        asked.clear()
        counts = desk.counts(db, actor, now=now)
        assert sum("core_berkas" in statement for statement in asked) == 1
        assert (counts.open, counts.overdue, counts.soon) == expected
        assert desk.list_desk(db, actor, desk.Filters(), now=now).total == counts.open == sum(n for _, _, n in desk.by_kind(db, actor))


def test_a_citizens_matters_are_one_query_and_a_page_too_far_is_the_last(db, open_one, resident, people, now, asked):
    matters = [open_one(resident, now=now + timedelta(minutes=n)) for n in range(3)]
    open_one(people.resident())
    asked.clear()

    first = desk.my_berkas(db, resident, limit=2, now=now)

    assert sum("core_berkas" in statement for statement in asked) == 1
    assert [row.berkas.id for row in first.rows] == [matters[2].id, matters[1].id]
    assert (first.total, first.pages) == (3, 2)
    last = desk.my_berkas(db, resident, page=9, limit=2, now=now)
    assert ([row.berkas.id for row in last.rows], last.page, last.total) == ([matters[0].id], 2, 3)
    assert desk.my_berkas(db, people.resident(), page=4, now=now).rows == []
    assert desk.count_open_of(db, resident.account_id) == 3


@pytest.mark.parametrize(
    ("urut", "titles"),
    [
        ("", ["Mendesak", "Lama", "Baru"]),
        ("mendesak", ["Mendesak", "Lama", "Baru"]),
        ("terbaru", ["Baru", "Mendesak", "Lama"]),
        ("terlama", ["Lama", "Mendesak", "Baru"]),
    ],
)
def test_a_desk_is_sorted_as_its_address_says(client, open_one, officer, people, now, urut, titles):
    opd = people.opd("dpupr")
    for title, days, due in (("Lama", 9, 5), ("Mendesak", 6, 1), ("Baru", 0, 9)):
        open_one(title=title, opd_id=opd, due=now + timedelta(days=due), now=now - timedelta(days=days))
    client.sign_in(officer("uji.verify"))

    desk = client.get("/kerja/meja/", params={"urut": urut}).text

    assert re.findall(r"<h3><a [^>]*>(.*?)</a>", desk) == titles
    assert "Hapus saringan" not in desk


def test_a_matter_whose_clock_rests_is_less_urgent_than_one_that_runs(client, db, open_one, officer, people, now):
    opd = people.opd("dpupr")
    for title, due, clock in (("Berhenti", 1, "stop"), ("Menunggu pemohon", 2, "pause"), ("Berjalan", 9, "run")):
        matter = open_one(title=title, opd_id=opd, due=now + timedelta(days=due))
        db.execute(update(Berkas).where(Berkas.id == matter.id).values(clock=clock))
    db.commit()
    client.sign_in(officer("uji.verify"))

    desk = client.get("/kerja/meja/").text

    assert re.findall(r"<h3><a [^>]*>(.*?)</a>", desk) == ["Berjalan", "Menunggu pemohon", "Berhenti"]


def test_the_desk_is_for_staff(client, resident, officer):
    assert client.sign_in(resident).get("/kerja/meja/").status_code == 403
    assert "Meja Anda kosong" in client.sign_in(officer("uji.verify")).get("/kerja/meja/").text


def test_the_desk_shows_the_unit_and_filters(client, open_one, officer, people, db, now):
    dpupr, dlh = people.opd("dpupr"), people.opd("dlh")
    open_one(title="Lubang di Anyar", opd_id=dpupr, desa_code="36.04.30.2001", due=now - timedelta(days=1))
    open_one(title="Lampu di Ciruas", opd_id=dpupr, desa_code="36.04.09.2001", due=now + timedelta(days=9))
    open_one(title="Sampah menumpuk", opd_id=dlh)
    client.sign_in(officer("uji.verify", "uji.work", opd="dpupr"))
    page = text_of(client.get("/kerja/meja/"))
    assert page.index("Lubang di Anyar") < page.index("Lampu di Ciruas")
    assert "Sampah" not in page
    for query, expected in (
        ("tenggat=lewat", ["Anyar"]),
        ("kecamatan=36.04.09", ["Ciruas"]),
        ("q=lampu", ["Ciruas"]),
        ("aplikasi=uji&keadaan=diterima", ["Anyar", "Ciruas"]),
        ("milik=saya", []),
        ("selesai=1", []),
        ("aplikasi=lain&keadaan=%27", []),
        ("halaman=99", ["Anyar", "Ciruas"]),
    ):
        page = client.get(f"/kerja/meja/?{query}")
        assert page.status_code == 200
        shown = [word for word in ("Anyar", "Ciruas") if f">Lubang di {word}<" in page.text or f">Lampu di {word}<" in page.text]
        assert shown == (expected if "lain" not in query else []), query
        assert "<html" not in client.fragment(f"/kerja/meja/?{query}").text


def test_counts_of_the_desk_are_those_of_its_lists(db, open_one, officer, people, now):
    boss = officer("uji.verify", scope="regency")
    for days in (-1, 1, 20):
        open_one(due=now + timedelta(days=days))
    first = db.scalar(select(Berkas).order_by(Berkas.id))
    b.assign_officer(db, boss, first.id, boss.account_id, now=now)
    counts = desk.counts(db, boss, now=now)
    assert (counts.open, counts.overdue, counts.soon, counts.mine, counts.unassigned) == (3, 1, 1, 1, 2)
    assert desk.count_waiting(db, boss) == 1


def test_a_matter_told_to_be_near_its_deadline_is_listed_so_until_it_passes(db, open_one, officer, now):
    boss = officer("uji.verify", scope="regency")
    open_one(due=now + timedelta(days=50))
    near = desk.Filters(tenggat="dekat")
    for days, expected in ((39, 0), (41, 1), (51, 0)):  # 80 % of 50 days are 40
        day = now + timedelta(days=days)
        escalate(db, now=day)
        assert desk.list_desk(db, boss, near, now=day).total == desk.counts(db, boss, now=day).soon == expected, days


def test_many_matters_move_at_once_and_each_is_answered(client, open_one, officer, db, people, now):
    boss = officer("uji.verify", opd="dpupr")
    ready = [open_one(opd_id=people.opd("dpupr")) for _ in range(2)]
    moved = open_one(opd_id=people.opd("dpupr"), title="Sudah jalan")
    b.move_berkas(db, boss, moved.id, "verifikasi", now=now)
    foreign = open_one(opd_id=people.opd("dlh"), title="Bukan milik kami")
    db.commit()
    client.sign_in(boss)
    assert 'value="uji:verifikasi"' in client.get("/kerja/meja/").text
    ids = [str(m.id) for m in (*ready, moved, foreign)] + ["x", "99999999999999"]
    answer = client.post("/kerja/meja/banyak", data={"langkah": "uji:verifikasi", "id": ids, "note": "Diterima."})
    page = text_of(answer)
    assert "2 berkas dipindahkan" in page
    assert "1 berkas tidak dapat dipindahkan" in page
    assert "Bukan milik kami" not in page
    states = dict(db.execute(select(Berkas.id, Berkas.state)).all())
    assert [states[m.id] for m in ready] == ["diperiksa", "diperiksa"]
    assert states[foreign.id] == "diterima"


@pytest.mark.parametrize("data", [{}, {"id": "1"}, {"langkah": "uji:verifikasi"}, {"langkah": ":", "id": "1", "kembali": "https://jahat.test/"}])
def test_nothing_chosen_goes_back_to_the_desk(client, officer, kind, data):
    answer = client.sign_in(officer("uji.verify")).post("/kerja/meja/banyak", data=data)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/kerja/meja/"


def test_a_step_that_is_not_for_many_is_refused_for_many(client, open_one, officer, db):
    matter = open_one()
    answer = client.sign_in(officer("uji.verify", scope="regency")).post("/kerja/meja/banyak", data={"langkah": "uji:tolak", "id": str(matter.id), "note": "x"})
    assert "Langkah ini tidak untuk berkas ini." in answer.text
    assert db.scalar(select(Berkas.state)) == "diterima"


def test_a_desk_of_more_than_a_thousand_is_counted_no_further_and_still_turned_to_its_end(client, db, officer, open_one, now, monkeypatch):
    monkeypatch.setattr(desk, "MOST_COUNTED", 40)
    worker = officer("uji.verify", scope="regency")
    for number in range(95):
        open_one(title=f"Lubang {number}")

    pages = [desk.list_desk(db, worker, desk.Filters(), page=number, now=now) for number in (1, 2, 3, 4, 9)]

    assert [(page.page, page.pages, page.is_counted) for page in pages] == [(1, 2, False), (2, 3, False), (3, 4, False), (4, 4, False), (1, 2, False)]
    assert len({row.berkas.id for page in pages[:4] for row in page.rows}) == 95
    assert desk.shown(41) == "40+"


@pytest.mark.parametrize(("words", "found"), [("lubang pasar", 1), ("PAS lub", 1), ("ubang", 0), ("UJI-2026", 2), ("'\"* OR -", 0), ("jembatan pasar", 0), ("", 2)])
def test_a_search_finds_titles_and_numbers_by_the_beginnings_of_their_words(db, officer, open_one, now, words, found):
    open_one(title="Lubang di depan pasar", now=now.replace(year=2026))
    open_one(title="Jembatan K.H. Abdul", now=now.replace(year=2026))

    assert desk.list_desk(db, officer("uji.verify", scope="regency"), desk.Filters(q=words), now=now).total == found


def test_a_matter_that_is_renamed_is_found_by_its_new_name(db, officer, open_one, now):
    matter = open_one(title="Lubang di depan pasar")
    db.execute(update(Berkas).where(Berkas.id == matter.id).values(title="Genangan"))

    assert [desk.list_desk(db, officer("uji.verify", scope="regency"), desk.Filters(q=words), now=now).total for words in ("lubang", "genangan")] == [0, 1]

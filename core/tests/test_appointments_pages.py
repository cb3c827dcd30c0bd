"""Pages of appointments: for citizens, for the counter, for the hall."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from pendopo.identity import Actor
from pendopo.kit.appointments import Appointment, Counter, book, open_slots
from pendopo.kit.appointments.models import QueueBook
from pendopo.kit.calendar import Holiday, calendar_for, forget_cache
from pendopo.testing.people import People

ALWAYS = {str(day): [["00:00", "23:55"]] for day in range(7)}


@pytest.fixture
def now():
    """The clock of the pages."""
    return datetime.now(UTC)


@pytest.fixture
def counter(db, portal, now):
    """Open whenever the tests run, in whichever year."""
    for year in {now.year, now.year + 1} - calendar_for(db).years:
        db.add(Holiday(day=date(year, 1, 1), kind="libur", name="Tahun Baru"))
    row = Counter(
        opd_id=People(portal).opd("disnakertrans", "Disnakertrans"), service="kartu-kuning", title="Loket AK/1", place="Lantai 1", bring="KTP", hours=ALWAYS,
        slot_minutes=30, capacity=1, lead_minutes=0,
    )
    db.add(row)
    db.flush()
    forget_cache()
    return row


@pytest.fixture
def clerk(portal):
    return People(portal).officer("janji.serve", opd="disnakertrans")


@pytest.fixture
def booked(db, counter, resident, now):
    """The resident's appointment tomorrow."""
    return book(db, resident, counter.id, tomorrow(db, counter, now)[0].starts_at, note="Kartu hilang", now=now)


@pytest.fixture
def today(db, counter, booked, now):
    """The same when its day has come."""
    booked.day = calendar_for(db).local(now).date()
    db.add(QueueBook(counter_id=counter.id, day=booked.day, last=1))
    db.flush()
    return booked


def tomorrow(db, counter, now):
    return open_slots(db, counter, calendar_for(db).local(now).date() + timedelta(days=1), now=now)


def test_a_citizen_books_moves_and_cancels(client, db, counter, resident, now):
    slots = tomorrow(db, counter, now)
    day = calendar_for(db).local(slots[0].starts_at).date()
    client.sign_in(resident)
    assert "Loket AK/1" in client.get("/janji/").text
    address = f"/janji/pilih/{counter.id}"
    page = client.get(f"{address}?hari={day}").text
    assert slots[0].starts_at.isoformat() in page

    answer = client.post(address, data={"waktu": slots[0].starts_at.isoformat(), "catatan": "Kartu hilang"})
    assert answer.status_code == 303
    ticket = answer.headers["location"]
    page = client.get(ticket).text
    assert "A001" in page
    assert "Kartu hilang" in page

    row = db.scalars(select(Appointment)).one()
    answer = client.post(f"{address}?pindah={row.id}", data={"waktu": slots[3].starts_at.isoformat()})
    assert answer.headers["location"] == ticket
    assert client.post(f"{ticket}/pembatalan").status_code == 303
    assert "Batal" in client.get(ticket).text


def test_a_second_appointment_or_a_taken_time_is_refused_on_the_page(client, db, counter, booked, resident, portal, now):
    other = tomorrow(db, counter, now)[1]
    answer = client.sign_in(resident).post(f"/janji/pilih/{counter.id}", data={"waktu": other.starts_at.isoformat()})
    assert answer.status_code == 409
    assert "masih punya janji" in answer.text

    stranger = People(portal).resident("Ujang Contoh")
    for typed in (booked.starts_at.isoformat(), "kemarin", "", "2026-03-10T08:00"):
        answer = client.sign_in(stranger).post(f"/janji/pilih/{counter.id}", data={"waktu": typed, "catatan": "Penting"})
        assert answer.status_code == 409
        assert "tidak tersedia" in answer.text
        assert "Penting" in answer.text


def test_a_ticket_is_for_its_holder_and_the_counter_only(client, booked, resident, clerk, portal):
    for path in (booked.href, f"{booked.href}/janji.ics"):
        assert client.sign_in(resident).get(path).status_code == 200
        assert client.sign_in(clerk).get(path).status_code == 200
        assert client.sign_in(People(portal).resident("Ujang Contoh")).get(path).status_code == 404
        assert client.sign_out().get(path).status_code == 404


def test_the_calendar_file_is_one_that_others_read(client, booked, resident):
    text = client.sign_in(resident).get(f"{booked.href}/janji.ics").content.decode()
    lines = text.split("\r\n")
    assert lines[0] == "BEGIN:VCALENDAR"
    assert f"DTSTART:{booked.starts_at:%Y%m%dT%H%M%SZ}" in lines
    assert "STATUS:CONFIRMED" in lines
    assert max(len(line.encode()) for line in lines) <= 75


def test_the_tickets_code_leads_the_counter_to_its_holder(client, db, counter, today, resident, clerk):
    path = f"/kerja/janji/hadir/{today.token}"
    assert client.sign_in(resident).get(path).status_code == 403
    assert resident.name in client.sign_in(clerk).get(path).text
    assert client.get(f"{path}x").status_code == 404

    typed = f"http://testserver{path}"  # a scanner at the counter types what it reads
    assert client.post(f"/kerja/janji/{counter.id}/kedatangan", data={"nomor": typed}).status_code == 303
    db.refresh(today)
    assert today.state == "hadir"


def test_an_officer_checks_in_calls_and_finishes(client, db, counter, today, clerk):
    client.sign_in(clerk)
    address = f"/kerja/janji/{counter.id}"
    assert client.post(f"{address}/panggilan").status_code == 303
    assert "Belum ada yang hadir" in client.get(address).text
    client.post(f"{address}/kedatangan", data={"nomor": "a1"})
    client.post(f"{address}/panggilan")
    page = client.get(address).text
    assert "A001 dipanggil" in page
    client.post(f"/kerja/janji/tiket/{today.id}/langkah", data={"langkah": "selesai", "ke": address})
    client.post(f"{address}/nomor")

    db.expire_all()
    assert [(row.number, row.state) for row in db.scalars(select(Appointment).order_by(Appointment.id))] == [("A001", "selesai"), ("A002", "hadir")]
    assert client.post(f"/kerja/janji/tiket/{today.id}/langkah", data={"langkah": "hapus"}).status_code == 404


def test_the_board_is_open_to_all_and_names_nobody(client, db, counter, today, clerk, resident):
    client.sign_in(clerk)
    client.post(f"/kerja/janji/{counter.id}/kedatangan", data={"nomor": "1"})
    waiting = client.sign_out().get(f"/janji/loket/{counter.id}")
    assert waiting.status_code == 200
    assert "A001" in waiting.text
    assert resident.name not in waiting.text
    assert "Kartu hilang" not in waiting.text
    assert client.fragment(f"/janji/loket/{counter.id}").status_code == 200
    assert client.get("/janji/loket/999999").status_code == 404


@pytest.mark.parametrize("path", ["/kerja/janji/", "/kerja/janji/{id}", "/kerja/janji/{id}/pengaturan", "/kerja/janji/loket-baru"])
def test_the_counters_pages_are_for_its_own_office(client, portal, counter, resident, path):
    path = path.format(id=counter.id)
    assert client.get(path).status_code in (303, 401)
    assert client.sign_in(resident).get(path).status_code == 403
    assert client.sign_in(People(portal).officer("lain.apa", opd="dpmptsp")).get(path).status_code == 403


@pytest.mark.parametrize("path", ["panggilan", "nomor", "kedatangan", "pengaturan", "penutupan"])
def test_clerks_of_another_office_write_nothing_here(client, portal, counter, path):
    stranger = People(portal).officer("janji.serve", "janji.manage", opd="dpmptsp")
    assert client.sign_in(stranger).post(f"/kerja/janji/{counter.id}/{path}", data={"nomor": "1"}).status_code == 403


SETTINGS = {
    "title": "Loket 2", "service": "kartu-kuning", "prefix": "b", "place": "Lantai 2", "bring": "", "slot_minutes": "20", "capacity": "2", "days_ahead": "7",
    "lead_minutes": "0", "is_open": "y", **{f"hari{n}": "" for n in range(7)}, "hari0": "8.00-12.00, 13.00-15.00",
}


def test_a_head_makes_changes_and_closes_a_counter(client, db, portal, booked, counter):
    head = People(portal).officer("janji.serve", "janji.manage", opd="disnakertrans")
    client.sign_in(head)
    opd = str(counter.opd_id)
    assert client.post("/kerja/janji/loket-baru", data={**SETTINGS, "opd_id": opd}).status_code == 303
    made = db.scalars(select(Counter).order_by(Counter.id.desc())).first()
    assert (made.prefix, made.hours) == ("B", {"0": [["08:00", "12:00"], ["13:00", "15:00"]]})

    address = f"/kerja/janji/{made.id}/pengaturan"
    assert "8.00-12.00" in client.get(address).text
    wrong = client.post(address, data={**SETTINGS, "opd_id": opd, "hari1": "12.00-08.00", "slot_minutes": "1"})
    assert wrong.status_code == 422
    assert wrong.text.count("field-error") == 2

    local = calendar_for(db).local(booked.starts_at)
    closing = {"starts_at": f"{local - timedelta(hours=1):%Y-%m-%dT%H:%M}", "ends_at": f"{local + timedelta(hours=1):%Y-%m-%dT%H:%M}", "reason": "Rapat dinas"}
    assert client.post(f"/kerja/janji/{counter.id}/penutupan", data={**closing, "reason": ""}).status_code == 422
    answer = client.post(f"/kerja/janji/{counter.id}/penutupan", data=closing)
    assert answer.status_code == 303
    assert "1 janji dibatalkan" in client.get(answer.headers["location"]).text


def test_home_pages_badges_search_and_calendar_know_of_it(client, db, portal, counter, booked, resident, now):
    host = portal.host
    assert [card.slug for card in host.call_each("dashboard_cards", db=db, actor=resident, face="gawe") if card.slug == "janji"] == ["janji"]
    assert ("janji", 1) in host.call_each("badge_counts", db=db, actor=resident)
    entries = host.call_each("calendar_entries", db=db, actor=resident, start=now, end=now + timedelta(days=3))
    assert [entry.title for entry in entries] == ["Loket AK/1 (A001)"]
    assert [found.title for found in host.call_each("search_results", db=db, query="loket ak", actor=Actor(), limit=5) if found.kind == "Janji temu"] == ["Loket AK/1"]
    assert host.ask("may_join", db=db, topic=f"janji-saya:{resident.account_id}", actor=resident) is True
    assert host.ask("may_join", db=db, topic=f"janji-saya:{resident.account_id}", actor=Actor()) is False
    assert "A001" in client.sign_in(resident).get("/").text


def test_a_counter_without_hours_is_told_to_operators(db, portal, counter):
    assert all(item.ok for item in portal.host.call_each("health", db=db) if item.slug == "loket")
    counter.hours = {}
    db.flush()
    assert [item.detail for item in portal.host.call_each("health", db=db) if item.slug == "loket"] == ["Loket tanpa jam buka: Loket AK/1"]


def test_the_demo_has_counters_with_a_past_and_a_future(db, portal, now):
    from pendopo.identity import Account
    from pendopo.kit.appointments import demo

    People(portal).opd("disnakertrans")
    db.add_all(Account(kind="warga", name=f"Orang {n}", created_at=now) for n in range(40))
    db.add(Account(kind="warga", name="Warga Contoh", handle="warga", created_at=now))
    db.flush()
    demo.fill(db, 1, datetime(2026, 11, 24, 3, 0, tzinfo=UTC), 1.0)

    states = set(db.scalars(select(Appointment.state)))
    assert {"selesai", "tidak_hadir", "dipesan"} <= states
    assert db.scalar(select(Account.handle).join(Appointment, Appointment.account_id == Account.id).where(Account.handle == "warga")) == "warga"

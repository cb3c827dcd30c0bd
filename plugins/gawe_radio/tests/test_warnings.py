"""Warnings of others, taken in: alarm, draft or announcement; changed and withdrawn by their sender."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gawe_radio.announcements import active_announcements, versions_of, write_announcement
from gawe_radio.models import Announcement, ReadOut
from gawe_radio.warnings import polling, services, work
from gawe_radio.warnings.models import Bulletin, Feed
from gawe_radio.warnings.reading import read_alert, read_quakes
from gawe_radio.warnings.simulator import Server, alert_xml, index_xml, quake_json, scenario
from pendopo import PermissionRefused
from pendopo.kit import settings
from pendopo.notifications.models import InboxMessage

SENDER = "simulator@pendopo.invalid"


@pytest.fixture
def hour():
    return datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def take(db, hour):
    """`take("satu", severity="Extreme")`: an alert comes in."""

    def take(name="satu", sent=None, **given):
        return services.take_alert(db, read_alert(alert_xml(name, sent or hour, **given)), feed="uji", now=datetime.now(UTC))

    return take


@pytest.fixture
def switch(db, officer, now):
    """`switch("radio.peringatan_langsung", "tidak")`."""

    def switch(name, value):
        settings.set_value(db, officer("core.manage_settings", scope="regency"), name, value, effective_from=now.date(), now=now)
        db.commit()

    return switch


def ref(name, sent):
    return f"{SENDER},{name},{sent:%Y-%m-%dT%H:%M:%S}-00:00"


def test_a_severe_warning_rings_in_the_studio_until_somebody_takes_it(db, client, announcer, officer, take):
    guard = officer("radio.studio", "radio.warnings", opd="bpbd", scope="regency")
    row = take(severity="Severe")
    db.commit()
    client.sign_in(guard)
    assert "data-alarm" in client.get("/kerja/radio/peringatan/").text
    assert row.announcement_id is None
    with pytest.raises(PermissionRefused):
        services.take_alarm(db, announcer, row.id, now=datetime.now(UTC))
    assert client.post(f"/kerja/radio/peringatan/{row.id}/penerimaan", follow_redirects=False).status_code == 303
    assert "data-alarm" not in client.get("/kerja/radio/peringatan/").text


def test_who_guards_warnings_is_told(db, officer, take, deliver):
    guard = officer("radio.studio", "radio.warnings", opd="bpbd", scope="regency")
    take(severity="Severe", headline="Angin kencang")
    deliver()
    subjects = list(db.scalars(select(InboxMessage.subject).where(InboxMessage.account_id == guard.account_id)))
    assert subjects == ["Peringatan Simulator BMKG: Angin kencang"]


def test_an_extreme_warning_is_announced_at_once_with_its_source_and_its_area(db, take):
    row = take(severity="Extreme", source="BMKG")
    word = db.get(Announcement, row.announcement_id)
    assert (word.state, word.priority, word.source, word.author, word.drill) == ("terbit", "darurat", "BMKG", "BMKG", False)
    assert "36.04.30" in word.areas
    assert word.text["id"].startswith("Peringatan dari BMKG.")
    assert word.cap["severity"] == "Extreme"


def test_where_the_setting_wants_people_an_extreme_warning_only_rings(db, take, switch):
    switch("radio.peringatan_langsung", "tidak")
    assert take(severity="Extreme").outcome == "alarm"
    assert db.scalar(select(Announcement.id)) is None


def test_a_warning_is_taken_in_once(take):
    assert take() is not None
    assert take() is None
    assert take("dua") is not None


def test_an_update_changes_the_announcement_and_a_cancel_withdraws_it(db, take, hour):
    first = take("satu", severity="Extreme", headline="Hujan ekstrem")
    later = take("dua", hour + timedelta(minutes=1), kind="Update", severity="Extreme", headline="Hujan mereda", references=ref("satu", hour))
    word = db.get(Announcement, first.announcement_id)
    assert (first.state, later.announcement_id, word.title, word.version) == ("diganti", word.id, "Hujan mereda", 2)
    last = take("tiga", hour + timedelta(minutes=2), kind="Cancel", references=ref("dua", hour + timedelta(minutes=1)))
    assert (later.state, word.state, last.announcement_id) == ("dicabut", "batal", None)
    assert [version.kind for version in versions_of(db, word.id)] == ["terbit", "ubah", "batal"]
    assert services.holding(db, datetime.now(UTC)) == []
    assert [row.id for row in services.ended(db, datetime.now(UTC))] == [later.id, first.id]


def test_a_cancel_stops_what_rings(db, take, hour):
    take("satu", severity="Severe")
    take("dua", hour + timedelta(minutes=1), kind="Cancel", references=ref("satu", hour))
    assert services.ringing(db, datetime.now(UTC)) == []


@pytest.mark.parametrize("kind", ["Cancel", "Update"])
def test_a_warning_whose_end_came_first_is_never_aired(db, take, hour, kind):
    take("dua", hour + timedelta(minutes=1), kind=kind, severity="Moderate", references=ref("satu", hour))
    late = take("satu", severity="Extreme")
    assert (late.outcome, late.announcement_id) == ("catat", None)
    assert late.state == {"Cancel": "dicabut", "Update": "diganti"}[kind]
    assert late not in services.holding(db, datetime.now(UTC))


def test_only_the_sender_withdraws_a_warning(db, take, hour):
    first = take("satu", severity="Extreme")
    take("jahat", hour + timedelta(minutes=1), kind="Cancel", references=ref("satu", hour), sender="orang.lain@contoh.invalid")
    take("latihan", hour + timedelta(minutes=2), kind="Cancel", status="Exercise", references=ref("satu", hour))
    assert (first.state, db.get(Announcement, first.announcement_id).state) == ("berlaku", "terbit")


def test_an_exercise_of_others_stays_off_the_air_and_off_the_public_page(db, client, take):
    take(severity="Extreme", status="Exercise", headline="Latihan orang lain")
    db.commit()
    assert active_announcements(db, datetime.now(UTC)) == []
    assert "Latihan orang lain" not in client.get("/radio/peringatan/").text


def quake(db, hour, **given):
    return services.take_quake(db, read_quakes(quake_json(hour, **given))[0], feed="uji", now=datetime.now(UTC))


def test_a_felt_earthquake_becomes_a_draft_once_it_is_known_to_be_felt(db, hour):
    first = quake(db, hour, Magnitude="4.2", Dirasakan="")
    assert (first.outcome, db.scalar(select(ReadOut.id))) == ("catat", None)
    assert quake(db, hour, Magnitude="4.2", Dirasakan="IV Serang").id == first.id
    assert quake(db, hour, Magnitude="4.2", Dirasakan="IV Serang") is None
    drafts = list(db.scalars(select(ReadOut)))
    assert [("BMKG" in draft.text["id"], draft.state) for draft in drafts] == [(True, "menunggu")]


def test_a_tsunami_is_announced_to_the_coast_even_after_the_earthquake_was_a_draft(db, hour):
    first = quake(db, hour)
    assert first.outcome == "naskah"
    assert quake(db, hour, Potensi="Berpotensi tsunami").id == first.id
    word = db.get(Announcement, first.announcement_id)
    assert (word.title, word.priority, word.state, len(word.areas)) == ("Berpotensi tsunami", "darurat", "terbit", 8)


def test_an_old_earthquake_is_no_news(db, hour):
    assert quake(db, hour - timedelta(days=1), Potensi="Berpotensi tsunami") is None


# ------------------------------------------------------------------------------------------------- asking, for real


@pytest.fixture
def feed():
    files: dict[str, bytes] = {}
    with Server(lambda: files) as server:
        server.contents = files
        yield server


def poll(portal, at):
    with polling.Poller(portal, at) as poller:
        return poller.ask_all()


def rows(portal):
    with portal.db.session(write=False) as db:
        return list(db.scalars(select(Bulletin).order_by(Bulletin.id)))


def test_nothing_is_asked_until_somebody_switches_it_on(portal, feed):
    assert poll(portal, datetime.now(UTC)) == 0


def test_the_simulator_is_read_and_what_comes_of_it_is_a_drill(portal, db, switch, feed, hour):
    feed.contents.update(scenario(hour))
    extreme = f"simulasi-{hour:%Y%m%d%H}-anyar"
    feed.contents[f"/cap/{extreme}.xml"] = alert_xml(extreme, hour, severity="Extreme", headline="SIMULASI: angin")
    switch("radio.peringatan_simulator", f"{feed.address}/cap/ {feed.address}/gempa.json")
    work.poll(portal, datetime.now(UTC))
    found = {row.title: row for row in rows(portal)}
    assert {title: row.outcome for title, row in found.items()} == {
        "SIMULASI: angin": "siar", "SIMULASI: hujan lebat di Jayapura": "catat", "Gempa magnitudo 5,2": "naskah",
    }
    word = db.get(Announcement, found["SIMULASI: angin"].announcement_id)
    assert (word.drill, word.title[:8], word.text["id"][:8]) == (True, "LATIHAN:", "LATIHAN.")


def test_what_did_not_change_is_not_fetched_again(portal, switch, feed, hour):
    feed.contents.update(scenario(hour))
    switch("radio.peringatan_simulator", f"{feed.address}/cap/ {feed.address}/gempa.json")
    present = datetime.now(UTC)
    poll(portal, present)
    del feed.asked[:]
    poll(portal, present + timedelta(minutes=1))
    assert feed.asked == [("/cap/", 200), ("/gempa.json", 304)]


def test_a_feed_that_fails_is_left_alone_for_longer_and_longer(portal, switch, feed):
    switch("radio.peringatan_simulator", f"{feed.address}/cap/")
    start = datetime.now(UTC)
    asked_at = [minute for minute in range(16) if poll(portal, start + timedelta(minutes=minute))]
    assert asked_at == [0, 1, 3, 7, 15]
    with portal.db.session(write=False) as db:
        assert db.get(Feed, f"{feed.address}/cap/").error == "HTTP 404"


def test_a_feed_is_never_asked_more_than_fifty_times_a_minute(portal, switch, feed, hour):
    names = {f"peringatan-{n}": "1" for n in range(70)}
    feed.contents["/cap/"] = index_xml(names)
    feed.contents.update({f"/cap/{name}.xml": alert_xml(name, hour, severity="Minor") for name in names})
    switch("radio.peringatan_simulator", f"{feed.address}/cap/")
    present = datetime.now(UTC)
    assert poll(portal, present) == polling.MOST_A_MINUTE
    poll(portal, present + timedelta(minutes=1))
    assert len(rows(portal)) == 70


@pytest.mark.parametrize("data", [
    b"x" * (polling.MOST_BYTES + 1), b"<html>", b'<!DOCTYPE x [<!ENTITY a "b">]><rss/>', b"",
])
def test_what_is_too_large_or_no_feed_is_a_fault_told_and_nothing_more(portal, switch, feed, data):
    feed.contents["/cap/"] = data
    switch("radio.peringatan_simulator", f"{feed.address}/cap/")
    poll(portal, datetime.now(UTC))
    with portal.db.session(write=False) as db:
        assert db.get(Feed, f"{feed.address}/cap/").failures == 1
    assert rows(portal) == []


def test_one_broken_alert_does_not_keep_the_others_out(portal, switch, feed, hour):
    feed.contents.update({
        "/cap/": index_xml({"rusak": "1", "baik": "1"}), "/cap/rusak.xml": b"<alert", "/cap/baik.xml": alert_xml("baik", hour, severity="Moderate"),
    })
    switch("radio.peringatan_simulator", f"{feed.address}/cap/")
    poll(portal, datetime.now(UTC))
    assert [row.identifier for row in rows(portal)] == ["baik"]


def test_an_index_can_not_send_us_elsewhere(portal, switch, feed):
    feed.contents["/cap/"] = (
        b"<rss><channel><item><link>http://192.0.2.1/a.xml</link></item><item><link>file:///etc/passwd</link></item>"
        b"<item><link>https://lain.invalid/b.xml</link></item></channel></rss>"
    )
    switch("radio.peringatan_simulator", f"{feed.address}/cap/")
    assert poll(portal, datetime.now(UTC)) == 1


@pytest.mark.parametrize(("address", "may"), [
    ("https://www.bmkg.go.id/alerts/nowcast/id", True), ("http://www.bmkg.go.id/", False), ("http://127.0.0.1:1/", True), ("file:///etc/passwd", False),
    ("http://169.254.169.254/", False), ("https://", False),
])
def test_plain_http_is_for_this_machine_only(address, may):
    assert polling.may_ask(address) is may


# ------------------------------------------------------------------------------------------------------------ pages


def test_an_announcer_makes_an_announcement_of_a_warning_and_its_cancel_reaches_it(db, client, announcer, take, hour):
    row = take(severity="Severe", source="BMKG", headline="Angin kencang di pantai")
    db.commit()
    client.sign_in(announcer)
    page = client.get(f"/kerja/radio/pengumuman/baru?peringatan={row.id}")
    assert "Angin kencang di pantai" in page.text
    until = (datetime.now(UTC) + timedelta(hours=9)).strftime("%Y-%m-%dT%H:%M")
    sent = client.post(f"/kerja/radio/pengumuman/baru?peringatan={row.id}", data={
        "title": "Angin kencang di pantai", "text_id": "Menurut BMKG angin kencang.", "priority": "penting", "until": until, "repeat_min": "0",
        "repeat_from": "0", "repeat_to": "0", "category": "Met", "voice_choice": "robot", "aksi": "kirim",
    }, follow_redirects=False)
    assert sent.status_code == 303
    db.expire_all()
    word = db.scalars(select(Announcement)).one()
    assert (word.source, row.announcement_id) == ("BMKG", word.id)
    take("dua", hour + timedelta(minutes=1), kind="Cancel", references=ref("satu", hour))
    assert word.state == "batal"


def test_the_public_page_says_what_holds_what_was_withdrawn_and_how_to_check(db, client, announcer, take, hour, publish):
    empty = client.get("/radio/peringatan/").text
    assert "Tidak ada peringatan yang berlaku" in empty
    assert "hoaks" in empty
    take("satu", severity="Moderate", headline="Hujan sedang")
    take("dua", severity="Moderate", headline="Hujan tadi")
    take("tiga", hour + timedelta(minutes=1), kind="Cancel", references=ref("dua", hour))
    write_announcement(db, announcer, _plain(), now=datetime.now(UTC))
    db.commit()
    page = client.get("/radio/peringatan/?lagi=1").text  # a kept page lives a second
    holds, _, gone = page.partition('id="dicabut"')
    assert "Hujan sedang" in holds
    assert "Sumber: Simulator BMKG" in holds
    assert "Donor darah" not in page.partition('id="berlaku"')[2]
    assert "Hujan tadi" in gone
    assert "Hujan tadi" not in holds


def _plain():
    from gawe_radio.announcements import Words

    return Words("Donor darah", {"id": "Besok pagi."})


def test_what_rings_and_what_is_true_can_be_fetched_alone(db, client, announcer, take):
    take(severity="Severe", headline="Angin kencang")
    db.commit()
    client.sign_in(announcer)
    partial = {"HX-Request": "true", "HX-Request-Type": "partial"}
    for path in ("/kerja/radio/peringatan/?bagian=alarm", "/radio/peringatan/?bagian=isi"):
        piece = client.get(path, headers=partial).text
        assert "Angin kencang" in piece
        assert "<html" not in piece
        assert "<h1" not in piece


def test_the_desk_is_for_the_studio(client, resident):
    client.sign_in(resident)
    assert client.get("/kerja/radio/peringatan/").status_code == 403

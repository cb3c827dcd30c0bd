"""Every kind of alert that goes out is accepted by the schema of OASIS, and what is withdrawn is gone everywhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import fromstring

import pytest
from capvalidator import Validator
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from gawe_radio import cap, station
from gawe_radio.announcements import Words, approve_announcement, cancel_announcement, change_announcement, write_announcement
from gawe_radio.models import AnnouncementVersion
from pendopo.kit.places import kecamatan_list
from pendopo.live import LiveMessage
from pendopo.notifications.models import InboxMessage

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ANYAR = ((-6.03, 105.88), (-6.03, 105.97), (-6.13, 105.97))
CODES = [place.code for place in kecamatan_list()]


def valid(data: bytes) -> bool:
    return Validator(data).schema()[0]


def now():
    return datetime.now(UTC)


def test_the_schema_refuses_what_is_no_alert():
    assert not valid(b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>x</identifier></alert>')


TEXTS = {"id": "Air laut naik.", "en": "The sea rises.", "jv": "Banyu laut munggah.", "su": "Cai laut naék."}


@pytest.mark.parametrize("words", [
    Words("Banjir rob", TEXTS, "penting", ("36.04.12", "36.04.13")),
    Words("Banjir rob", {"id": TEXTS["id"]}, "darurat"),
    Words("Angin", TEXTS, "penting", polygon=ANYAR, category="Met"),
    Words("Latihan tsunami", TEXTS, "darurat", drill=True, polygon=ANYAR, category="Geo"),
    Words("Hujan", TEXTS, "darurat", source="BMKG", cap={
        "severity": "Extreme", "urgency": "Immediate", "certainty": "Likely", "instruction": {"id": "Menjauh dari pantai."},
    }),
    Words("Hujan", TEXTS, "penting", source="BMKG & <kawan>", cap={"severity": "parah sekali", "urgency": 7}),
])
def test_each_kind_of_alert_is_accepted_published_changed_and_withdrawn(db, client, announcer, official, words):
    word = write_announcement(db, announcer, words, now=now())
    if word.state == "menunggu":
        approve_announcement(db, official, word.id, now=now())
    change_announcement(db, official, word.id, Words("Berubah", words.text, areas=("36.04.30",)), now=now() + timedelta(minutes=1))
    cancel_announcement(db, official, word.id, "selesai", now=now() + timedelta(minutes=2))
    db.commit()
    alerts = [client.get(f"/radio/cap/{word.id}/{number}.xml").content for number in (1, 2, 3)]
    assert [valid(data) for data in alerts] == [True] * 3
    read = [fromstring(data) for data in alerts]
    assert [alert.findtext(f"{CAP}msgType") for alert in read] == ["Alert", "Update", "Cancel"]
    assert {alert.findtext(f"{CAP}status") for alert in read} == {"Exercise" if words.drill else "Actual"}
    assert len(read[2].findtext(f"{CAP}references").split()) == 2
    assert [info.findtext(f"{CAP}language") for info in read[0].iter(f"{CAP}info")] == [cap.TAGS[language] for language in words.text]


def test_a_drawn_line_goes_out_closed_and_with_its_kecamatan(db, client, announcer):
    word = write_announcement(db, announcer, Words("Angin", {"id": "Angin kencang."}, "penting", polygon=ANYAR), now=now())
    db.commit()
    area = next(fromstring(client.get(f"/radio/cap/{word.id}/1.xml").content).iter(f"{CAP}area"))
    corners = area.findtext(f"{CAP}polygon").split()
    assert (corners[0], corners[-1], len(corners)) == ("-6.03,105.88", "-6.03,105.88", 4)
    assert "36.04.30" in {code.findtext(f"{CAP}value") for code in area.iter(f"{CAP}geocode")}


def test_an_exercise_never_looks_real(db, client, announcer):
    word = write_announcement(db, announcer, Words("Tsunami", {"id": "Naiklah ke bukit.", "en": "Go uphill."}, "penting", drill=True), now=now())
    db.commit()
    alert = fromstring(client.get(f"/radio/cap/{word.id}/1.xml").content)
    assert alert.findtext(f"{CAP}status") == "Exercise"
    assert "LATIHAN" in alert.findtext(f"{CAP}note")
    for info in alert.iter(f"{CAP}info"):
        drill = "LATIHAN" if info.findtext(f"{CAP}language") == "id-ID" else "EXERCISE"
        assert info.findtext(f"{CAP}event").startswith(drill)
        assert info.findtext(f"{CAP}headline").startswith(drill)
    assert "LATIHAN" in client.get("/radio/cap/").text
    assert 'term="Exercise"' in client.get("/radio/cap/").text


moments = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
corners = st.lists(st.tuples(st.floats(-6.5, -5.8), st.floats(105.7, 106.6)).map(lambda p: [round(p[0], 5), round(p[1], 5)]), min_size=3, max_size=9)
versions = st.builds(
    AnnouncementVersion, announcement_id=st.integers(1, 10**9), number=st.integers(1, 999), kind=st.sampled_from(["terbit", "ubah", "batal"]),
    title=st.text(min_size=1, max_size=120).filter(lambda text: text.strip() and cap.NOT_XML.sub("", text)),
    text=st.dictionaries(st.sampled_from(["id", "en", "jv", "su"]), st.text(min_size=1).filter(lambda text: cap.NOT_XML.sub("", text)), min_size=1),
    priority=st.sampled_from(["penting", "darurat"]), areas=st.lists(st.sampled_from(CODES), unique=True, max_size=6), until_at=moments, sent_at=moments,
    polygon=st.one_of(st.just([]), corners), drill=st.booleans(), category=st.sampled_from(["Safety", "Geo", "Met", "Other"]), source=st.text(max_size=60),
    cap=st.dictionaries(st.sampled_from(["severity", "urgency", "certainty"]), st.one_of(st.text(max_size=9), st.sampled_from(cap.SEVERITIES))),
)


@given(st.lists(versions, min_size=1, max_size=3))
def test_whatever_is_announced_is_a_valid_alert(portal_settings, rows):
    data = cap.alert(portal_settings, rows[-1], rows[:-1], "https://portal.example/radio/pengumuman/1")
    assert valid(data), data.decode()


@pytest.fixture(scope="module")
def portal_settings():
    from pendopo.settings import Settings

    return Settings()


def test_what_is_withdrawn_is_gone_from_every_place(db, client, announcer, deliver):
    word = write_announcement(db, announcer, Words("Jalan ambles", {"id": "Hindari."}, "penting", ("36.04.30",), repeat_min=30), now=now())
    db.commit()
    where = ("/", "/radio/pengumuman/rss.xml", "/radio/cap/", "/radio/peringatan/")
    assert [path for path in where if "Jalan ambles" not in client.get(path).text] == []
    assert station.wanted_on_air(word, now())
    cancel_announcement(db, announcer, word.id, "Sudah ditutup", now=now())
    deliver()
    assert [path for path in where if "Jalan ambles" in client.get(f"{path}?lagi=1").text.partition('id="dicabut"')[0]] == []
    assert not station.wanted_on_air(word, now())
    told = [message.payload for message in db.scalars(select(LiveMessage).where(LiveMessage.topic == "public:radio").order_by(LiveMessage.id))]
    assert told[-1]["data"]["type"] == "cancel"
    banners = select(LiveMessage.payload).where(LiveMessage.topic == "public:siaran:36.04.30").order_by(LiveMessage.id.desc())
    assert "Jalan ambles" not in str(db.scalar(banners.limit(1)))
    subjects = select(InboxMessage.subject).where(InboxMessage.account_id == announcer.account_id).order_by(InboxMessage.id.desc())
    assert db.scalar(subjects.limit(1)) == "Ditarik: Jalan ambles"
    assert client.get(f"/radio/cap/{word.id}/2.xml").text.count("Cancel") == 1

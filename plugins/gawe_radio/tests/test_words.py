"""What an announcement says beside its words: languages, a line around its area, a voice, hours, a drill."""

from __future__ import annotations

import io
import json
import wave
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from gawe_radio import announcements, areas, banners, previews, station, voices
from gawe_radio.announcements import Words, approve_announcement, change_announcement, write_announcement
from gawe_radio.models import Announcement
from gawe_radio.samples import SAMPLES
from pendopo import InvalidInput
from pendopo.kit.places import kecamatan_list
from pendopo.notifications.models import InboxMessage
from pendopo_stream import takes
from pendopo_stream.announcements import Announcement as Item

ANYAR = ((-6.03, 105.88), (-6.03, 105.97), (-6.13, 105.97), (-6.13, 105.88))
CODES = {place.code for place in kecamatan_list()}


def wav(length_s=1.0, pitch_hz=440.0):
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes((np.sin(2 * np.pi * pitch_hz * np.arange(int(length_s * 16_000)) / 16_000) * 9000).astype("<i2").tobytes())
    return out.getvalue()


def write(db, announcer, now, **more):
    return write_announcement(db, announcer, Words(more.pop("title", "Jalan ditutup"), more.pop("text", {"id": "Lewat Mancak."}), **more), now=now)


# -------------------------------------------------------------------------------------------------------------- areas


def test_a_line_around_places_finds_their_kecamatan_and_adds_them_to_the_chosen(db, announcer, now):
    word = write(db, announcer, now, polygon=ANYAR, areas=("36.04.09",))
    assert {"36.04.30", "36.04.09"} <= set(word.areas)
    assert len(word.areas) < 8
    assert word.polygon == [list(corner) for corner in ANYAR]


@pytest.mark.parametrize("text", ["-6,105", "-6.0,105.9 -6.1,106.0", "a,b c,d e,f", "-6,105.9 -6.1,106 -6,106 -6.1,105.9", "-95,1 -6,2 -6,3", "-6;105 -6;106 -7;105"])
def test_what_is_no_line_is_named(text):
    with pytest.raises(InvalidInput) as refused:
        areas.read_polygon(text)
    assert refused.value.field == "polygon"


def test_a_line_elsewhere_is_refused(db, announcer, now):
    with pytest.raises(InvalidInput) as refused:
        write(db, announcer, now, polygon=((-2.5, 140.6), (-2.5, 140.8), (-2.7, 140.8)))
    assert refused.value.field == "polygon"


def test_boundaries_decide_where_an_operator_loaded_them(tmp_path, monkeypatch):
    square = {"type": "Polygon", "coordinates": [[[105.9, -6.1], [105.91, -6.1], [105.91, -6.11], [105.9, -6.11], [105.9, -6.1]]]}
    monkeypatch.setattr(areas, "kecamatan_shapes", lambda: {"36.04.30": square})
    assert areas.kecamatan_in(((-6.105, 105.909), (-6.105, 105.95), (-6.12, 105.95))) == areas.Found(("36.04.30",), True)
    assert areas.kecamatan_in(((-6.2, 105.95), (-6.2, 105.96), (-6.21, 105.96))).codes == ()


corner = st.tuples(st.floats(-6.45, -5.85), st.floats(105.75, 106.5)).map(lambda p: (round(p[0], 5), round(p[1], 5)))


@given(st.lists(corner, min_size=3, max_size=8))
def test_a_line_is_read_as_it_was_written_or_refused(corners):
    try:
        read = areas.read_polygon(areas.write_polygon(corners))
    except InvalidInput:
        return
    assert [tuple(point) for point in read] in (corners, corners[:-1])
    found = areas.kecamatan_in(read)
    assert set(found.codes) <= CODES
    assert set(found.codes) <= set(areas.kecamatan_in(read, spare_km=3.0).codes), "a wider look loses nothing"


@given(corner, st.floats(0.1, 30))
def test_a_wider_circle_touches_at_least_as_much(centre, radius_km):
    narrow, wide = (set(areas.kecamatan_near(*centre, radius).codes) for radius in (radius_km, radius_km * 2))
    assert narrow <= wide or len(narrow) == 1


@given(st.integers(-10**6, 10**8))
def test_an_announcement_lives_at_least_a_moment_and_at_most_ninety_days(seconds):
    now = datetime(2026, 3, 1, tzinfo=UTC)
    words = Words("a", {"id": "kata"}, until=now + timedelta(seconds=seconds))
    allowed = 0 < seconds <= 90 * 86400
    try:
        checked, _length = announcements._checked(words, now)
    except InvalidInput as refused:
        assert (allowed, refused.field) == (False, "until")
    else:
        assert allowed
        row = Announcement(state="terbit", until_at=checked.until)
        assert row.is_active(now)
        assert not row.is_active(checked.until)


# -------------------------------------------------------------------------------------------------------- to the engine


@given(st.integers(0, 23), st.integers(0, 23))
def test_the_engine_gets_the_hours_of_repeats_in_utc(start, end):
    row = Announcement(
        id=1, version=1, title="a", text={"id": "kata"}, priority="info", areas=["36.04.30"], until_at=datetime(2026, 3, 1, tzinfo=UTC), repeat_min=30,
        repeat_from=start, repeat_to=end, said_version=0, only_areas=True, voice="voices/a.mp3", drill=True, attention=True,
    )
    item = Item.from_json(json.loads(json.dumps(station.as_item(row))))
    assert (item.areas, item.only_areas, item.voice, item.drill, item.attention) == (("36.04.30",), True, "voices/a.mp3", True, True)
    for hour in range(24):
        at = datetime(2026, 3, 1, (hour - 7) % 24, 30, tzinfo=UTC)  # WIB
        inside = start == end or (start <= hour < end if start < end else hour >= start or hour < end)
        assert item.may_repeat(at) is inside


def test_an_emergency_is_never_kept_to_a_few_mounts(db, announcer, now):
    assert write(db, announcer, now, areas=("36.04.30",), only_areas=True).only_areas
    assert not write(db, announcer, now, areas=("36.04.30",), only_areas=True, priority="darurat").only_areas
    assert not write(db, announcer, now, only_areas=True).only_areas, "without areas it is for everybody"


# --------------------------------------------------------------------------------------------------------------- drills


def test_a_drill_says_so_in_every_place_and_can_not_become_real(db, client, people, announcer, official, deliver):
    now = datetime.now(UTC)
    reader = people.resident(desa_code="36.04.30.2001")
    word = write(db, announcer, now, title="Tsunami", text={"id": "Naik ke bukit.", "en": "Go uphill."}, priority="darurat", drill=True)
    approve_announcement(db, official, word.id, now=now)
    deliver()
    assert (word.title, word.text) == ("LATIHAN: Tsunami", {"id": "LATIHAN. Naik ke bukit.", "en": "THIS IS A DRILL. Go uphill."})
    item = station.as_item(word)
    assert (item["drill"], item["title"]) == (True, "LATIHAN: Tsunami")
    message = db.scalars(select(InboxMessage).where(InboxMessage.account_id == reader.account_id)).one()
    assert (message.subject, message.topic, message.body[:8]) == ("LATIHAN: Tsunami", "radio.pengumuman", "LATIHAN.")
    page = client.get("/").text
    assert "siaran-latihan" in page
    assert 'role="alert"' not in page
    assert "Darurat:" not in page
    for path in ("/radio/pengumuman/", "/radio/pengumuman/rss.xml", f"/radio/pengumuman/{word.id}", "/radio/cap/", "/radio/peringatan/"):
        assert client.get(path).text.count("Tsunami") == client.get(path).text.count("LATIHAN: Tsunami"), path
    change_announcement(db, official, word.id, Words("Tsunami sungguhan", {"id": "Lari."}, drill=False), now=now)
    assert (word.drill, word.title, word.text["id"]) == (True, "LATIHAN: Tsunami sungguhan", "LATIHAN. Lari.")


def test_a_drill_asks_nothing_of_other_services(db, announcer, now):
    from pendopo.outbox import OutboxRow

    write(db, announcer, now, drill=True)
    assert "announcement_published" not in set(db.scalars(select(OutboxRow.target)))


def test_a_drill_of_an_emergency_needs_two_persons_as_well(db, announcer, now):
    assert write(db, announcer, now, priority="darurat", drill=True).state == "menunggu"


# --------------------------------------------------------------------------------------------------------------- voices


def test_a_take_is_kept_by_its_content_and_goes_to_the_engine(db, portal, announcer, now):
    name = voices.keep_take(io.BytesIO(wav()))
    assert voices.keep_take(io.BytesIO(wav())) == name
    word = write(db, announcer, now, voice=name)
    assert (word.voice, word.voice_by, station.as_item(word)["voice"]) == (name, "rekaman", name)
    assert len(takes.read_take(voices.path_of(name).read_bytes())) == pytest.approx(takes.RATE_HZ, rel=0.1)


@pytest.mark.parametrize("voice", ["voices/hilang.mp3", "voices/../station.json", "/etc/passwd", "media/music/a.mp3"])
def test_only_a_kept_take_can_be_its_voice(db, portal, announcer, now, voice):
    with pytest.raises(InvalidInput) as refused:
        write(db, announcer, now, voice=voice)
    assert refused.value.field == "sound"


@pytest.mark.parametrize("data", [b"", b"MZ\x90\x00", b"#EXTM3U\nhttp://169.254.169.254/\n", wav(0.01), wav(99)])
def test_what_is_no_take_is_refused_by_the_page(client, announcer, data):
    client.sign_in(announcer)
    answer = client.post("/kerja/radio/pengumuman/baru", data=form(voice_choice="rekaman"), files={"sound": ("rekaman.mp3", data or b" ", "audio/mpeg")})
    assert answer.status_code == 422


class Provider:
    """A plugin whose voice is a tone: 900 Hz."""

    said: list = []  # noqa: RUF012

    def speak_text(self, text, language):
        if text == "diam":
            return None
        if text == "rusak":
            raise RuntimeError("no voice today")
        self.said.append((language, text))
        return wav(0.8, 900.0)


@pytest.fixture
def provider(portal, monkeypatch):
    made = Provider()
    made.said = []
    monkeypatch.setitem(portal.host._impls, "speak_text", [(portal.host.plugins["gawe_radio"], SimpleNamespace(function=made.speak_text, argnames=("text", "language")))])
    return made


def test_a_providers_voice_is_made_after_commit_and_heard_instead_of_the_robot(db, portal, announcer, deliver, provider, now):
    word = write(db, announcer, now, text={"id": "Jalan ditutup.", "en": "Road closed."})
    assert provider.said == [], "nobody is asked inside the transaction"
    deliver()
    db.refresh(word)
    assert provider.said == [("id", "Jalan ditutup."), ("en", "Road closed.")]
    assert word.voice_by == "penyedia"
    assert voices.path_of(word.voice) is not None


@pytest.mark.parametrize("text", ["diam", "rusak"])
def test_without_a_providers_answer_the_robot_reads(db, announcer, deliver, provider, now, text):
    word = write(db, announcer, now, text={"id": text})
    deliver()
    db.refresh(word)
    assert word.voice == ""


def test_an_emergency_waits_for_no_provider(db, announcer, official, deliver, provider, now):
    word = write(db, announcer, now, priority="darurat")
    approve_announcement(db, official, word.id, now=now)
    deliver()
    assert provider.said == []


def test_sounds_that_nobody_uses_are_cleared_away(db, portal, announcer, now):
    used, unused = (voices.keep_take(io.BytesIO(wav(pitch_hz=pitch))) for pitch in (440.0, 660.0))
    note = previews.keep({"id": "kata"}, voice="", drill=False)
    write(db, announcer, now, voice=used)
    assert voices.clear_unused(db, datetime.now(UTC)) == 0
    assert voices.clear_unused(db, datetime.now(UTC) + timedelta(days=3)) == 2
    assert voices.path_of(used)
    assert not voices.path_of(unused)
    assert previews.sound_of(note) == ""


# ---------------------------------------------------------------------------------------------------------------- pages


def form(**more):
    until = (datetime.now(UTC) + timedelta(hours=10)).strftime("%Y-%m-%dT%H:%M")
    return {
        "title": "Jalan ditutup", "text_id": "Lewat Mancak.", "priority": "info", "until": until, "repeat_min": "0", "repeat_from": "0", "repeat_to": "0",
        "category": "Transport", "voice_choice": "robot", "aksi": "kirim", **more,
    }


def test_one_listens_before_publishing(db, client, announcer):
    client.sign_in(announcer)
    page = client.post("/kerja/radio/pengumuman/baru", data=form(aksi="pratinjau", drill="y", polygon=areas.write_polygon(ANYAR))).text
    assert "Kec. Anyar" in page
    assert "menurut titik desa" in page
    assert "LATIHAN. Lewat Mancak." in page
    assert "THIS IS A DRILL" not in page
    source = page.partition('<audio controls preload="none" src="')[2].partition('"')[0]
    sound = client.get(source)
    assert (sound.status_code, sound.headers["content-type"]) == (200, "audio/mpeg")
    assert len(sound.content) > 10_000
    assert db.scalar(select(Announcement.id)) is None, "nothing was published"


def test_a_preview_is_not_for_everybody(client, resident, portal):
    name = previews.keep({"id": "rahasia"}, voice="", drill=False)
    client.sign_in(resident)
    assert client.get(f"/kerja/radio/pengumuman/suara/{name}.mp3").status_code == 403


def test_everything_that_is_typed_is_kept(db, client, announcer):
    client.sign_in(announcer)
    sent = client.post("/kerja/radio/pengumuman/baru", files={"sound": ("a.wav", wav(), "audio/wav")}, data=form(
        text_en="Via Mancak.", text_jv="Liwat Mancak.", text_su="Ngaliwat Mancak.", polygon=areas.write_polygon(ANYAR), only_areas="y", attention="y",
        repeat_min="30", repeat_from="6", repeat_to="20",
    ), follow_redirects=False)
    assert sent.status_code == 303
    word = db.scalars(select(Announcement)).one()
    assert set(word.text) == {"id", "en", "jv", "su"}
    assert (word.only_areas, word.attention, word.repeat_from, word.repeat_to, word.category) == (True, True, 6, 20, "Transport")
    assert word.voice_by == "rekaman"
    changing = client.get(f"/kerja/radio/pengumuman/{word.id}/ubah").text
    for shown in ("Ngaliwat Mancak.", "-6.03,105.88", word.voice):
        assert shown in changing


def test_samples_begin_an_announcement(client, announcer):
    client.sign_in(announcer)
    for one in SAMPLES:
        assert one.title in client.get(f"/kerja/radio/pengumuman/baru?contoh={one.slug}").text


def test_the_map_is_told_which_kecamatan_a_line_holds(client, announcer, resident):
    client.sign_in(announcer)
    found = client.post("/kerja/radio/pengumuman/wilayah", data={"polygon": areas.write_polygon(ANYAR)}).json()
    assert "36.04.30" in found["codes"]
    assert "menurut titik desa" in found["words"]
    assert client.post("/kerja/radio/pengumuman/wilayah", data={"polygon": "x"}).status_code == 422
    client.sign_in(resident)
    assert client.post("/kerja/radio/pengumuman/wilayah", data={"polygon": ""}).status_code == 403


# ------------------------------------------------------------------------------------------------------------ put away


def test_a_reader_puts_a_word_away_for_themselves_until_it_changes(db, client, announcer, publish):
    word = publish("penting", until=datetime.now(UTC) + timedelta(hours=2))
    db.commit()
    assert client.get("/radio/pengumuman/simpanan.css").text == ""
    assert client.post("/radio/pengumuman/simpanan", data={"pengumuman": f"{word.id}v1"}, follow_redirects=False).status_code == 303
    sheet = client.get("/radio/pengumuman/simpanan.css")
    assert sheet.text == f"#siaran-{word.id}.siaran-v1{{display:none}}"
    assert "no-cache" in sheet.headers["cache-control"]
    change_announcement(db, announcer, word.id, Words("Berubah", {"id": "Lain."}), now=datetime.now(UTC))
    db.commit()
    assert client.get("/radio/pengumuman/simpanan.css").text == "", "another version is another word"


def test_an_emergency_stays_while_it_holds(db, client, announcer, official):
    now = datetime.now(UTC)
    word = write(db, announcer, now, priority="darurat")
    approve_announcement(db, official, word.id, now=now)
    db.commit()
    client.post("/radio/pengumuman/simpanan", data={"pengumuman": f"{word.id}v1"})
    assert client.get("/radio/pengumuman/simpanan.css").text == ""
    assert 'name="pengumuman"' not in client.get("/?lagi=1").text


@given(st.text(max_size=200), st.text(max_size=30))
def test_the_cookie_holds_nothing_but_keys(known, key):
    kept = banners.put_away(known, key)
    assert all(banners.KEY.fullmatch(part) for part in kept.split(".") if part)
    assert len(kept.split(".")) <= banners.MOST_PUT_AWAY


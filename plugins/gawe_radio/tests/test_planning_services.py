"""The plan's rules, and what the engine gets of them."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, time, timedelta
from itertools import pairwise

import pytest

from gawe_radio import programmes, station
from gawe_radio.errors import NotSound, SameSound, SoundTooLarge, SoundTooShort, StillUsed
from gawe_radio.planning import changes, choices, ics, intake, lists, media, prayer, rules, wheels, written
from gawe_radio.planning.changes import Instead
from gawe_radio.planning.testing import wav
from gawe_radio.planning.wheels import Part
from gawe_radio.programmes import Plan, plan_program
from pendopo import Conflict, InvalidInput, PermissionRefused
from pendopo.i18n import current_zone
from pendopo_stream.plan import Plan as EnginePlan

ALL = tuple(range(7))


def plan(title="Pagi Gawe", days=ALL, at="06:00", minutes=60, **more):
    return Plan(title, "", "Rara Contoh", "id", "SU", days, time.fromisoformat(at), minutes, **more)


def local(day, clock):
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), current_zone.get())


def receive(db, curator, now, name="Lagu.wav", pitch_hz=440.0, kind="music", **more):
    return media.receive_piece(db, curator, io.BytesIO(wav(pitch_hz=pitch_hz)), name, kind=kind, now=now, **more)


# ------------------------------------------------------------------------------------------------------------- files


@pytest.mark.parametrize("data", [b"", b"hanya tulisan" * 100, b"#EXTM3U\n#EXTINF:2,\n/etc/passwd\n#EXT-X-ENDLIST\n", b"ffconcat version 1.0\nfile /etc/passwd\n", wav()[:44]])
def test_what_is_no_sound_is_refused_whatever_it_is_called(db, curator, now, data):
    with pytest.raises(NotSound):
        media.receive_piece(db, curator, io.BytesIO(data), "lagu.mp3", kind="music", now=now)
    assert not list((station.home() / "media").rglob("*.*"))


def test_a_blink_and_too_much_are_refused(now):
    with pytest.raises(SoundTooShort):
        intake.examine(io.BytesIO(wav(0.2)), "x.wav", most_mb=1)
    with pytest.raises(SoundTooLarge):
        intake.examine(io.BytesIO(b"\0" * 1_048_577), "x.wav", most_mb=1)


def test_a_file_is_named_by_its_content_and_never_leads_out_of_the_folder(db, curator, now):
    assert receive(db, curator, now, name="../../Etc/Pässwd (2).MP3") == "music/passwd_2.wav"
    assert receive(db, curator, now, name="Passwd 2.mp3", pitch_hz=500) == "music/passwd_2_2.wav"
    assert intake.safe_name("…") == "suara"
    assert not list((station.home() / "media").rglob(".unggah*"))


def test_the_same_bytes_come_in_once_and_the_other_is_named(db, curator, now):
    receive(db, curator, now, name="Ombak.wav")
    with pytest.raises(SameSound) as refusal:
        receive(db, curator, now, name="lain.wav", kind="jingle")
    assert refusal.value.values["other"] == "ombak"


def test_only_those_of_the_library_change_it(db, announcer, curator, now):
    with pytest.raises(PermissionRefused):
        receive(db, announcer, now)
    track_id = receive(db, curator, now)
    for act in (
        lambda: media.describe_piece(db, announcer, track_id, media.Words("x", "", ())),
        lambda: media.remove_piece(db, announcer, track_id, now=now),
        lambda: lists.save_playlist(db, announcer, "x", "shuffle", 1),
        lambda: wheels.save_wheel(db, announcer, "x"),
        lambda: choices.choose_rotation(db, announcer, choices.Rotation()),
    ):
        with pytest.raises(PermissionRefused):
            act()


def test_what_the_engine_can_not_play_is_told_with_its_reason(db, curator, now):
    folder = station.home() / "media" / "music"
    folder.mkdir(parents=True)
    (folder / "rusak.mp3").write_bytes(b"bukan suara")
    (piece,) = media.pieces(db)
    assert piece.problems == ["rusak"]
    assert piece.why
    assert not piece.plays


def test_a_file_that_was_copied_into_the_folder_twice_names_its_twin(db, curator, now):
    from pendopo_stream.engine.library import Library

    track_id = receive(db, curator, now)
    folder = station.home() / "media"
    (folder / "music" / "salinan.wav").write_bytes((folder / track_id).read_bytes())
    list(Library(folder, station.home() / "library.json").measure_new())
    twins = {piece.id: piece.twins for piece in media.pieces(db)}
    assert twins == {track_id: ("music/salinan.wav",), "music/salinan.wav": (track_id,)}
    assert all("kembar" in piece.problems for piece in media.pieces(db))


def test_a_piece_in_use_stays(db, curator, now):
    track_id = receive(db, curator, now)
    row = lists.save_playlist(db, curator, "Pagi", "listed", 1)
    lists.add_tracks(db, curator, row, [track_id])
    with pytest.raises(StillUsed) as refusal:
        media.remove_piece(db, curator, track_id, now=now)
    assert refusal.value.values == {"where": "Daftar putar Pagi"}
    lists.set_tracks(db, curator, row, [])
    media.remove_piece(db, curator, track_id, now=now)
    assert media.in_bin()


# ------------------------------------------------------------------------------------------------------ lists, hours


def test_lines_move_by_steps_and_by_numbers():
    assert lists.moved("abc", 1, -1) == ["b", "a", "c"]
    assert lists.moved("abc", 2, 1) == ["a", "b", "c"]
    assert lists.renumbered("abcd", [4, None, 1.5, None]) == ["c", "b", "a", "d"]


def test_a_list_in_use_stays_and_a_name_is_given_once(db, curator, now):
    row = lists.save_playlist(db, curator, "Pagi", "listed", 1)
    wheel = wheels.save_wheel(db, curator, "Jam pagi")
    wheels.set_parts(db, curator, wheel, [Part("playlist", str(row.id), 2)])
    with pytest.raises(StillUsed):
        lists.remove(db, curator, row)
    with pytest.raises(Conflict):
        lists.save_playlist(db, curator, "Pagi", "shuffle", 1)
    plan_program(db, curator, plan(wheel_id=wheel.id), now=now)
    with pytest.raises(StillUsed) as refusal:
        lists.remove(db, curator, wheel)
    assert refusal.value.values == {"where": "Acara Pagi Gawe"}


def test_an_hour_goes_once_around_the_clock(db, curator):
    wheel = wheels.save_wheel(db, curator, "Jam")
    wheels.set_parts(db, curator, wheel, [Part("ident"), Part("jingle", count=3), Part("announcements", minutes=30)])
    face = wheels.face(wheel, {})
    assert (face[0].begin_min, face[-1].end_min) == (0, 60)
    assert all(one.end_min == two.begin_min for one, two in pairwise(face))
    with pytest.raises(InvalidInput):
        wheels.set_parts(db, curator, wheel, [Part("playlist", "99")])


# ---------------------------------------------------------------------------------------------------------- the week


@pytest.mark.parametrize("repeat", [
    rules.Repeat("mingguan", (0, 3)), rules.Repeat("bulanan", (4,), -1, None, date(2027, 3, 1)), rules.Repeat("sekali", (2,), 1, date(2026, 12, 2)),
])
def test_a_repetition_is_read_as_it_was_chosen(repeat):
    start = datetime.combine(repeat.first_day(date(2026, 11, 24)), time(9), current_zone.get())
    assert rules.read(repeat.rrule(), start) == repeat


def test_monthly_once_and_until_are_on_when_they_should(db, curator, now):
    plan_program(db, curator, plan("Bulanan", (4,), "09:00", often="bulanan", week=-1), now=now)
    plan_program(db, curator, plan("Sekali", (), "10:00", often="sekali", first=date(2026, 12, 2)), now=now)
    plan_program(db, curator, plan("Sampai", (0,), "11:00", until=date(2026, 12, 7)), now=now)
    slots = programmes.slots_between(db, local("2026-11-24", "00:00"), local("2026-12-31", "23:59"))
    assert [(slot.title, f"{slot.start:%d/%m}") for slot in slots] == [
        ("Bulanan", "27/11"), ("Sampai", "30/11"), ("Sekali", "02/12"), ("Sampai", "07/12"), ("Bulanan", "25/12"),
    ]


def test_a_monthly_programme_meets_a_weekly_one_that_is_weeks_away(db, curator, now):
    plan_program(db, curator, plan("Jumat", (4,), "09:00"), now=now)
    with pytest.raises(Conflict) as refusal:
        plan_program(db, curator, plan("Rapat", (4,), "09:30", often="bulanan", week=3), now=now)
    assert refusal.value.values["title"] == "Jumat"
    assert refusal.value.field == "at"


def test_one_friday_is_replaced_moved_and_left_out(db, curator, now):
    program = plan_program(db, curator, plan(at="12:00"), now=now)
    plan_program(db, curator, plan("Sore", at="15:00"), now=now)
    friday = local("2026-11-27", "12:00")
    changes.change_broadcast(db, curator, program.id, friday, Instead("ganti", title="Khotbah Jumat"), now=now)
    assert [slot.title for slot in programmes.of_day(db, date(2026, 11, 27))] == ["Khotbah Jumat", "Sore"]
    with pytest.raises(Conflict) as refusal:
        changes.change_broadcast(db, curator, program.id, friday, Instead("pindah", start=local("2026-11-27", "15:30")), now=now)
    assert refusal.value.field == "start"
    changes.change_broadcast(db, curator, program.id, friday, Instead("pindah", start=local("2026-11-28", "09:00"), minutes=30), now=now)
    assert [slot.title for slot in programmes.of_day(db, date(2026, 11, 27))] == ["Sore"]
    assert [f"{slot.start.astimezone(current_zone.get()):%H:%M}" for slot in programmes.of_day(db, date(2026, 11, 28))] == ["09:00", "12:00", "15:00"]
    changes.change_broadcast(db, curator, program.id, friday, Instead("batal"), now=now)
    assert [each.state for each in changes.broadcasts(db, date(2026, 11, 27), now)] == ["batal", "terjadwal"]


def test_a_broadcast_is_to_come_on_the_air_and_over(db, curator, now):
    program = plan_program(db, curator, plan(at="11:30"), now=now)  # it is noon
    (today,) = changes.broadcasts(db, date(2026, 11, 24), now)
    assert today.state == "tayang"
    assert changes.state_of(today.slot, now + timedelta(hours=2)) == "selesai"
    with pytest.raises(Conflict):
        changes.change_broadcast(db, curator, program.id, today.at, Instead("batal"), now=now + timedelta(hours=2))


def test_a_calendar_keeps_the_rule_and_its_exceptions(db, curator, now):
    program = plan_program(db, curator, plan("Pagi; Gawe, ya", (1, 4), until=date(2026, 12, 31)), now=now)
    changes.change_broadcast(db, curator, program.id, local("2026-11-27", "06:00"), Instead("batal"), now=now)
    changes.change_broadcast(db, curator, program.id, local("2026-12-01", "06:00"), Instead("ganti", title="Khotbah " + "panjang " * 12), now=now)
    text = ics.calendar(db, name="Radio", link="http://contoh.invalid/", now=now)
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "RRULE:FREQ=WEEKLY;BYDAY=TU,FR;UNTIL=20261231T165959Z" in lines
    assert "EXDATE;TZID=Asia/Jakarta:20261127T060000" in lines
    assert "RECURRENCE-ID;TZID=Asia/Jakarta:20261201T060000" in lines
    assert "SUMMARY:Pagi\\; Gawe\\, ya" in lines
    assert (lines.count("BEGIN:VEVENT"), lines.count("END:VEVENT"), lines[-2]) == (2, 2, "END:VCALENDAR")


def test_a_calendar_begins_with_a_time_of_the_rule(db, curator, now):
    plan_program(db, curator, plan(days=(4,), often="bulanan", week=-1), now=now)
    assert "DTSTART;TZID=Asia/Jakarta:20261127T060000" in ics.calendar(db, name="Radio", link="", now=now).split("\r\n")


# -------------------------------------------------------------------------------------------------------- the engine


def test_times_of_prayer_are_on_their_minute_and_only_those_wanted():
    start = local("2027-02-10", "00:00")
    chosen = choices.PrayerPlan(heard=("magrib",), ramadan_from=date(2027, 2, 8), ramadan_until=date(2027, 3, 9))
    found = list(prayer.events(chosen, start, start + timedelta(days=1)))
    assert [event.kind for event in found] == ["imsak", "adzan"]
    assert 18 <= found[1].at.astimezone(current_zone.get()).hour < 19
    assert list(prayer.events(choices.PrayerPlan(heard=()), start, start + timedelta(days=1))) == []


def test_the_engine_reads_what_is_written(db, curator, now):
    track_id = receive(db, curator, now, tags=("pagi",))
    media.describe_piece(db, curator, track_id, media.Words("Ombak", "Qasidah", ("qasidah",), 0.2, None, True))
    row = lists.save_playlist(db, curator, "Pagi", "listed", 3)
    lists.add_tracks(db, curator, row, [track_id])
    block = lists.save_block(db, curator, "Semua", lists.Rules(tags=frozenset({"qasidah"})))
    wheel = wheels.save_wheel(db, curator, "Jam pagi")
    wheels.set_parts(db, curator, wheel, [Part("ident"), Part("playlist", str(row.id), 1, 20), Part("block", str(block.id), 2)])
    program = plan_program(db, curator, plan(wheel_id=wheel.id, playlist_id=row.id), now=now)
    changes.change_broadcast(db, curator, program.id, local("2026-11-25", "06:00"), Instead("ganti", title="Khotbah", recorded=track_id), now=now)
    choices.choose_rotation(db, curator, choices.Rotation(artist_min=5, wheel_id=wheel.id, areas=("36.04.30",)))

    assert station.write_programme(db, now)
    read = EnginePlan.from_json(json.loads((station.home() / "station.json").read_text("utf-8")))
    assert read == written.plan(db, now)
    assert (read.wheel, read.areas, read.rotation.artist_min) == ("Jam pagi", ("36.04.30",), 5)
    assert read.notes[track_id].resting
    assert [(part.kind, part.name) for part in read.wheels["Jam pagi"]] == [("ident", ""), ("playlist", "Pagi"), ("block", "Semua")]
    by_title = {slot.title: slot for slot in read.slots}
    assert (by_title["Pagi Gawe"].wheel, by_title["Pagi Gawe"].playlist) == ("Jam pagi", "Pagi")
    assert (by_title["Khotbah"].wheel, by_title["Khotbah"].recorded) == ("", track_id)
    assert {event.name for event in read.events} == {"subuh", "zuhur", "asar", "magrib", "isya"}
    assert len(read.events) == 15
    assert not station.write_programme(db, now)


def test_a_part_of_what_is_gone_is_left_out(db, curator, now):
    row = lists.save_playlist(db, curator, "Pagi", "listed", 1)
    wheel = wheels.save_wheel(db, curator, "Jam")
    wheels.set_parts(db, curator, wheel, [Part("playlist", str(row.id)), Part("ident")])
    db.delete(row)
    db.flush()
    assert [part.kind for part in written.plan(db, now).wheels["Jam"]] == ["ident"]

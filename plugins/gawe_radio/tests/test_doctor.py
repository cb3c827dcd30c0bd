"""The doctor of the station, and its commands, beside a real engine."""

from __future__ import annotations

from gawe_radio import doctor, station
from pendopo_stream.testing import EngineChild, sine, write_audio


def states(findings):
    return {finding.what: finding.state for finding in findings}


def test_a_station_without_an_engine_is_told_so(db, now):
    station.home().mkdir(parents=True, exist_ok=True)
    assert states(doctor.look(db, now))["Mesin siaran"] == "bad"


def test_a_station_that_sounds_is_fit_and_what_it_lacks_is_named(db, now):
    home = station.home()
    write_audio(home / "media/music/a.wav", sine(440, 5), title="Satu")
    (home / "media/music/rusak.mp3").write_bytes(b"no sound at all")
    station.write_programme(db, now)
    written = (home / "station.json").read_text("utf-8")
    (home / "station.json").write_text("{")  # as a disk that was full leaves it
    engine = EngineChild(home)
    engine.start()
    try:
        findings = doctor.look(db, now)
        (home / "station.json").write_text(written, "utf-8")
        station.ask("reload")
        again = states(doctor.look(db, now))
    finally:
        engine.stop()
    found = states(findings)
    assert found["Mesin siaran"] == "ok"
    assert found["Pembaca suara"] == "ok"
    words = " ".join(finding.words for finding in findings)
    assert "Tidak ada musik cadangan" in words and "Tidak ada pengenal stasiun" in words
    assert any(finding.what == "Berkas rusak" and "rusak.mp3" in finding.words for finding in findings)
    assert found["Rencana siaran"] == "bad"
    assert "Rencana siaran" not in again

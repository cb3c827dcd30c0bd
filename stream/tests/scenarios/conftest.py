"""One station for the scenarios of a file, heard by each kind of engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pendopo_stream.engine.testing import STATION_KINDS, Station, possible
from pendopo_stream.testing import sine, write_audio

PITCHES_HZ = (440, 550, 660)


KINDS = [pytest.param(kind, marks=pytest.mark.skipif(not possible(kind), reason="apt install liquidsoap icecast2")) for kind in STATION_KINDS]


@pytest.fixture(scope="module", params=KINDS)
def station_kind(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def station(station_kind: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    """Three long pieces, each a tone of its own (`music/440.wav`), and a short jingle. It is heard already."""
    home = tmp_path_factory.mktemp(station_kind)
    for pitch in PITCHES_HZ:
        write_audio(home / f"media/music/{pitch}.wav", sine(pitch, 120), title=f"Nada {pitch}", artist="Penala")
    write_audio(home / "media/jingle/gong.wav", sine(330, 2.5), title="Gong")
    with Station(home, station_kind) as station:
        station.until(lambda: station.end_ms() > 1000, "sound")
        station.wait_for_programme()
        yield station

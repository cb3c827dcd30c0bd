"""A home with sound in it, and an engine that plays it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pendopo_stream.testing import EngineChild, sine, write_audio


@pytest.fixture
def station_home(tmp_path: Path) -> Path:
    """A home with one long 440 Hz piece."""
    write_audio(tmp_path / "media/music/a.wav", sine(440, 40), title="Nada A", artist="Penala")
    return tmp_path


@pytest.fixture
def engine(station_home: Path) -> Iterator[EngineChild]:
    child = EngineChild(station_home)
    child.start()
    yield child
    child.stop()

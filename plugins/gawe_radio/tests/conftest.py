"""People of the studio, and a word to the people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from gawe_radio.announcements import Words, write_announcement

SPEAK = ("radio.studio", "radio.announce")


@pytest.fixture
def announcer(officer: Any) -> Any:
    return officer(*SPEAK, opd="diskominfo", name="Rara Contoh", scope="regency")


@pytest.fixture
def official(officer: Any) -> Any:
    return officer(*SPEAK, "radio.approve", opd="bpbd", name="Ibu Kepala Contoh", scope="regency")


@pytest.fixture
def editor(officer: Any) -> Any:
    return officer(*SPEAK, "radio.readouts", "radio.programme", opd="diskominfo", name="Redaktur Contoh", scope="regency")


def words(priority: str = "info", text: str = "Jalan raya Cinangka ditutup karena longsor.", **more: Any) -> Words:
    return Words(more.pop("title", "Jalan Cinangka ditutup"), {"id": text}, priority, **more)


@pytest.fixture
def publish(db: Any, announcer: Any, now: Any) -> Callable[..., Any]:
    """`publish("penting", areas=("36.04.30",))`: a word that is out, by the announcer."""

    def publish(priority: str = "info", **more: Any) -> Any:
        more.setdefault("until", now + timedelta(hours=6))
        return write_announcement(db, announcer, words(priority, **more), now=now)

    return publish

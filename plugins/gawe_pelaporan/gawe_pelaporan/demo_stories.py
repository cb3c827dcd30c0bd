"""How an invented report goes: which steps, when, and where it stands now. Pure but for the dice it is given."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from .categories import BY_CODE
from .kind import LAPORAN

TO = {step.slug: step.to for step in LAPORAN.transitions}
BY = {step.slug: ("applicant" if "applicant" in step.actors else "officer" if "officer" in step.actors else "system") for step in LAPORAN.transitions}
VERIFIER_STEPS = ("disposisi", "minta_lengkapi", "tolak", "gabung", "teruskan_luar", "gugurkan", "jawaban_luar")
CATEGORY_WEIGHTS = {
    "JLN-RSK": 34,
    "SMP-TPS": 14,
    "PJU-MTI": 13,
    "DRN-MPT": 11,
    "AIR-BRS": 7,
    "RWN-BNC": 4,
    "IRG-RSK": 4,
    "TRT-UMM": 4,
    "JMB-RSK": 3,
    "CMR-LNG": 3,
    "PLY-PBL": 2,
    "BNS-SLH": 1,
}


@dataclass
class Story:
    """One report: its category and class, when it came, and the steps that it took until now."""

    code: str
    kelas: str
    received: datetime
    steps: list[tuple[datetime, str]] = field(default_factory=list)

    @property
    def state(self) -> str:
        return TO[self.steps[-1][1]] if self.steps else "diterima"

    def at(self, *slugs: str) -> datetime | None:
        """When the last of these steps was taken."""
        return next((at for at, step in reversed(self.steps) if step in slugs), None)


def in_office_hours(moment: datetime, dice: random.Random) -> datetime:
    """At or after `moment`, Monday to Friday between 8 and 16 on the clock of Jakarta."""
    local = moment + timedelta(hours=7)
    opening = local.replace(hour=8, minute=0, second=0, microsecond=0)
    if local >= opening + timedelta(hours=7, minutes=30):
        local = opening + timedelta(days=1)
    elif local < opening:
        local = opening
    while local.weekday() > 4:
        local = local.replace(hour=8, minute=0) + timedelta(days=1)
    closing = local.replace(hour=16, minute=0, second=0, microsecond=0)
    return local + (closing - local) * dice.random() - timedelta(hours=7)


def tell(dice: random.Random, now: datetime, received: datetime) -> Story:
    """A story that begins at `received` and is told as far as `now`."""
    code = dice.choices(list(CATEGORY_WEIGHTS), list(CATEGORY_WEIGHTS.values()))[0]
    kelas = "informasi" if dice.random() < 0.04 else "aspirasi" if dice.random() < 0.03 else BY_CODE[code].kelas
    story = Story(code, kelas, received)
    when = received
    for step, low, high in _plot(dice, story):
        when = in_office_hours(when + timedelta(days=dice.triangular(low, high, low + (high - low) * 0.3)), dice)
        if when >= now:
            break
        story.steps.append((when, step))
    return story


def _plot(dice: random.Random, story: Story) -> list[tuple[str, float, float]]:
    """`(step, earliest, latest days after the one before)`."""
    luck = dice.random()
    if luck < 0.04:
        return [("tolak", 0.1, 3)]
    if luck < 0.09:
        return [("gabung", 0.1, 3)]
    if luck < 0.12:
        completed = dice.random() < 0.6
        return [("minta_lengkapi", 0.1, 3), *([("lengkapi", 0.5, 9), ("disposisi", 0.1, 3), *_in_office(dice, story)] if completed else [("gugurkan", 30, 31)])]
    if luck < 0.16 and BY_CODE[story.code].road:
        return [("teruskan_luar", 0.1, 4), *([("jawaban_luar", 10, 60), ("tutup", 14, 16)] if dice.random() < 0.5 else [])]
    return [("disposisi", 0.05, 3.5), *_in_office(dice, story)]


def _in_office(dice: random.Random, story: Story) -> list[tuple[str, float, float]]:
    slow = 3.0 if dice.random() < 0.12 else 1.0
    if story.kelas in ("informasi", "aspirasi") or not BY_CODE[story.code].responsive:
        days = 3 if story.kelas in ("informasi", "aspirasi") else 22
        return [("terima", 0.1, 2 * slow), ("jawab", 0.5, days * slow), _ending(dice)]
    steps = [("terima", 0.1, 2.5 * slow), ("survei", 0.5, 5 * slow)]
    way = dice.random()
    if way < 0.10:
        return [*steps, ("anggarkan", 2, 14)]
    if way < 0.26:
        steps += [("tangani_sementara", 0.5, 4), ("jadwalkan", 1, 6)]
    elif way < 0.36:
        steps += [("jadwalkan", 1, 6)]
    steps += [("kerjakan", 1, 8 * slow), ("selesaikan", 0.5, 6 * slow)]
    if dice.random() < 0.05:
        steps += [("buka_kembali", 1, 8), ("terima", 0.2, 2), ("survei", 0.5, 4), ("kerjakan", 1, 5), ("selesaikan", 1, 5)]
    return [*steps, _ending(dice)]


def _ending(dice: random.Random) -> tuple[str, float, float]:
    return ("konfirmasi", 0.2, 6) if dice.random() < 0.58 else ("tutup", 14.2, 15)

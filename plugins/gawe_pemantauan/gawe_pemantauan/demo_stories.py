"""How an invented proposal goes: which steps, when, and where it stands now. Pure but for the dice it is given."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from .kind import BANSOS_KIND, DARURAT_KIND, HIBAH_KIND

_STEPS = {step.slug: step for kind in (DARURAT_KIND, BANSOS_KIND, HIBAH_KIND) for step in kind.transitions}
TO = {slug: step.to for slug, step in _STEPS.items()}
BY = {slug: ("applicant" if "applicant" in step.actors else "officer" if "officer" in step.actors else "system") for slug, step in _STEPS.items()}
EMERGENCY_TO = {step.slug: step.to for step in DARURAT_KIND.transitions}
REFUSALS = ("tidak_lengkap", "jeda_tahun", "domisili", "legalitas", "bukan_sasaran")
FOUND = ("lembaga_tidak_aktif", "rab", "ganda", "rekening")


@dataclass(frozen=True)
class Season:
    """The year of a programme: from when TAPD considers, the day of the decree, from when is paid.

    `lively`: its window is open now, and a few of its proposals lie where they are for longer than promised.
    """

    tapd: date
    decree: date
    paid: date
    lively: bool = False


@dataclass
class Story:
    """When a proposal was sent and the steps that it took until now."""

    sent: datetime
    kind: str
    steps: list[tuple[datetime, str]] = field(default_factory=list)
    refusal: str = ""

    @property
    def state(self) -> str:
        emergency = self.kind == DARURAT_KIND.slug
        if not self.steps:
            return (DARURAT_KIND if emergency else HIBAH_KIND).initial
        return (EMERGENCY_TO if emergency else TO)[self.steps[-1][1]]

    def at(self, *slugs: str) -> datetime | None:
        """When the last of these steps was taken."""
        return next((at for at, step in reversed(self.steps) if step in slugs), None)

    @property
    def moved(self) -> datetime:
        return self.steps[-1][0] if self.steps else self.sent


def noon(day: date, dice: random.Random) -> datetime:
    """A moment of that day in office hours of Jakarta; weekends move to Monday."""
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 1, 30, tzinfo=UTC) + timedelta(minutes=dice.randint(0, 420))


def tell(dice: random.Random, now: datetime, sent: datetime, kind: str, season: Season) -> Story:
    """Sent then; steps until today."""
    story = Story(sent, kind)
    last = sent
    for at, slug in _emergency(dice, sent) if kind == DARURAT_KIND.slug else _planned(dice, story, season):
        at = max(at, last + timedelta(hours=3))
        if at >= now - timedelta(hours=2):
            break
        story.steps.append((at, slug))
        last = at
    if story.state != "ditolak":
        story.refusal = ""
    return story


def _emergency(dice: random.Random, sent: datetime) -> list[tuple[datetime, str]]:
    pace = dice.choice((0.6, 0.8, 1.0, 1.3))
    days = (("sahkan_camat", 0.6), ("selesai_asesmen", 2.2), ("tetapkan", 4.5), ("cairkan", 6.0))
    return [(sent + timedelta(days=day * pace), slug) for slug, day in days]


def _planned(dice: random.Random, story: Story, season: Season) -> list[tuple[datetime, str]]:
    at = story.sent

    def after(low: int, high: int) -> datetime:
        nonlocal at
        at = noon((at + timedelta(days=dice.randint(low, high))).date(), dice)
        return at

    def not_before(day: date) -> None:
        nonlocal at
        at = max(at, noon(day, dice))

    plan = [(after(1, 4), "konfirmasi_desa"), (after(1, 4), "konfirmasi_camat")]
    fate = dice.random()
    if season.lively and fate > 0.92:
        return plan[: dice.randint(0, 2)]  # it lies there, and turns amber
    if dice.random() < 0.25:
        plan += [(after(2, 6), "minta_perbaikan"), (after(3, 14), "perbaiki")]
    if fate < 0.13:
        story.refusal = dice.choice(REFUSALS)
        return [*plan, (after(3, 9), "tolak_administrasi")]
    if fate < 0.16:
        return [*plan, (after(2, 20), "tarik")]
    plan += [(after(2, 8), "disposisi"), (after(3, 12), "mulai_lapangan")]
    if fate < 0.24:
        story.refusal = dice.choice(FOUND)
        return [*plan, (after(3, 10), "tolak_lapangan")]
    plan.append((after(5, 20), "rekomendasikan"))
    not_before(season.tapd)
    plan.append((after(2, 10), "ke_tapd"))
    if fate < 0.3:
        story.refusal = "anggaran"
        return [*plan, (after(8, 18), "tolak_tapd")]
    plan.append((after(8, 16), "masukkan_anggaran"))
    not_before(season.decree)
    plan.append((at, "tetapkan"))
    if fate < 0.33:
        return [*plan, (after(20, 40), "batalkan")]
    plan.append((after(6, 28), "nphd_lengkap" if story.kind == HIBAH_KIND.slug else "siap_cair"))
    not_before(season.paid)
    plan.append((after(4, 16), "cairkan"))
    return plan + _report(dice, at, fate)


def _report(dice: random.Random, paid: datetime, fate: float) -> list[tuple[datetime, str]]:
    due = noon(date(paid.year + 1, 1, 11), dice)
    if fate < 0.38:
        at, first = due + timedelta(days=dice.randint(5, 45)), [(due, "tandai_terlambat")]
    else:
        at, first = paid + timedelta(days=dice.randint(30, max(31, (due - paid).days - 8))), []
    at = noon(at.date(), dice)
    return [*first, (at, "kirim_lpj"), (noon((at + timedelta(days=dice.randint(3, 12))).date(), dice), "terima_lpj")]

"""How an invented proposal goes: which steps, when, and where it stands now. Pure but for the dice it is given."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from .kind import BANSOS_KIND, DARURAT_KIND, HIBAH_KIND

_STEPS = {step.slug: step for kind in (DARURAT_KIND, BANSOS_KIND, HIBAH_KIND) for step in kind.transitions}
TO = {slug: step.to for slug, step in _STEPS.items()}
BY = {slug: ("applicant" if "applicant" in step.actors else "officer" if "officer" in step.actors else "system") for slug, step in _STEPS.items()}
REFUSALS = ("tidak_lengkap", "jeda_tahun", "lembaga_tidak_aktif", "domisili", "legalitas", "rekening", "rab", "ganda", "bukan_sasaran", "anggaran")


@dataclass
class Story:
    """When a proposal was sent and the steps that it took until now."""

    sent: datetime
    kind: str
    steps: list[tuple[datetime, str]] = field(default_factory=list)
    refusal: str = ""

    @property
    def state(self) -> str:
        first = "dilaporkan" if self.kind == "bansos_darurat" else "diajukan"
        if not self.steps:
            return first
        slug = self.steps[-1][1]
        return (
            "selesai"
            if slug == "cairkan" and self.kind == "bansos_darurat"
            else "pencairan"
            if slug == "tetapkan" and self.kind == "bansos_darurat"
            else TO[slug]
        )

    def at(self, *slugs: str) -> datetime | None:
        """When the last of these steps was taken."""
        return next((at for at, step in reversed(self.steps) if step in slugs), None)


def noon(day: date, dice: random.Random) -> datetime:
    """A moment of that day in office hours of Jakarta; weekends move to Monday."""
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime(day.year, day.month, day.day, 1, 30, tzinfo=UTC) + timedelta(minutes=dice.randint(0, 420))


def tell(dice: random.Random, now: datetime, sent: datetime, kind: str, paid_year: int, *, hurried: bool = False) -> Story:
    """Sent then; steps until today. `hurried`: a programme whose window is open now, so that nothing waits for a season."""
    story = Story(sent, kind)
    plan = _emergency(dice, sent) if kind == "bansos_darurat" else _planned(dice, story, sent, kind, paid_year, hurried)
    last = sent
    for at, slug in plan:
        at = max(at, last + timedelta(hours=3))
        if at >= now - timedelta(hours=2):
            break
        story.steps.append((at, slug))
        last = at
    if story.state != "ditolak":
        story.refusal = ""
    return story


def _emergency(dice: random.Random, sent: datetime) -> list[tuple[datetime, str]]:
    pace = dice.choice((0.6, 0.8, 1.0, 1.7))
    days = (("sahkan_camat", 0.6), ("selesai_asesmen", 2.2), ("tetapkan", 4.5), ("cairkan", 6.0))
    return [(sent + timedelta(days=day * pace), slug) for slug, day in days]


def _planned(dice: random.Random, story: Story, sent: datetime, kind: str, paid_year: int, hurried: bool) -> list[tuple[datetime, str]]:
    def after(low: int, high: int) -> datetime:
        nonlocal at
        at = noon((at + timedelta(days=dice.randint(low, high))).date(), dice)
        return at

    at = sent
    plan = [(after(1, 5), "konfirmasi_desa"), (after(1, 6), "konfirmasi_camat")]
    if dice.random() < 0.25:
        plan += [(after(2, 6), "minta_perbaikan"), (after(3, 14), "perbaiki")]
    fate = dice.random()
    if fate < 0.13:
        story.refusal = dice.choice(REFUSALS[:5])
        return [*plan, (after(3, 9), "tolak_administrasi")]
    if fate < 0.16:
        return [*plan, (after(2, 20), "tarik")]
    plan += [(after(2, 10), "disposisi"), (after(3, 12), "mulai_lapangan")]
    if fate < 0.24:
        story.refusal = dice.choice(("lembaga_tidak_aktif", "rab", "ganda", "rekening"))
        return [*plan, (after(3, 10), "tolak_lapangan")]
    if fate < 0.27 and not hurried:
        return plan  # forgotten in the field: amber
    season = date(sent.year, 7, 1)
    plan.append((after(4, 20), "rekomendasikan"))
    at = max(at, noon(season, dice)) if not hurried else at
    plan.append((after(2, 12), "ke_tapd"))
    if fate < 0.33:
        story.refusal = "anggaran"
        return [*plan, (after(10, 25), "tolak_tapd")]
    plan.append((after(10, 30), "masukkan_anggaran"))
    at = max(at, noon(date(paid_year - 1, 12, dice.randint(14, 29)), dice))
    plan.append((at, "tetapkan"))
    if fate < 0.37:
        return plan  # the agreement was never signed
    plan.append((after(35, 70), "nphd" if kind == "hibah" else "siap_cair"))
    if fate < 0.41:
        return plan
    at = max(at, noon(date(paid_year, 2, 15), dice))
    plan.append((after(5, 120), "cairkan"))
    return plan + _reports(dice, at, paid_year, fate)


def _reports(dice: random.Random, paid: datetime, paid_year: int, fate: float) -> list[tuple[datetime, str]]:
    due = noon(date(paid_year + 1, 1, 11), dice)
    if fate < 0.5:
        return [(due, "tandai_terlambat")]
    at = paid + timedelta(days=dice.randint(40, 190))
    if fate < 0.55:
        at = due + timedelta(days=dice.randint(5, 60))
        return [(due, "tandai_terlambat"), (at, "kirim_lpj"), (at + timedelta(days=12), "terima_lpj")]
    at = min(at, due - timedelta(days=6))
    return [(at, "kirim_lpj"), (noon((at + timedelta(days=dice.randint(4, 25))).date(), dice), "terima_lpj")]

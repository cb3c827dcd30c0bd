"""Satisfaction of those who were served (SKM, IKM): nine unsur of service, scored 1 to 4 (PermenPANRB 14/2017)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ...i18n import N_
from .models import Berkas, BerkasRating

SCORES = {4: N_("Sangat puas"), 3: N_("Puas"), 2: N_("Kurang puas"), 1: N_("Tidak puas")}


@dataclass(frozen=True)
class Unsur:
    """One of the nine: its short title, the question, and the answers for 1, 2, 3 and 4."""

    slug: str
    title: str
    question: str
    answers: tuple[str, str, str, str]


UNSUR = (
    Unsur(
        "u1",
        N_("Persyaratan"),
        N_("Apakah persyaratannya sesuai dengan jenis pelayanannya?"),
        (N_("Tidak sesuai"), N_("Kurang sesuai"), N_("Sesuai"), N_("Sangat sesuai")),
    ),
    Unsur(
        "u2",
        N_("Prosedur"),
        N_("Apakah caranya mudah?"),
        (N_("Tidak mudah"), N_("Kurang mudah"), N_("Mudah"), N_("Sangat mudah")),
    ),
    Unsur(
        "u3",
        N_("Waktu penyelesaian"),
        N_("Apakah cepat selesai?"),
        (N_("Tidak cepat"), N_("Kurang cepat"), N_("Cepat"), N_("Sangat cepat")),
    ),
    Unsur(
        "u4",
        N_("Biaya"),
        N_("Apakah biayanya wajar?"),
        (N_("Sangat mahal"), N_("Cukup mahal"), N_("Murah"), N_("Gratis")),
    ),
    Unsur(
        "u5",
        N_("Hasil pelayanan"),
        N_("Apakah hasilnya sesuai dengan yang dijanjikan?"),
        (N_("Tidak sesuai"), N_("Kurang sesuai"), N_("Sesuai"), N_("Sangat sesuai")),
    ),
    Unsur(
        "u6",
        N_("Kemampuan petugas"),
        N_("Apakah petugas mampu menangani urusan Anda?"),
        (N_("Tidak mampu"), N_("Kurang mampu"), N_("Mampu"), N_("Sangat mampu")),
    ),
    Unsur(
        "u7",
        N_("Sikap petugas"),
        N_("Apakah petugas sopan dan ramah?"),
        (N_("Tidak sopan dan ramah"), N_("Kurang sopan dan ramah"), N_("Sopan dan ramah"), N_("Sangat sopan dan ramah")),
    ),
    Unsur(
        "u8",
        N_("Penanganan pengaduan"),
        N_("Apakah pengaduan dan saran ditangani?"),
        (N_("Tidak ada tempat mengadu"), N_("Ada, tetapi tidak berfungsi"), N_("Berfungsi, kurang maksimal"), N_("Dikelola dengan baik")),
    ),
    Unsur(
        "u9",
        N_("Sarana"),
        N_("Bagaimana sarana dan prasarananya?"),
        (N_("Buruk"), N_("Cukup"), N_("Baik"), N_("Sangat baik")),
    ),
)
SLUGS = tuple(unsur.slug for unsur in UNSUR)
GRADES = (("88.31", "A"), ("76.61", "B"), ("65.00", "C"), ("25.00", "D"))


@dataclass(frozen=True)
class Satisfaction:
    """`count` people answered; `unsur` holds `(title, mean, answers)` of each of the nine that somebody answered."""

    ikm: float = 0.0
    grade: str = ""
    count: int = 0
    unsur: tuple[tuple[str, float, int], ...] = ()


def ikm(scores: Iterable[float]) -> float:
    """Mean of scores from 1 to 4, times 25, to two places: 3.2 is 80.0. Nobody's scores are 0.0."""
    known = [Decimal(str(score)) for score in scores]
    return _rounded(sum(known) / len(known) * 25) if known else 0.0


def grade(value: float) -> str:
    """Mutu of an IKM: A from 88.31, B from 76.61, C from 65.00, D below; "" when nobody answered."""
    return next((letter for least, letter in GRADES if Decimal(str(value)) >= Decimal(least)), "")


def points(score: int, answers: Mapping[str, int]) -> int:
    """Sum over the nine unsur (9 to 36). An unsur that was not answered counts as the answer to the whole."""
    return sum(answers.get(slug, score) for slug in SLUGS)


def satisfaction(db: Session, kind: str | Sequence[str], opd: int | None = None, since: datetime | None = None) -> Satisfaction:
    """What those who were served by `kind` say, in one OPD or all, about matters that were rated from `since` on."""
    kinds = [kind] if isinstance(kind, str) else list(kind)
    where = [Berkas.kind.in_(kinds)]
    if opd is not None:
        where.append(Berkas.opd_id == opd)
    if since is not None:
        where.append(BerkasRating.at >= since)
    rated = select(BerkasRating).join(Berkas, Berkas.id == BerkasRating.berkas_id).where(*where)
    total, count = db.execute(rated.with_only_columns(func.sum(BerkasRating.points), func.count(), maintain_column_froms=True)).one()
    if not count:
        return Satisfaction()
    value = _rounded(Decimal(int(total)) / (len(UNSUR) * count) * 25)
    detailed = rated.where(BerkasRating.detailed).with_only_columns(BerkasRating.answers, maintain_column_froms=True)
    return Satisfaction(value, grade(value), count, _means(list(db.scalars(detailed))))


def _means(answered: list[dict[str, int]]) -> tuple[tuple[str, float, int], ...]:
    found = []
    for unsur in UNSUR:
        scores = [answers[unsur.slug] for answers in answered if unsur.slug in answers]
        if scores:
            found.append((unsur.title, _rounded(Decimal(sum(scores)) / len(scores)), len(scores)))
    return tuple(found)


def _rounded(value: Decimal | float) -> float:
    return float(Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP))

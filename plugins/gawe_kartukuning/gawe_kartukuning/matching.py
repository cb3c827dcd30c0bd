"""How well a person and a vacancy fit, with the reasons in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pendopo import N_

from .rules import RANK

MOST = 100
JOB, LEVEL, FIELD, NEAR, SKILL, PAY = 40, 20, 10, 15, 10, 5
ABROAD = ("akad", "akan")


@dataclass(frozen=True)
class Wish:
    kbji: str
    place: str = "kabupaten"
    pay: int = 0


@dataclass(frozen=True)
class Person:
    """`jobs`: KBJI codes of the work done so far. `months`: experience in all."""

    level: str
    major: str = ""
    sex: str = ""
    kecamatan: str = ""
    wishes: Sequence[Wish] = ()
    jobs: Sequence[str] = ()
    skills: Sequence[str] = ()
    months: int = 0


@dataclass(frozen=True)
class Offer:
    """`men`, `women`, `anyone`: how many are wanted."""

    kbji: str
    level: str = "TS"
    majors: Sequence[str] = ()
    men: int = 0
    women: int = 0
    anyone: int = 1
    place: str = "kabupaten"
    kecamatan: str = ""
    skills: Sequence[str] = ()
    months: int = 0
    pay: int = 0


@dataclass(frozen=True)
class Reason:
    """`fits`: True, False, or None for what could be better. `text` is a msgid, `values` its places."""

    fits: bool | None
    text: str
    points: int = 0
    values: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """`possible` is False when something is missing that the employer demands."""

    score: int
    possible: bool
    reasons: tuple[Reason, ...]


def same_digits(one: str, other: str) -> int:
    """How many leading digits two KBJI codes share, 0 to 4: 1 is the major group, 4 the same occupation."""
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    return shared


def match(person: Person, offer: Offer) -> Match:
    """Points of at most 100: job 40, education 20, major 10, place 15, skills and experience 10, pay 5."""
    reasons = [_job(person, offer), *_education(person, offer), _sex(person, offer), _place(person, offer), _practice(person, offer), _pay(person, offer)]
    kept = tuple(reason for reason in reasons if reason is not None)
    possible = all(reason.fits is not False for reason in kept)
    return Match(min(MOST, sum(reason.points for reason in kept)), possible, kept)


def _job(person: Person, offer: Offer) -> Reason:
    wished = max((same_digits(wish.kbji, offer.kbji) for wish in person.wishes), default=0)
    done = max((same_digits(code, offer.kbji) for code in person.jobs), default=0)
    best = max(wished, done)
    if best == 4:
        return Reason(True, N_("Jabatan yang Anda minati") if wished == 4 else N_("Jabatan yang pernah dijalani"), JOB)
    if best >= 2:
        return Reason(None, N_("Jabatan dalam bidang yang berdekatan"), 28 if best == 3 else 16)
    return Reason(None, N_("Bidang yang berbeda dari minat Anda"), 4 if best == 1 else 0)


def _education(person: Person, offer: Offer) -> list[Reason]:
    if RANK[person.level] < RANK[offer.level]:
        return [Reason(False, N_("Pendidikan paling rendah %(level)s"), 0, {"level": offer.level})]
    if offer.level == "SMK" and person.level == "SMA":
        found = [Reason(None, N_("Diutamakan lulusan SMK"), LEVEL // 2)]
    else:
        found = [Reason(True, N_("Pendidikan memenuhi syarat"), LEVEL)]
    wanted = [major.casefold() for major in offer.majors if major]
    if not wanted:
        return [*found, Reason(True, N_("Semua jurusan diterima"), FIELD)]
    fits = any(word in person.major.casefold() or person.major.casefold() in word for word in wanted) if person.major else False
    return [
        *found,
        Reason(True, N_("Jurusan sesuai"), FIELD) if fits else Reason(None, N_("Diutamakan jurusan %(majors)s"), 0, {"majors": ", ".join(offer.majors)}),
    ]


def _sex(person: Person, offer: Offer) -> Reason | None:
    if offer.anyone or not (offer.men or offer.women):
        return None
    wanted = offer.men if person.sex == "L" else offer.women
    return None if wanted else Reason(False, N_("Lowongan ini hanya untuk laki-laki") if offer.men else N_("Lowongan ini hanya untuk perempuan"))


def _place(person: Person, offer: Offer) -> Reason:
    if offer.place in ABROAD:
        willing = any(wish.place == offer.place for wish in person.wishes)
        return Reason(True, N_("Tempat kerja sesuai minat Anda"), NEAR) if willing else Reason(None, N_("Tempat kerja di luar daerah"), 0)
    if offer.kecamatan and offer.kecamatan == person.kecamatan:
        return Reason(True, N_("Satu kecamatan dengan tempat tinggal"), NEAR)
    return Reason(True, N_("Masih di dalam kabupaten atau sekitarnya"), NEAR - 5)


def _practice(person: Person, offer: Offer) -> Reason:
    if offer.months and person.months < offer.months:
        return Reason(None, N_("Diutamakan berpengalaman %(n)s bulan"), 0, {"n": offer.months})
    wanted = {skill.casefold() for skill in offer.skills if skill}
    have = {skill.casefold() for skill in person.skills}
    shared = len({w for w in wanted if any(w in h or h in w for h in have)})
    if wanted and not shared:
        return Reason(None, N_("Keterampilan yang diminta belum tercatat di profil"), 2)
    return Reason(True, N_("Pengalaman dan keterampilan memenuhi"), SKILL if not wanted else SKILL * shared // len(wanted))


def _pay(person: Person, offer: Offer) -> Reason | None:
    wish = min((wish.pay for wish in person.wishes if wish.pay), default=0)
    if not offer.pay or not wish:
        return None
    return Reason(True, N_("Upah sesuai harapan"), PAY) if offer.pay >= wish else Reason(None, N_("Upah di bawah harapan Anda"))

"""NOP: the number of a land-and-building object. 18 digits, `PP.DD.KKK.LLL.BBB-UUUU.J`, with the kecamatan as BPS numbers it."""

from __future__ import annotations

import re
from functools import lru_cache

from pendopo import N_, InvalidInput
from pendopo.kit.places import desa_list, kecamatan_list

_NOISE = re.compile(r"[\s.\-/_]")
_PARTS = ((0, 2), (2, 4), (4, 7), (7, 10), (10, 13), (13, 17), (17, 18))


class InvalidNop(InvalidInput):
    message = N_("NOP terdiri dari 18 angka, misalnya 36.04.200.001.001-0001.0. Lihat bagian atas SPPT.")


def parse_nop(text: str) -> str:
    """The 18 digits of what was typed, with or without dots. Raises InvalidNop."""
    digits = _NOISE.sub("", text or "")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 18):
        raise InvalidNop(field="nop")
    return digits


def show_nop(nop: str) -> str:
    """`36.04.200.001.001-0001.0`"""
    a, b, c, d, e, f, g = (nop[start:end] for start, end in _PARTS)
    return f"{a}.{b}.{c}.{d}.{e}-{f}.{g}"


@lru_cache(maxsize=1)
def _kecamatan() -> tuple[tuple[str, str], ...]:
    return tuple((place.bps, place.code) for place in kecamatan_list() if place.bps)


def kecamatan_of(nop: str) -> str:
    """The Kemendagri code of the kecamatan whose BPS number stands in `nop`; "" when the regency has none."""
    return next((code for bps, code in _kecamatan() if nop.startswith(bps)), "")


@lru_cache(maxsize=512)
def _desa_numbers(kecamatan: str) -> tuple[str, ...]:
    return tuple(sorted(place.code for place in desa_list(kecamatan)))


def desa_of(nop: str, given: dict[str, str] | None = None) -> str:
    """The Kemendagri code of the desa in `nop`; "" when unknown.

    `given` maps the six digits of kecamatan and desa ("200001") to a code. What it leaves out is numbered in the order of
    the codes of the kecamatan, which an operator confirms against the NOP table of Bapenda.
    """
    if given and (found := given.get(nop[4:10])):
        return found
    codes, number = _desa_numbers(kecamatan_of(nop)), int(nop[7:10])
    return codes[number - 1] if 0 < number <= len(codes) else ""


def nop_prefix(desa: str) -> str:
    """The ten digits with which NOPs of a desa begin when its number is the default one; "" for an unknown desa."""
    bps = next((bps for bps, code in _kecamatan() if code == desa[:8]), "")
    codes = _desa_numbers(desa[:8]) if bps else ()
    return f"{bps}{codes.index(desa) + 1:03d}" if desa in codes else ""

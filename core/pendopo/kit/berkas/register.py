"""Register numbers that can be read over the telephone, and the PIN that goes with one."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

from sqlalchemy.orm import Session

from ...db import next_number
from ...settings import installation_secret
from .models import RegisterBook

PIN_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # nothing that is mistaken for something else when read aloud
PIN_LENGTH = 6
_SHAPE = re.compile(r"^([A-Z][A-Z0-9]{1,9})-?(\d{4})-?(\d{6,})-?(\d)$")


def luhn_digit(digits: str) -> int:
    """The Luhn check digit of a row of digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return -total % 10


def compose(code: str, year: int, number: int) -> str:
    """`JLN-2026-000123-3`."""
    return f"{code}-{year}-{number:06d}-{luhn_digit(f'{year}{number:06d}')}"


def next_register(db: Session, code: str, year: int) -> str:
    """The next number of the book `code` in `year`, without gaps: a rollback gives it back."""
    return compose(code, year, next_number(db, RegisterBook, code=code, year=year))


def read_register(text: str) -> str | None:
    """A typed register number as it is kept; None when it can't be one (a check digit that does not fit included)."""
    found = _SHAPE.match(re.sub(r"[\s.]", "", text).upper())
    if found is None or not found[2].isascii():
        return None
    code, year, number, check = found.groups()
    return f"{code}-{year}-{number}-{check}" if luhn_digit(year + number) == int(check) else None


def new_pin() -> str:
    return "".join(secrets.choice(PIN_LETTERS) for _ in range(PIN_LENGTH))


def pin_hash(register: str, pin: str) -> str:
    """Keyed with the installation's secret: six letters could be guessed from a plain hash."""
    clean = re.sub(r"[\s-]", "", pin).upper()
    return hmac.new(installation_secret(), f"berkas-pin:{register}:{clean}".encode(), hashlib.sha256).hexdigest()

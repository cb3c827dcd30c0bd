"""QRIS, dynamic, presented by the merchant: EMVCo tag-length-value with a CRC, as text for a QR code.

Such a code is only real when the acquiring bank issues it: `qris_payload` is what the simulator's bank does, `read_qris` is
how we look at what a bank gave us.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ...errors import InvalidInput
from ...i18n import N_

NATIONAL = "ID.CO.QRIS.WWW"
RUPIAH = "360"
TIP_TAG, AMOUNT_TAG, CRC_TAG = "55", "54", "63"


class QrisUnreadable(InvalidInput):
    message = N_("Kode ini bukan QRIS yang utuh.")


@dataclass(frozen=True)
class Merchant:
    """Whose account a code pays into, as its acquirer registered it. An operator sets it (`tagihan.qris`)."""

    domain: str  # of the acquirer, reversed
    mpan: str
    merchant_id: str
    nmid: str
    name: str  # 25 characters at most
    city: str  # 15
    postcode: str
    criteria: str = "UME"
    mcc: str = "9311"  # tax payments; 9399 is government services
    terminal: str = ""

    @classmethod
    def from_setting(cls, value: dict[str, Any]) -> Merchant:
        return cls(**{name: str(text) for name, text in value.items() if name in cls.__dataclass_fields__})


def crc16(data: bytes) -> int:
    """CRC-16/CCITT-FALSE: polynomial 0x1021, beginning with 0xFFFF, nothing reflected."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021) & 0xFFFF if crc & 0x8000 else crc << 1
    return crc


def tlv(fields: Iterable[tuple[str, str]]) -> str:
    """Tags with their values; empty values are left out. Raises ValueError for a value that no length can tell."""
    parts = []
    for tag, value in fields:
        if len(value) > 99 or not value.isascii():
            raise ValueError(f"tag {tag} can't hold this value")
        if value:
            parts.append(f"{tag}{len(value):02d}{value}")
    return "".join(parts)


def read_tlv(text: str) -> list[tuple[str, str]]:
    """The tags of a payload in their order. Raises QrisUnreadable when lengths and text do not fit."""
    found, at = [], 0
    while at < len(text):
        head = text[at : at + 4]
        if len(head) < 4 or not (head.isascii() and head.isdigit()):
            raise QrisUnreadable()
        end = at + 4 + int(head[2:])
        if end > len(text):
            raise QrisUnreadable()
        found.append((head[:2], text[at + 4 : end]))
        at = end
    return found


def plain(text: str, most: int) -> str:
    """`text` as a terminal can show it: capital letters without marks, `most` characters."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"\s+", " ", letters).strip().upper()[:most].rstrip()


def qris_payload(merchant: Merchant, amount: int, bill_number: str) -> str:
    """The text of a dynamic code over `amount` rupiah."""
    account = tlv((("00", merchant.domain), ("01", merchant.mpan), ("02", merchant.merchant_id), ("03", merchant.criteria)))
    national = tlv((("00", NATIONAL), ("02", merchant.nmid), ("03", merchant.criteria)))
    body = tlv((
        ("00", "01"), ("01", "12"), ("26", account), ("51", national), ("52", merchant.mcc), ("53", RUPIAH), (AMOUNT_TAG, str(amount)), ("58", "ID"),
        ("59", plain(merchant.name, 25)), ("60", plain(merchant.city, 15)), ("61", merchant.postcode),
        ("62", tlv((("01", bill_number[:25]), ("07", merchant.terminal)))),
    ))
    body += f"{CRC_TAG}04"
    return f"{body}{crc16(body.encode('ascii')):04X}"


@dataclass(frozen=True)
class Qris:
    """What a code says."""

    amount: int
    nmid: str
    merchant: str
    bill_number: str
    is_dynamic: bool


def read_qris(payload: str) -> Qris:
    """What the text of a QRIS code says. Raises QrisUnreadable when its CRC, currency or amount does not hold."""
    if not payload.isascii() or len(payload) < 8 or payload[-8:-4] != f"{CRC_TAG}04":
        raise QrisUnreadable()
    if payload[-4:].upper() != f"{crc16(payload[:-4].encode('ascii')):04X}":
        raise QrisUnreadable()
    tags = dict(read_tlv(payload))
    amount = tags.get(AMOUNT_TAG, "0").removesuffix(".00")
    if tags.get("53") != RUPIAH or not amount.isdigit():
        raise QrisUnreadable()
    national = dict(read_tlv(tags.get("51", "")))
    more = dict(read_tlv(tags.get("62", "")))
    return Qris(int(amount), national.get("02", ""), tags.get("59", ""), more.get("01", ""), tags.get("01") == "12")

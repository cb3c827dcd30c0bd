"""What the simulator bank knows and does, without sockets: codes, transfers, what it tells of them, and its statement.

SIMULATOR: no money moves here. Its switches make it behave as banks do on bad days.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from .. import snap
from ..qris import Merchant, qris_payload

FAULTS = {
    "late": "Kabar datang terlambat",
    "double": "Kabar datang dua kali",
    "lost": "Kabar tidak pernah dikirim",
    "wrong": "Nominal yang ditransfer keliru",
    "forged": "Disertai kabar palsu dari orang lain",
    "reordered": "Kabar ditahan, dikirim sesudah kabar berikutnya",
}
ZONE = ZoneInfo("Asia/Jakarta")
WRONG_BY = 1000
LATE_S = 5.0
ACCOUNT = "0012345678"
FALLBACK = Merchant("ID.CO.SIMULATOR.WWW", "936009990000000001", "SIMULATOR000001", "ID1000000000000", "SIMULATOR", "SERANG", "42182")


@dataclass(frozen=True)
class Code:
    """A QR code that the bank made for the order `number`."""

    number: str
    kode_bayar: str
    amount: int
    title: str
    content: str
    reference: str


@dataclass
class Transfer:
    """Money that reached the account. `target`: the order of a code, or a virtual account. `told`: the portal has heard of it."""

    reference: str
    way: str
    target: str
    kode_bayar: str
    amount: int
    at: datetime
    told: bool = False


@dataclass(frozen=True)
class Notice:
    """One call to the portal. A forged one is signed with a secret that nobody gave."""

    path: str
    body: dict[str, Any]
    reference: str
    delay_s: float = 0.0
    forged: bool = False


@dataclass
class Bank:
    """The state of the simulator. `journal`: a file in which it survives its own end."""

    journal: Path | None = None
    prefix: str = "SIM"
    codes: dict[str, Code] = field(default_factory=dict)
    transfers: list[Transfer] = field(default_factory=list)
    held: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.journal is not None and self.journal.exists():
            for line in self.journal.read_text().splitlines():
                self._replay(json.loads(line))

    def _replay(self, said: dict[str, Any]) -> None:
        if "code" in said:
            self.codes[said["code"]["number"]] = Code(**said["code"])
        elif "transfer" in said:
            self.transfers.append(Transfer(**{**said["transfer"], "at": datetime.fromisoformat(said["transfer"]["at"])}))
        else:
            self._of(said["told"]).told = True

    def _keep(self, what: str, value: Any) -> None:
        if self.journal is not None:
            with self.journal.open("a") as file:
                file.write(json.dumps({what: value}, default=str) + "\n")

    def _of(self, reference: str) -> Transfer:
        return next(one for one in reversed(self.transfers) if one.reference == reference)

    # ------------------------------------------------------------------ codes

    def make_code(self, number: str, amount: int, more: dict[str, Any]) -> Code:
        """The code for an order; asked for again, the same."""
        if number not in self.codes:
            kode_bayar = str(more.get("billNumber", ""))
            merchant = Merchant.from_setting(more["merchant"]) if more.get("merchant") else FALLBACK
            reference = f"{self.prefix}QR{len(self.codes) + 1:09d}"
            self.codes[number] = Code(number, kode_bayar, amount, str(more.get("title", "")), qris_payload(merchant, amount, kode_bayar), reference)
            self._keep("code", asdict(self.codes[number]))
        return self.codes[number]

    def code_for(self, text: str) -> Code | None:
        """The code whose payload, order or bill was typed or scanned."""
        found = [one for one in self.codes.values() if text in (one.content, one.number, one.kode_bayar)]
        return found[-1] if found else None

    # ------------------------------------------------------------------ money

    def pay(self, way: str, target: str, kode_bayar: str, amount: int, *, at: datetime, faults: Collection[str] = ()) -> list[Notice]:
        """Take a transfer, and return what the portal is told of it, in this order."""
        if "wrong" in faults:
            amount = amount - WRONG_BY if amount > WRONG_BY else amount + WRONG_BY
        reference = f"{self.prefix}{at.astimezone(ZONE):%y%m%d}{len(self.transfers) + 1:07d}"
        made = Transfer(reference, way, target, kode_bayar, amount, at.astimezone(UTC).replace(microsecond=0))
        self.transfers.append(made)
        self._keep("transfer", asdict(made))
        waiting, self.held = self.held, []
        notices = [] if "lost" in faults else [self.notice(made, LATE_S if "late" in faults else 0.0)]
        notices *= 2 if "double" in faults else 1
        if "reordered" in faults:
            self.held, notices = notices, []
        if "forged" in faults:
            fake = Transfer(f"PALSU{len(self.transfers):07d}", way, target, kode_bayar, amount, made.at)
            notices.append(self.notice(fake, forged=True))
        return [*notices, *waiting]

    def notice(self, one: Transfer, delay_s: float = 0.0, *, forged: bool = False) -> Notice:
        if one.way == "va":
            body: dict[str, Any] = {
                "partnerServiceId": one.target[:8], "customerNo": one.kode_bayar, "virtualAccountNo": one.target, "paymentRequestId": one.reference,
                "paidAmount": snap.rupiah(one.amount), "trxDateTime": snap.stamp(one.at), "referenceNo": one.reference,
            }
            return Notice("/bayar/snap/v1.0/transfer-va/payment", body, one.reference, delay_s, forged)
        body = {
            "originalReferenceNo": self.codes[one.target].reference if one.target in self.codes else one.reference, "originalPartnerReferenceNo": one.target,
            "latestTransactionStatus": "00", "amount": snap.rupiah(one.amount), "transactionDate": snap.stamp(one.at),
            "additionalInfo": {"paymentReferenceNo": one.reference, "billNumber": one.kode_bayar},
        }
        return Notice("/bayar/snap/v1.0/qr/qr-mpm-notify", body, one.reference, delay_s, forged)

    def release(self) -> list[Notice]:
        """What was held back."""
        waiting, self.held = self.held, []
        return waiting

    def untold(self) -> list[Notice]:
        """Every transfer that the portal has not confirmed, to be told (again)."""
        self.held = []
        return [self.notice(one) for one in self.transfers if not one.told]

    def confirmed(self, reference: str) -> None:
        one = self._of(reference)
        if not one.told:
            one.told = True
            self._keep("told", reference)

    def payments_of(self, kode_bayar: str) -> list[dict[str, Any]]:
        """What the portal is answered when it asks about a bill."""
        return [
            {"referenceNo": one.reference, "paidAmount": snap.rupiah(one.amount), "trxDateTime": snap.stamp(one.at)}
            for one in self.transfers
            if one.kode_bayar == kode_bayar
        ]

    @property
    def balance(self) -> int:
        return sum(one.amount for one in self.transfers)

    # ------------------------------------------------------------------ statements

    def _on(self, first: date, last: date) -> Iterable[tuple[date, Transfer]]:
        for one in self.transfers:
            day = one.at.astimezone(ZONE).date()
            if first <= day <= last:
                yield day, one

    def statement_csv(self, first: date, last: date) -> str:
        lines = ["tanggal;keterangan;referensi;debit;kredit;saldo"]
        balance = sum(one.amount for one in self.transfers if one.at.astimezone(ZONE).date() < first)
        for day, one in self._on(first, last):
            balance += one.amount
            lines.append(f"{day:%d/%m/%Y};{one.way.upper()} {one.kode_bayar} SIMULATOR;{one.reference};;{one.amount};{balance}")
        return "\r\n".join(lines) + "\r\n"

    def statement_mt940(self, first: date, last: date) -> str:
        before = sum(one.amount for one in self.transfers if one.at.astimezone(ZONE).date() < first)
        after = before + sum(one.amount for _day, one in self._on(first, last))
        lines = [f":20:SIM{last:%y%m%d}", f":25:{ACCOUNT}", ":28C:00001/001", f":60F:C{first:%y%m%d}IDR{before},00"]
        for day, one in self._on(first, last):
            lines += [f":61:{day:%y%m%d}{day:%m%d}C{one.amount},00NTRF{one.reference}//{one.reference}", f":86:{one.way.upper()} {one.kode_bayar} SIMULATOR"]
        return "\r\n".join([*lines, f":62F:C{last:%y%m%d}IDR{after},00", "-"]) + "\r\n"

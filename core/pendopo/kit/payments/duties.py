"""Whether the room is well, and what it holds of a person."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ...contract import Health, PersonalData
from ...i18n import _, format_date
from ...identity.loading import regency_day
from .. import settings
from . import books, reconciling
from .models import BankContact, Bill, Excess, PaymentRequest


def health(db: Session) -> list[Health]:
    """The books hold, statements are read in time, and the bank answered when it was last asked."""
    now = datetime.now(UTC)
    faults = books.proof(db).faults
    found = [Health("buku_besar", not faults, _("Tidak sesuai: %(accounts)s") % {"accounts": ", ".join(faults)} if faults else "")]
    oldest = reconciling.first_unreconciled(db)
    late = oldest is not None and regency_day(now) - oldest > timedelta(days=settings.value(db, "tagihan.rekonsiliasi_hari"))
    detail = _("Pembayaran sejak %(day)s belum dicocokkan dengan rekening koran") % {"day": format_date(oldest)} if late else ""
    found.append(Health("rekonsiliasi", not late, detail))
    for contact in db.scalars(select(BankContact).order_by(BankContact.provider)):
        found.append(Health(f"bank_{contact.provider}", contact.ok, "" if contact.ok else _("Panggilan terakhir gagal: %(why)s") % {"why": contact.detail}))
    return found


def personal_data(db: Session, account_id: int) -> list[PersonalData]:
    rows = [
        {
            "desc": one.desc, "amount": one.amount, "due": one.due.isoformat() if one.due else None, "status": one.status,
            "paid_at": one.paid_at.isoformat() if one.paid_at else None, "ntpd": one.ntpd,
        }
        for one in db.scalars(select(Bill).where(Bill.payer_id == account_id).order_by(Bill.id))
    ]
    if not rows:
        return []
    purpose, basis = _("Menagih dan membukukan penerimaan daerah"), "UU 1/2022; UU 27/2022 pasal 20"
    return [PersonalData(_("Tagihan dan pembayaran Anda"), purpose, basis, rows, _("10 tahun, menurut aturan keuangan"))]


def erase(db: Session, account_id: int) -> None:
    """What was paid stays as the treasury's record, without the person; where their money went back to is forgotten once it did."""
    theirs = select(Bill.id).where(Bill.payer_id == account_id)
    sent = (Excess.bill_id.in_(theirs)) & (Excess.status == "dikembalikan")
    db.execute(update(Excess).where(sent).values(account_number="", account_name="").execution_options(synchronize_session=False))
    db.execute(update(PaymentRequest).where(PaymentRequest.bill_id.in_(theirs)).values(content="").execution_options(synchronize_session=False))
    db.execute(update(Bill).where(Bill.payer_id == account_id).values(payer_id=None, payer_name="").execution_options(synchronize_session=False))

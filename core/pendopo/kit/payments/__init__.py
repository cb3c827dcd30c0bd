"""Bills, ways to pay them, and the books.

A plugin declares a `BillKind` by the hook `bill_kinds`, makes bills with `bill`, and hears the facts `bill_paid` and
`bill_cancelled`. Everything else (pages, codes, banks, counters, ledger, receipts, money back) is done here.
"""

from .billing import Due, NewBill, bill, bill_for, bills_for, bills_of, cancel_bill, find_bill, mask_name, total_on
from .codes import is_kode_bayar, read_kode_bayar, show_kode, va_number
from .errors import AmountRefused, BillClosed, BillUnknown
from .excess import refund
from .kinds import BillKind
from .many import PaidBill, bill_many, plant_paid_bill, plant_paid_bills
from .models import Bill, Payment

__all__ = [
    "AmountRefused", "Bill", "BillClosed", "BillKind", "BillUnknown", "Due", "NewBill", "PaidBill", "Payment", "bill", "bill_for", "bill_many", "bills_for",
    "bills_of", "cancel_bill", "find_bill", "is_kode_bayar", "mask_name", "plant_paid_bill", "plant_paid_bills", "read_kode_bayar", "refund", "show_kode",
    "total_on", "va_number",
]

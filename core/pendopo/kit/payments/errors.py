"""What can be refused about bills and money.

BillUnknown          404  no bill has this code
BillClosed           409  it was paid, cancelled or has expired meanwhile
WayUnavailable       503  nobody offers this way to pay now
AmountRefused        422  more than there is, or nothing
SamePerson           403  a refund is approved by somebody else than who proposed it
ExcessMovedAlready   409  somebody was faster
CashDayClosed        409  the till of this day was counted and closed
StatementUnreadable  422  a bank statement that is no CSV and no MT940 as we know them
StatementKnown       409  the very same file was read before
"""

from ...errors import Conflict, InvalidInput, NotFound, PermissionRefused, Unavailable
from ...i18n import N_


class BillUnknown(NotFound):
    message = N_("Tidak ada tagihan dengan kode bayar ini. Periksa lagi angkanya.")


class BillClosed(Conflict):
    message = N_("Tagihan ini sudah lunas, dibatalkan, atau kedaluwarsa.")


class WayUnavailable(Unavailable):
    message = N_("Cara bayar ini sedang tidak tersedia. Pilih cara lain atau coba lagi nanti.")


class AmountRefused(InvalidInput):
    message = N_("Jumlah ini tidak dapat dipakai.")


class SamePerson(PermissionRefused):
    message = N_("Pengembalian harus disetujui oleh orang lain, bukan yang mengusulkannya.")


class ExcessMovedAlready(Conflict):
    message = N_("Kelebihan bayar ini sudah ditangani petugas lain. Muat ulang halaman.")


class CashDayClosed(Conflict):
    message = N_("Kas Anda untuk hari ini sudah ditutup.")


class StatementUnreadable(InvalidInput):
    message = N_("Berkas ini tidak dapat dibaca sebagai rekening koran: %(reason)s")


class StatementKnown(Conflict):
    message = N_("Rekening koran ini sudah pernah dibaca.")

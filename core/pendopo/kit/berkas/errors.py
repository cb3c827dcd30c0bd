"""What can be refused about a matter.

BerkasMovedAlready   409  somebody was faster
StepNotOpen          409  the step does not go from the present state
BerkasObjected       409  a plugin objects, with its reason
NoteMissing          422  a note that the step needs
AlreadyRated         409  satisfaction is asked once
PinLocked            429  too many wrong PINs
"""

from ...errors import Conflict, InvalidInput, TooMany
from ...i18n import N_


class BerkasMovedAlready(Conflict):
    message = N_("Petugas lain sudah memindahkan berkas ini. Lihat keadaannya yang baru, lalu putuskan lagi.")


class StepNotOpen(Conflict):
    message = N_("Langkah ini tidak tersedia untuk keadaan berkas sekarang.")


class BerkasObjected(Conflict):
    message = N_("Belum dapat dipindahkan: %(reasons)s")


class NoteMissing(InvalidInput):
    message = N_("Tulis catatannya untuk pemohon.")


class AlreadyRated(Conflict):
    message = N_("Penilaian untuk berkas ini sudah tercatat. Terima kasih.")


class PinLocked(TooMany):
    message = N_("Terlalu banyak PIN yang salah. Coba lagi satu jam lagi, atau hubungi loket dengan nomor registrasi Anda.")

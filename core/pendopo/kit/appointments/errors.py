"""What can stand between a person and an appointment.

DomainError
    Conflict
        SlotTaken        somebody was faster, or the time is not offered
        AlreadyBooked    one open appointment per person and service
        NotNow           its state or its day does not allow this step
        NobodyWaits      nobody who is here waits to be called
"""

from ...errors import Conflict
from ...i18n import N_


class SlotTaken(Conflict):
    message = N_("Waktu ini tidak tersedia lagi. Pilih waktu lain.")


class AlreadyBooked(Conflict):
    message = N_("Anda masih punya janji untuk layanan ini. Pindahkan atau batalkan janji itu lebih dahulu.")


class NotNow(Conflict):
    message = N_("Langkah ini tidak dapat dilakukan pada janji ini sekarang.")


class NobodyWaits(Conflict):
    message = N_("Belum ada yang hadir dan menunggu.")

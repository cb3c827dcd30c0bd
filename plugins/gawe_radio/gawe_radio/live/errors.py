"""What the live room refuses.

DomainError
    Conflict                409
        CallOver                the caller hung up, or was answered by somebody else
        AlreadyCalling          one call for each account at a time
        LinesBusy               as many wait as the producer can look after
        CallsClosed             the station takes no calls now
        MicrophoneHeld          another announcer speaks
    PermissionRefused       403
        CallerBlocked           the station blocked this account
    InvalidInput            422
        ConsentNeeded           a voice goes on the air only with its owner's consent
"""

from pendopo import N_, Conflict, InvalidInput, PermissionRefused


class CallOver(Conflict):
    message = N_("Penelepon itu sudah menutup sambungan, atau sudah dijawab orang lain.")


class AlreadyCalling(Conflict):
    message = N_("Anda sudah menelepon dari halaman lain. Tutup dulu sambungan itu.")


class LinesBusy(Conflict):
    message = N_("Semua saluran sedang dipakai. Coba lagi beberapa menit lagi.")


class CallsClosed(Conflict):
    message = N_("Telepon siaran sedang ditutup.")


class MicrophoneHeld(Conflict):
    message = N_("Mikrofon sedang dipegang %(name)s.")


class CallerBlocked(PermissionRefused):
    message = N_("Akun Anda tidak dapat menelepon siaran ini.")


class ConsentNeeded(InvalidInput):
    message = N_("Centang persetujuan: suara Anda terdengar umum dan direkam sebagai arsip siaran.")

"""What can be refused about a paper.

Conflict
    NoSigner            nobody holds the position that must sign
    SignerChanged       somebody else holds it now than stands on the signed paper
    SignedAlready       somebody was faster, or the paper was revoked meanwhile
    NotValid            only a valid paper can be replaced or revoked
PermissionRefused
    NotYourSignature    the position is not the actor's today, or it is not its turn
Unavailable
    NotSigned           the provider did not sign
"""

from ...errors import Conflict, PermissionRefused, Unavailable
from ...i18n import N_


class NoSigner(Conflict):
    message = N_("Belum ada pejabat pada jabatan penanda tangan. Minta pengelola mengisi jabatan itu.")


class SignerChanged(Conflict):
    message = N_("Pejabat penanda tangan sudah berganti sejak naskah ini mulai ditandatangani. Cabut naskah ini dan terbitkan yang baru.")


class SignedAlready(Conflict):
    message = N_("Naskah ini sudah ditandatangani atau dicabut.")


class NotValid(Conflict):
    message = N_("Hanya naskah yang masih berlaku yang dapat diganti atau dicabut.")


class NotYourSignature(PermissionRefused):
    message = N_("Naskah ini tidak menunggu tanda tangan Anda.")


class NotSigned(Unavailable):
    message = N_("Penyedia tanda tangan elektronik tidak menandatangani naskah ini. Coba lagi nanti.")

"""What a person can act on.

DomainError
    InvalidInput        422  something typed is wrong; `field` names where
    SignInNeeded        401
    PermissionRefused   403
    NotFound            404
    Conflict            409  somebody was faster, or the state forbids it
    TooMany             429
    Unavailable         503
"""

from .i18n import N_


class DomainError(Exception):
    """A refusal with a sentence for the person; shown as page, fragment or field error.

    `message` is an Indonesian msgid with `%(name)s` places filled from `values` after translation.
    """

    status = 400
    message = N_("Permintaan tidak dapat dijalankan.")
    retry_s = 0  # after so many seconds the same may be tried again (Retry-After); 0: no use

    def __init__(self, message: str | None = None, *, field: str | None = None, **values: object) -> None:
        self.message = message or type(self).message
        self.field = field
        self.values = values
        super().__init__(self.message)

    def sentence(self) -> str:
        """The message in the language of the present request."""
        from .i18n import translate

        text = translate(self.message)
        return text % self.values if self.values else text


class InvalidInput(DomainError):
    status = 422
    message = N_("Isian belum benar.")


class SignInNeeded(DomainError):
    status = 401
    message = N_("Silakan masuk lebih dahulu.")


class PermissionRefused(DomainError):
    status = 403
    message = N_("Anda tidak berwenang melakukan ini.")


class NotFound(DomainError):
    status = 404
    message = N_("Halaman atau data ini tidak ditemukan.")


class Conflict(DomainError):
    status = 409
    message = N_("Data ini sudah berubah. Muat ulang halaman, lalu coba lagi.")


class TooMany(DomainError):
    status = 429
    message = N_("Terlalu banyak percobaan. Tunggu sebentar, lalu coba lagi.")


class Unavailable(DomainError):
    status = 503
    retry_s = 10
    message = N_("Layanan belum menjawab. Coba lagi nanti.")

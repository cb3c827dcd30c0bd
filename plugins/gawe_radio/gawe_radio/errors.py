"""What the station refuses.

DomainError
    InvalidInput            422
        TooLongToRead           more than 90 seconds of reading
        NotSound                no sound that the station plays
        SoundTooLarge           more bytes than the setting allows
        SoundTooShort           less than half a second
        NotAVoice               a take that is no sound, too long, too short or silent
    Conflict                409
        NotWaiting              somebody decided already
        SameSound               the library holds these very bytes
        StillUsed               a playlist, wheel or programme needs it
        NotOnAir                it is withdrawn, over, or was never published
        SecondPersonNeeded      an emergency word is released by someone other than its author
        BoardClosed             listeners' requests and greetings are not taken now
        NobodyToAsk             no talk programme is on the air
    TooMany                 429
        TooSoon                 the same listener sent something a moment ago
    Unavailable             503
        StationAway             the engine does not answer
"""

from pendopo import N_, Conflict, InvalidInput, TooMany, Unavailable


class TooLongToRead(InvalidInput):
    message = N_("Teks ini perlu %(have)s detik untuk dibacakan; paling lama %(most)s detik. Ringkaslah.")


class NotSound(InvalidInput):
    message = N_("%(name)s bukan berkas suara yang dikenal. Kirim MP3, Ogg, Opus, FLAC, WAV, M4A, atau AAC.")


class SoundTooLarge(InvalidInput):
    message = N_("%(name)s terlalu besar. Paling besar %(n)s MB.")


class SoundTooShort(InvalidInput):
    message = N_("%(name)s lebih pendek dari setengah detik.")


class SameSound(Conflict):
    message = N_("%(name)s sudah ada di pustaka sebagai %(other)s.")


class NotAVoice(InvalidInput):
    """`why` as pendopo_stream.takes.NotATake says it."""

    SENTENCES = {  # noqa: RUF012  never changed
        "long": N_("Rekaman terlalu panjang. Paling lama 95 detik."), "short": N_("Rekaman terlalu pendek."),
        "silent": N_("Rekaman ini tidak berisi suara. Periksa mikrofon."),
    }
    message = N_("Berkas ini bukan rekaman suara yang dikenal.")

    def __init__(self, why: str) -> None:
        super().__init__(self.SENTENCES.get(why), field="sound")


class StillUsed(Conflict):
    message = N_("Masih dipakai oleh %(where)s. Lepaskan dulu dari sana.")


class NotWaiting(Conflict):
    message = N_("Sudah diputuskan oleh orang lain. Muat ulang halaman.")


class NotOnAir(Conflict):
    message = N_("Pengumuman ini sudah tidak berlaku.")


class SecondPersonNeeded(Conflict):
    message = N_("Pengumuman darurat harus disetujui orang lain, bukan penulisnya.")


class BoardClosed(Conflict):
    message = N_("Papan pendengar sedang ditutup.")


class NobodyToAsk(Conflict):
    message = N_("Tidak ada acara bincang yang sedang mengudara. Kirim pertanyaan saat acaranya berlangsung.")


class TooSoon(TooMany):
    message = N_("Anda baru saja mengirim. Kirim lagi sesudah %(at)s.")


class StationAway(Unavailable):
    message = N_("Mesin siaran belum menjawab. Coba lagi sebentar lagi.")

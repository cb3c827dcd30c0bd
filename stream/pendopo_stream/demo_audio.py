"""Music, jingles and a station identification made by arithmetic: a station sounds before anyone owns a record.

Gamelan-like pieces in slendro and pelog, equal for equal seeds. They are ours: no rights of others are touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import speech
from .speech import RATE_HZ

# Cents above the lowest tone, as measured on Javanese sets; no two sets are alike.
SLENDRO = (0, 231, 474, 717, 955)
PELOG = (0, 120, 258, 539, 675, 785, 943)
# Partials of a struck bronze bar: ratio, level, decay per second.
BRONZE = ((1.0, 1.0, 1.6), (2.756, 0.35, 5.0), (5.404, 0.12, 11.0), (0.5, 0.12, 1.2))
GONG = ((1.0, 1.0, 0.45), (1.48, 0.35, 0.9), (2.07, 0.2, 1.5), (2.92, 0.1, 2.5))


@dataclass(frozen=True)
class Piece:
    """A piece to make. `pulse_s`: length of one beat; `beats` of it to a gong."""

    file: str
    title: str
    artist: str
    scale: tuple[int, ...]
    base_hz: float
    pulse_s: float
    seconds: float
    seed: int
    genre: str = "gamelan"


PIECES = (
    Piece("music/pagi/lancaran_banten.mp3", "Lancaran Banten", "Gamelan Pendopo", SLENDRO, 261.0, 0.30, 84, 11),
    Piece("music/pagi/ketawang_fajar.mp3", "Ketawang Fajar", "Gamelan Pendopo", PELOG, 247.0, 0.42, 90, 12),
    Piece("music/sore/ladrang_anyer.mp3", "Ladrang Anyer", "Karawitan Pesisir", PELOG, 277.0, 0.36, 78, 13),
    Piece("music/sore/bubaran_cikande.mp3", "Bubaran Cikande", "Karawitan Pesisir", SLENDRO, 294.0, 0.26, 66, 14),
    Piece("music/malam/gending_krakatau.mp3", "Gending Krakatau", "Sekar Tirtayasa", PELOG, 220.0, 0.55, 96, 15),
    Piece("music/malam/ayak_serang.mp3", "Ayak-ayak Serang", "Sekar Tirtayasa", SLENDRO, 233.0, 0.48, 72, 16),
    Piece("music/qasidah/selawat_pesisir.mp3", "Selawat Pesisir", "Qasidah Nurul Contoh", PELOG, 330.0, 0.40, 70, 18, "qasidah"),
    Piece("music/dangdut/goyang_anyer.mp3", "Goyang Anyer", "Orkes Melayu Contoh", SLENDRO, 349.0, 0.24, 64, 19, "dangdut"),
    Piece("reserve/sampak_siaga.mp3", "Sampak Siaga", "Gamelan Pendopo", SLENDRO, 311.0, 0.24, 60, 17),
)

IDENT = "Anda mendengarkan Radio Serang Gawe. Suara warga Kabupaten Serang."
# Words of other kinds: file, title, what is said, genre. They tell the time of prayer where nobody put a recorded adzan.
SPOKEN = (
    ("jingle/jingle_gawe.mp3", "Jingle Gawe", "Serang Gawe. Dekat, cepat, dan ramah.", "ident"),
    *(
        (f"adzan/{name.lower()}.mp3", f"Waktu {name}", f"Telah masuk waktu {name} untuk wilayah Serang dan sekitarnya.", name.lower())
        for name in ("Subuh", "Zuhur", "Asar", "Magrib", "Isya")
    ),
    (
        "programme/harga_pasar.mp3", "Harga pasar tani dan nelayan",
        "Harga pasar hari ini. Gabah kering panen tujuh ribu rupiah. Cabai merah empat puluh dua ribu. Tongkol di Pasauran dua puluh delapan ribu. "
        "Harga dapat berubah. Salam untuk petani dan nelayan Kabupaten Serang.", "layanan",
    ),
    ("cart/sapaan_studio.mp3", "Sapaan studio", "Halo, warga Serang!", "klip"),
    ("cart/pembuka_warta.mp3", "Pembuka warta", "Warta Serang Gawe. Kabar dari desa dan kota.", "klip"),
    ("cart/penutup_warta.mp3", "Penutup warta", "Demikian warta. Terima kasih sudah mendengarkan.", "klip"),
    ("cart/telepon_siaran.mp3", "Ajakan menelepon", "Teleponlah siaran kami dari halaman radio.", "klip"),
    ("cart/lalu_lintas.mp3", "Info lalu lintas", "Info lalu lintas.", "klip"),
    ("cart/cuaca.mp3", "Info cuaca", "Info cuaca, sumber B M K G.", "klip"),
)


def make_all(media: Path, *, name: str = "") -> list[Path]:
    """Write every demo file that is missing under `media`, and return those written. `name`: what the station calls itself."""
    written = []
    for piece in PIECES:
        if not (media / piece.file).exists():
            written.append(_write(media / piece.file, compose(piece), piece.title, piece.artist, piece.genre))
    ident = IDENT.replace("Radio Serang Gawe", name) if name else IDENT
    for file, title, words, genre in (("ident/ident_gawe.mp3", "Ident", ident, "ident"), *SPOKEN):
        if not (media / file).exists():
            written.append(_write(media / file, spoken(words), title, "", genre))
    return written


def compose(piece: Piece) -> np.ndarray:
    """The piece as mono float32: a balungan line, a faster bonang figure around it, kenong and gong at the cadences."""
    rng = np.random.default_rng(piece.seed)
    sound = np.zeros(int((piece.seconds + 6) * RATE_HZ), np.float32)
    notes = _Notes()
    for start_s, degree, octave, level, kind in _score(piece, rng):
        pitch = piece.base_hz * 2 ** (octave + piece.scale[degree % len(piece.scale)] / 1200)
        note = notes.get(round(pitch, 2), kind)
        at = int(start_s * RATE_HZ)
        end = min(len(sound), at + len(note))
        sound[at:end] += note[: end - at] * level
    sound = sound[: int(piece.seconds * RATE_HZ)]
    fade = int(4 * RATE_HZ)
    sound[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return sound * np.float32(0.5 / np.abs(sound).max())


def _score(piece: Piece, rng: np.random.Generator) -> Iterator[tuple[float, int, int, float, str]]:
    """(start, degree, octave, level, instrument) of every stroke."""
    gatra = [_walk(rng, len(piece.scale)) for _ in range(4)]
    form = [0, 0, 1, 0, 2, 2, 3, 0]
    at, beat = 0.0, 0
    while at < piece.seconds - 4:
        line = gatra[form[(beat // 8) % len(form)]]
        degree = line[beat % 8]
        yield at, degree, 0, 0.8, "bronze"
        following = line[(beat + 1) % 8]
        for half, tone in ((0.5, degree), (1.0, following), (1.5, degree), (2.0, following)):
            if rng.random() < 0.86:
                yield at + half * piece.pulse_s / 2 * (1 + rng.normal(0, 0.01)), tone, 1, 0.28 + 0.1 * rng.random(), "bronze"
        if beat % 4 == 3:
            yield at, degree, 0, 0.5, "gong"
        if beat % 16 == 0:
            yield at, 0, -2, 1.1, "gong"
        at += piece.pulse_s * 2
        beat += 1


def _walk(rng: np.random.Generator, tones: int) -> list[int]:
    """Eight tones that move by small steps and come home."""
    line = [int(rng.integers(tones))]
    for _ in range(7):
        step = int(rng.choice((-2, -1, -1, 0, 1, 1, 2)))
        line.append(int(np.clip(line[-1] + step, 0, tones - 1)))
    line[7] = 0 if rng.random() < 0.5 else line[7]
    return line


class _Notes:
    """Each pitch is struck once and used again: what makes this quick."""

    def __init__(self) -> None:
        self._made: dict[tuple[float, str], np.ndarray] = {}

    def get(self, pitch_hz: float, kind: str) -> np.ndarray:
        key = (pitch_hz, kind)
        if key not in self._made:
            length_s = 5.0 if kind == "gong" else 2.2
            time = np.arange(int(length_s * RATE_HZ)) / RATE_HZ
            wave = np.zeros(len(time))
            for ratio, level, decay in GONG if kind == "gong" else BRONZE:
                if pitch_hz * ratio < 16_000:
                    wave += level * np.sin(2 * np.pi * pitch_hz * ratio * time) * np.exp(-decay * time)
            beating = 1 + 0.08 * np.sin(2 * np.pi * 5.5 * time)  # the paired tuning of the instruments
            attack = np.minimum(1, time / 0.003)
            tail = np.minimum(1, (length_s - time) / 0.1)
            self._made[key] = (wave * beating * attack * tail * 0.3).astype(np.float32)
        return self._made[key]


def spoken(words: str) -> np.ndarray:
    """A chime and `words`; the chime alone where no voice is installed."""
    parts = [speech.chime()]
    try:
        parts += [np.zeros(RATE_HZ // 5, np.float32), speech.synthesize(words), np.zeros(RATE_HZ // 2, np.float32)]
    except speech.NoVoice:
        parts += [speech.chime()]
    return np.concatenate(parts)


def _write(path: Path, sound: np.ndarray, title: str, artist: str, genre: str) -> Path:
    import av

    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    with av.open(str(fresh), "w", format="mp3") as container:
        container.metadata.update({"title": title, "artist": artist, "genre": genre})
        stream = container.add_stream("libmp3lame", rate=RATE_HZ, layout="mono", options={"compression_level": "9"})
        stream.bit_rate = 96_000
        for at in range(0, len(sound), RATE_HZ):
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound[None, at : at + RATE_HZ]), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = RATE_HZ, at
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    fresh.replace(path)
    return path


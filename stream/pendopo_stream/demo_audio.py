"""Music, jingles, clips and spoken programmes made by arithmetic: a station sounds before anyone owns a record.

Gamelan-like pieces in slendro and pelog, for bronze, bamboo and strings, equal for equal seeds. They are ours: no rights of
others are touched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import speech
from .demo_words import IDENT, JINGLES, PRAYERS, SPOKEN, TALK, TURNS
from .speech import RATE_HZ

# Cents above the lowest tone, as measured on Javanese sets; no two sets are alike.
SLENDRO = (0, 231, 474, 717, 955)
PELOG = (0, 120, 258, 539, 675, 785, 943)
# Partials of what is struck or plucked: ratio, level, decay per second.
TIMBRES = {
    "bronze": ((1.0, 1.0, 1.6), (2.756, 0.35, 5.0), (5.404, 0.12, 11.0), (0.5, 0.12, 1.2)),
    "bamboo": ((1.0, 1.0, 5.0), (2.0, 0.45, 7.0), (4.02, 0.12, 14.0)),
    "string": ((1.0, 1.0, 2.2), (2.0, 0.5, 3.0), (3.001, 0.3, 4.5), (4.003, 0.16, 6.0), (5.006, 0.08, 8.0)),
    "gong": ((1.0, 1.0, 0.45), (1.48, 0.35, 0.9), (2.07, 0.2, 1.5), (2.92, 0.1, 2.5)),
}
WRITERS = 2
BED_DB = -17.0


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
    timbre: str = "bronze"


PIECES = (
    Piece("music/pagi/lancaran_banten.mp3", "Lancaran Banten", "Gamelan Pendopo", SLENDRO, 261.0, 0.30, 84, 11),
    Piece("music/pagi/ketawang_fajar.mp3", "Ketawang Fajar", "Gamelan Pendopo", PELOG, 247.0, 0.42, 90, 12),
    Piece("music/sore/ladrang_anyer.mp3", "Ladrang Anyer", "Karawitan Pesisir", PELOG, 277.0, 0.36, 78, 13),
    Piece("music/sore/bubaran_cikande.mp3", "Bubaran Cikande", "Karawitan Pesisir", SLENDRO, 294.0, 0.26, 66, 14),
    Piece("music/malam/gending_krakatau.mp3", "Gending Krakatau", "Sekar Tirtayasa", PELOG, 220.0, 0.55, 96, 15),
    Piece("music/malam/ayak_serang.mp3", "Ayak-ayak Serang", "Sekar Tirtayasa", SLENDRO, 233.0, 0.48, 72, 16),
    Piece("music/qasidah/selawat_pesisir.mp3", "Selawat Pesisir", "Qasidah Nurul Contoh", PELOG, 330.0, 0.40, 70, 18, "qasidah"),
    Piece("music/dangdut/goyang_anyer.mp3", "Goyang Anyer", "Orkes Melayu Contoh", SLENDRO, 349.0, 0.24, 64, 19, "dangdut"),
    Piece("music/qasidah/rebana_kragilan.mp3", "Rebana Kragilan", "Qasidah Nurul Contoh", PELOG, 294.0, 0.34, 74, 20, "qasidah", "string"),
    Piece("music/dangdut/perahu_bojonegara.mp3", "Perahu Bojonegara", "Orkes Melayu Contoh", PELOG, 311.0, 0.28, 68, 21, "dangdut", "string"),
    Piece("music/pagi/embun_cibanten.mp3", "Embun Cibanten", "Kecapi Ciruas", SLENDRO, 262.0, 0.38, 76, 22, "kecapi", "string"),
    Piece("music/pagi/berangkat_sekolah.mp3", "Berangkat Sekolah", "Angklung Pontang", SLENDRO, 392.0, 0.25, 62, 23, "angklung", "bamboo"),
    Piece("music/sore/panen_raya.mp3", "Panen Raya", "Angklung Pontang", PELOG, 349.0, 0.30, 70, 24, "angklung", "bamboo"),
    Piece("music/malam/bulan_karangantu.mp3", "Bulan di Karangantu", "Kecapi Ciruas", PELOG, 196.0, 0.52, 88, 25, "kecapi", "string"),
    Piece("reserve/sampak_siaga.mp3", "Sampak Siaga", "Gamelan Pendopo", SLENDRO, 311.0, 0.24, 60, 17),
)

FLOURISH = Piece("", "", "", SLENDRO, 294.0, 0.16, 9, 40)
BED = Piece("", "", "", SLENDRO, 220.0, 0.50, 160, 41, timbre="string")


def make_all(media: Path, *, name: str = "") -> list[Path]:
    """Write every demo file that is missing under `media`, and return those written. `name`: what the station calls itself."""
    def named(words: str) -> str:
        return words.replace("Radio Serang Gawe", name) if name else words

    def talk() -> np.ndarray:
        return talked([named(turn) for turn in TURNS], compose(BED))

    jobs: list[tuple[str, str, str, str, Callable[[], np.ndarray]]] = [(TALK[0], TALK[1], "", TALK[2], talk)]
    jobs += [(piece.file, piece.title, piece.artist, piece.genre, lambda piece=piece: compose(piece)) for piece in PIECES]
    jobs += [(file, title, "", "klip", lambda make=make: make()) for file, title, make in STINGS]
    for call, rows in ((spoken, (("ident/ident_gawe.mp3", "Ident", IDENT, "ident"), *SPOKEN)), (prayer, PRAYERS), (jingle, JINGLES)):
        jobs += [(file, title, "", genre, lambda call=call, words=words: call(named(words))) for file, title, words, genre in rows]
    missing = [job for job in jobs if not (media / job[0]).exists()]
    with ThreadPoolExecutor(WRITERS) as writers:  # encoding leaves the interpreter to the other
        return list(writers.map(lambda job: _write(media / job[0], job[4](), *job[1:4]), missing))


def compose(piece: Piece) -> np.ndarray:
    """The piece as mono float32: a balungan line, a faster bonang figure around it, kenong and gong at the cadences."""
    rng = np.random.default_rng(piece.seed)
    sound = np.zeros(int((piece.seconds + 6) * RATE_HZ), np.float32)
    notes = _Notes(piece.timbre)
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
        yield at, degree, 0, 0.8, "line"
        following = line[(beat + 1) % 8]
        for half, tone in ((0.5, degree), (1.0, following), (1.5, degree), (2.0, following)):
            if rng.random() < 0.86:
                yield at + half * piece.pulse_s / 2 * (1 + rng.normal(0, 0.01)), tone, 1, 0.28 + 0.1 * rng.random(), "line"
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

    def __init__(self, timbre: str) -> None:
        self._timbre = timbre
        self._made: dict[tuple[float, str], np.ndarray] = {}

    def get(self, pitch_hz: float, kind: str) -> np.ndarray:
        key = (pitch_hz, kind)
        if key not in self._made:
            self._made[key] = struck(pitch_hz, "gong" if kind == "gong" else self._timbre, 5.0 if kind == "gong" else 2.2)
        return self._made[key]


def struck(pitch_hz: float, timbre: str, length_s: float) -> np.ndarray:
    """One stroke. Single precision: it is several times quicker, and its error lies far below the tape hiss of a cassette."""
    time = np.arange(int(length_s * RATE_HZ), dtype=np.float32) / np.float32(RATE_HZ)
    wave = np.zeros(len(time), np.float32)
    for ratio, level, decay in TIMBRES[timbre]:
        if pitch_hz * ratio < 16_000:
            wave += np.float32(level) * np.sin(np.float32(2 * np.pi * pitch_hz * ratio) * time) * np.exp(np.float32(-decay) * time)
    if timbre in ("bronze", "gong"):
        wave *= 1 + np.float32(0.08) * np.sin(np.float32(2 * np.pi * 5.5) * time)  # the paired tuning of the instruments
    return wave * np.minimum(1, time / np.float32(0.003)) * np.minimum(1, (np.float32(length_s) - time) / np.float32(0.1)) * np.float32(0.3)


# -------------------------------------------------------------------------------------------------------------- voices


def spoken(words: str) -> np.ndarray:
    """A chime and `words`; the chime alone where no voice is installed."""
    return np.concatenate([speech.chime(), pause(0.2), _voice(words, speech.chime()), pause(0.5)])


def prayer(words: str) -> np.ndarray:
    """Strokes of a bedug, closer and closer, and `words`."""
    return np.concatenate([bedug(), pause(0.6), _voice(words, bedug()), pause(0.8)])


def jingle(words: str) -> np.ndarray:
    """`words` over a flourish that dies away after them."""
    voice = np.concatenate([pause(1.2), _voice(words, pause(1.0))])
    sound = compose(FLOURISH)[: len(voice) + 2 * RATE_HZ] * 0.8
    sound[RATE_HZ : len(voice)] *= 0.35
    sound[: len(voice)] += voice[: len(sound)]
    sound[-RATE_HZ:] *= np.linspace(1, 0, RATE_HZ, dtype=np.float32)
    return sound


def talked(turns: list[str], bed: np.ndarray) -> np.ndarray:
    """A host and a guest by turns, over soft music."""
    parts = [pause(4.0)]
    for number, words in enumerate(turns):
        voice = _voice(words, speech.chime())
        parts += [_other(voice) if number % 2 else voice, pause(0.7)]
    sound = np.concatenate([*parts, pause(4.0)])
    under = np.resize(bed, len(sound)) * np.float32(10 ** (BED_DB / 20))
    ends = 3 * RATE_HZ
    under[:ends] *= np.linspace(4, 1, ends, dtype=np.float32)
    under[-ends:] *= np.linspace(3, 0, ends, dtype=np.float32)
    return (sound + under) * np.float32(0.9)


def _voice(words: str, without: np.ndarray) -> np.ndarray:
    try:
        return speech.synthesize(words)
    except speech.NoVoice:
        return without


def _other(voice: np.ndarray) -> np.ndarray:
    """The same voice of somebody smaller."""
    return np.interp(np.arange(0, len(voice) - 1, 1.12), np.arange(len(voice)), voice).astype(np.float32)


def pause(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE_HZ), np.float32)


# -------------------------------------------------------------------------------------------------------------- stings


def bedug() -> np.ndarray:
    """Eight strokes of the mosque's drum."""
    sound, at = pause(5.0), 0.0
    time = np.arange(RATE_HZ, dtype=np.float32) / RATE_HZ
    stroke = np.sin(2 * np.pi * (62 + 40 * np.exp(-30 * time)) * time) * np.exp(-6 * time) * 0.8
    for gap in (0.9, 0.75, 0.6, 0.5, 0.4, 0.33, 0.28, 0.0):
        place = int(at * RATE_HZ)
        sound[place : place + len(stroke)] += stroke[: len(sound) - place]
        at += gap
    return sound / np.float32(np.abs(sound).max() * 1.4)


def applause() -> np.ndarray:
    """Some hundred people, each clapping at a pace of their own."""
    rng = np.random.default_rng(50)
    sound = pause(4.0)
    clap = (rng.normal(0, 1, RATE_HZ // 40) * np.exp(-np.linspace(0, 7, RATE_HZ // 40))).astype(np.float32)
    for _ in range(110):
        for at in np.arange(rng.random(), 3.9, rng.uniform(0.19, 0.31)):
            place = int(at * RATE_HZ)
            sound[place : place + len(clap)] += clap[: len(sound) - place] * np.float32(rng.uniform(0.3, 1))
    envelope = np.interp(np.arange(len(sound)) / RATE_HZ, (0, 0.6, 2.4, 4), (0, 1, 1, 0)).astype(np.float32)
    return sound * envelope * np.float32(0.5 / np.abs(sound).max())


def stroke_of(pitches_hz: tuple[float, ...], gap_s: float, timbre: str = "bronze", length_s: float = 2.2) -> np.ndarray:
    """Strokes one after the other."""
    sound = pause(gap_s * (len(pitches_hz) - 1) + length_s)
    for number, pitch in enumerate(pitches_hz):
        note = struck(pitch, timbre, length_s)
        place = int(number * gap_s * RATE_HZ)
        sound[place : place + len(note)] += note
    return sound * np.float32(0.5 / np.abs(sound).max())


STINGS: tuple[tuple[str, str, Callable[[], np.ndarray]], ...] = (
    ("cart/gong.mp3", "Gong", lambda: stroke_of((98.0,), 0, "gong", 5.0)),
    ("cart/tepuk_tangan.mp3", "Tepuk tangan", applause),
    ("cart/perhatian.mp3", "Perhatian", lambda: stroke_of((659.3, 880.0, 659.3, 880.0), 0.28)),
    ("cart/naik.mp3", "Sengatan naik", lambda: stroke_of((294.0, 339.0, 387.0, 445.0, 511.0, 588.0), 0.09, "string")),
    ("cart/jawaban_salah.mp3", "Jawaban salah", lambda: stroke_of((147.0, 139.0), 0.3, "bamboo")),
)


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


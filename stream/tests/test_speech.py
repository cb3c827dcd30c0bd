"""Written words made speakable, and spoken."""

import numpy as np
import pytest

from pendopo_stream.speech import NoVoice, attention_tone, chime, synthesize
from pendopo_stream.spoken_text import number_words, speakable


@pytest.mark.parametrize(("number", "words"), [
    (0, "nol"), (7, "tujuh"), (10, "sepuluh"), (11, "sebelas"), (17, "tujuh belas"), (20, "dua puluh"), (42, "empat puluh dua"), (100, "seratus"),
    (111, "seratus sebelas"), (205, "dua ratus lima"), (1000, "seribu"), (1945, "seribu sembilan ratus empat puluh lima"), (2026, "dua ribu dua puluh enam"),
    (11_000, "sebelas ribu"), (1_000_000, "satu juta"), (1_250_000, "satu juta dua ratus lima puluh ribu"), (10**9, "satu miliar"), (-3, "minus tiga"),
])
def test_numbers_are_words(number, words):
    assert number_words(number) == words


@pytest.mark.parametrize(("written", "spoken"), [
    ("pukul 14.30", "pukul empat belas lewat tiga puluh menit"),
    ("jam 07:00", "pukul tujuh"),
    ("pukul 08.00-15.00 WIB", "pukul delapan sampai lima belas waktu Indonesia barat"),
    ("Kec. Anyar, Kab. Serang", "Kecamatan Anyar, Kabupaten Serang"),
    ("RT 003/RW 05", "er te tiga er we lima"),
    ("RT/RW", "er te er we"),
    ("BPBD", "be pe be de"),
    ("Rp1.250.000,-", "satu juta dua ratus lima puluh ribu rupiah"),
    ("2,5 km", "dua koma lima kilometer"),
    ("1.500 m", "seribu lima ratus meter"),
    ("17/8/2026", "tujuh belas Agustus dua ribu dua puluh enam"),
    ("99/99/2026", "sembilan puluh sembilan/sembilan puluh sembilan/dua ribu dua puluh enam"),
    ("0812-3456-7890", "nol delapan satu dua tiga empat lima enam tujuh delapan sembilan nol"),
    ("ke-2", "kedua"), ("ke-1", "pertama"),
    ("lihat https://serangkab.go.id/x atau info@serangkab.go.id ya", "lihat atau ya"),
    ("a *** b ****** c", "a *** b *** c"),
    ("KTP dan KK", "ka te pe dan ka ka"),
    ("<b>awas</b>", "b awas /b"),
])
def test_what_is_written_becomes_speakable(written, spoken):
    assert speakable(written) == spoken


def test_no_digit_is_left_for_the_voice():
    assert not any(c.isdigit() for c in speakable("No. 12/2026, 3 x 4,5 m, 007, " + "9" * 40))


def test_other_languages_only_lose_addresses():
    assert speakable("See https://x.id at 14:30", "en") == "See at 14:30"


def test_speaking_takes_about_as_long_as_reading_is_said_to():
    words = "Pemerintah Kabupaten Serang mengajak semua warga bergotong royong membersihkan lingkungan pada hari Minggu pagi di desa masing masing"
    length_s = len(synthesize(words)) / 48_000
    assert len(words.split()) / 2.3 * 0.6 < length_s < len(words.split()) / 2.3 * 1.6


def test_a_pause_is_silent_for_a_second():
    both = synthesize("Satu *** dua")
    silent = np.abs(both) < 1e-4
    longest = max(len(run) for run in "".join("0" if quiet else "1" for quiet in silent[::48]).split("1"))
    assert longest >= 950


def test_nothing_to_say_is_no_voice():
    with pytest.raises(NoVoice):
        synthesize(" https://x.id ")


def test_a_voice_never_clips():
    assert 0.6 < np.abs(synthesize("Perhatian.")).max() <= 0.71
    assert np.abs(chime()).max() < 1
    assert np.abs(attention_tone()).max() <= 0.5 + 1e-6

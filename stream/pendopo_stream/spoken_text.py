"""Written Indonesian made speakable: numbers, hours, money, abbreviations. What is not for ears (addresses) is left out."""

from __future__ import annotations

import re

_ONES = ("nol", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan")
_SCALES = ((10**12, "triliun"), (10**9, "miliar"), (10**6, "juta"), (1000, "ribu"), (100, "ratus"))
_MONTHS = ("Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember")

ABBREVIATIONS = {
    "Kec.": "Kecamatan", "Kab.": "Kabupaten", "Kel.": "Kelurahan", "Ds.": "Desa", "Prov.": "Provinsi", "Kp.": "Kampung", "Jl.": "Jalan", "Jln.": "Jalan",
    "Gg.": "Gang", "No.": "Nomor", "Tgl.": "tanggal", "tgl.": "tanggal", "dll.": "dan lain-lain", "dsb.": "dan sebagainya", "dst.": "dan seterusnya",
    "a.n.": "atas nama", "d.a.": "dengan alamat", "s.d.": "sampai dengan", "s/d": "sampai dengan", "Bpk.": "Bapak", "Sdr.": "Saudara", "Hj.": "Hajah",
    "H.": "Haji", "Drs.": "doktorandus", "dr.": "dokter", "Ir.": "insinyur", "Telp.": "telepon", "HP": "ha pe",
}
_LETTERS = {
    "A": "a", "B": "be", "C": "ce", "D": "de", "E": "e", "F": "ef", "G": "ge", "H": "ha", "I": "i", "J": "je", "K": "ka", "L": "el", "M": "em",
    "N": "en", "O": "o", "P": "pe", "Q": "ki", "R": "er", "S": "es", "T": "te", "U": "u", "V": "ve", "W": "we", "X": "eks", "Y": "ye", "Z": "zet",
}
SAID_AS_WORDS = {
    "BPBD": "be pe be de", "RT": "er te", "RW": "er we", "DPRD": "de pe er de", "PPDB": "pe pe de be", "KTP": "ka te pe", "KK": "ka ka", "PDAM": "pe de a em",
    "PLN": "pe el en", "BMKG": "be em ka ge", "OPD": "o pe de", "RSUD": "er es u de", "SD": "es de", "SMP": "es em pe", "SMA": "es em a", "PBB": "pe be be",
    "BPJS": "be pe je es", "WIB": "waktu Indonesia barat", "WITA": "waktu Indonesia tengah", "WIT": "waktu Indonesia timur", "UMKM": "u em ka em",
}
_UNITS = {"km": "kilometer", "m": "meter", "cm": "sentimeter", "mm": "milimeter", "kg": "kilogram", "ha": "hektare", "%": "persen", "°C": "derajat selsius"}


def number_words(number: int) -> str:
    """`number` as Indonesian words; digits one by one beyond trillions."""
    if number < 0:
        return "minus " + number_words(-number)
    if number < 10:
        return _ONES[number]
    if number == 10:
        return "sepuluh"
    if number == 11:
        return "sebelas"
    if number < 20:
        return _ONES[number - 10] + " belas"
    if number < 100:
        return _join(_ONES[number // 10] + " puluh", number % 10)
    if number >= 10**15:
        return digits_words(str(number))
    scale, name = next((scale, name) for scale, name in _SCALES if number >= scale)
    count = number // scale
    head = f"se{name}" if count == 1 and scale <= 1000 else f"{number_words(count)} {name}"
    return _join(head, number % scale)


def _join(head: str, rest: int) -> str:
    return f"{head} {number_words(rest)}" if rest else head


def digits_words(digits: str) -> str:
    return " ".join(_ONES[int(digit)] for digit in digits)


def clock_words(hour: int, minute: int) -> str:
    """14:30 is "empat belas lewat tiga puluh menit"."""
    return number_words(hour) + (f" lewat {number_words(minute)} menit" if minute else "")


def speakable(text: str, language: str = "id") -> str:
    """`text` as it is to be spoken. Only Indonesian is spelled out; other languages lose addresses and marks."""
    text = re.sub(r"\b(?:https?://|www\.)\S+|\S+@\S+\.\S+", "", text)
    text = re.sub(r"[\x00-\x1f\x7f<>{}\[\]|\\^_`#~]+", " ", text)
    text = re.sub(r"\*{3,}", "***", text)
    if language == "id":
        text = _indonesian(text)
    return re.sub(r"\s+([.,;:!?])", r"\1", re.sub(r"\s+", " ", text)).strip()


def _indonesian(text: str) -> str:
    for short, long in ABBREVIATIONS.items():
        edge = "" if short.endswith(".") else r"(?!\w)"
        text = re.sub(rf"(?<!\w){re.escape(short)}{edge}", long + " ", text)
    text = re.sub(r"\bRT[ ./]*0*(\d{1,3})\s*/\s*(?:RW[ .]*)?0*(\d{1,3})\b", lambda m: f"er te {number_words(int(m[1]))} er we {number_words(int(m[2]))}", text)
    text = re.sub(r"\bRT\s*/\s*RW\b", "er te er we", text)
    text = re.sub(r"(?<!\w)(?:\+62|0)\d[\d -]{7,14}\d\b", lambda m: digits_words(re.sub(r"\D", "", m[0])), text)
    text = re.sub(r"(\d)\s*[-–]\s*(\d)", r"\1 sampai \2", text)
    text = re.sub(r"\b(?:pukul|jam)\s+(\d{1,2})[.:](\d{2})\b", lambda m: f"pukul {_clock(m[1], m[2])}", text, flags=re.IGNORECASE)
    text = re.sub(r"\b([01]?\d|2[0-3])[.:]([0-5]\d)(?=\s*(?:WIB|WITA|WIT|sampai\s+\d{1,2}[.:]\d\d\b))", lambda m: _clock(m[1], m[2]), text)
    text = re.sub(r"\b(\d{1,2})/(\d{1,2})/(\d{4})\b", _date, text)
    text = re.sub(r"\bRp\.?\s*(\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+|,-)?", lambda m: number_words(int(m[1].replace(".", ""))) + " rupiah", text)
    text = re.sub(r"(\d)\s*(km|cm|mm|kg|ha|m|%|°C)(?!\w)", lambda m: f"{m[1]} {_UNITS[m[2]]}", text)
    text = re.sub(r"\b\d{1,3}(?:\.\d{3})+\b", lambda m: m[0].replace(".", ""), text)
    text = re.sub(r"\b(\d+),(\d+)\b", lambda m: f"{number_words(int(m[1]))} koma {digits_words(m[2])}", text)
    text = re.sub(r"\bke-(\d+)\b", lambda m: "pertama" if m[1] == "1" else "ke" + number_words(int(m[1])), text)
    text = re.sub(r"\d+", lambda m: digits_words(m[0]) if len(m[0]) > 1 and m[0].startswith("0") else number_words(int(m[0][:30])), text)
    for short, words in SAID_AS_WORDS.items():
        text = re.sub(rf"\b{short}\b", words, text)
    return re.sub(r"\b[B-DF-HJ-NP-TV-Z]{2,5}\b", lambda m: " ".join(_LETTERS[letter] for letter in m[0]), text)


def _clock(hour: str, minute: str) -> str:
    return clock_words(int(hour), int(minute)) if int(hour) < 25 and int(minute) < 60 else f"{number_words(int(hour))} {number_words(int(minute))}"


def _date(match: re.Match[str]) -> str:
    day, month, year = (int(part) for part in match.groups())
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return match[0]
    return f"{number_words(day)} {_MONTHS[month - 1]} {number_words(year)}"

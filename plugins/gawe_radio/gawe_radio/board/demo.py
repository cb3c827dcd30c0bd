"""Demo data of the board: what waits, what is read aloud, and what was."""

from __future__ import annotations

import random
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo.identity import Account

from .models import Wish

# kind, name, text, song, minutes ago, state
WISHES = (
    ("salam", "Nengsih", "Salam untuk ibu-ibu PKK Desa Sindangsari, semoga sehat selalu.", "", 4, "menunggu"),
    ("lagu", "Ujang dari Anyer", "Untuk Bapak yang sedang melaut, pulang dengan selamat ya.", "Ladrang Anyer", 9, "menunggu"),
    ("tanya", "Warga Kramatwatu", "Kapan blangko KTP tersedia lagi di kecamatan kami?", "", 12, "menunggu"),
    ("salam", "", "Selamat ulang tahun untuk Abah di Ciruas, yang ke-70.", "", 21, "diterima"),
    ("lagu", "Mak Onah", "Salam kangen untuk cucu di Pontang.", "Ayak-ayak Serang", 55, "selesai"),
    ("salam", "Kelas 9 SMPN 2 Tirtayasa", "Semangat ujian untuk semua teman!", "", 80, "selesai"),
    ("salam", "Pak RT Cikande", "Terima kasih petugas jalan, lubang di depan pasar sudah rapi.", "", 170, "selesai"),
    ("lagu", "Dewi", "", "Ladrang Anyer", 300, "ditolak"),
)
TRACKS = {"Karawitan Pesisir – Ladrang Anyer": "music/sore/ladrang_anyer.mp3", "Sekar Tirtayasa – Ayak-ayak Serang": "music/malam/ayak_serang.mp3"}
REFUSAL = "Lagu itu baru saja diputar."


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    rng = random.Random(f"papan-{seed}")  # noqa: S311  a demo, no secret
    resident = db.scalar(select(Account.id).where(Account.handle == "warga"))
    for number, (kind, name, text, song, minutes, state) in enumerate(WISHES):
        sent = now - timedelta(minutes=minutes)
        decided = None if state == "menunggu" else sent + timedelta(minutes=2)
        db.add(Wish(
            token=f"contoh-{rng.getrandbits(48):012x}", kind=kind, account_id=resident if number in (4, 5) else None, name=name, text=text,
            track=TRACKS.get(song, ""), track_label=song, programme="Bincang Gawe" if kind == "tanya" else "", sent_at=sent, state=state, decided_at=decided,
            done_at=sent + timedelta(minutes=9) if state == "selesai" else None, reason=REFUSAL if state == "ditolak" else "",
        ))

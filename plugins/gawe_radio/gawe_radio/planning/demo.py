"""A believable plan: playlists, blocks and hours of a regency's station, a sermon in place of a programme, times of prayer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pendopo.identity import Account

from .. import programmes
from ..models import Program
from .models import Block, MediaNote, PlanChoice, Playlist, ProgramChange, Wheel

PLAYLISTS = (
    ("Gamelan pagi", "shuffle", 3, ("music/pagi/lancaran_banten.mp3", "music/pagi/ketawang_fajar.mp3")),
    ("Selawat dan qasidah", "longest_rested", 1, ("music/qasidah/selawat_pesisir.mp3", "music/qasidah/rebana_kragilan.mp3")),
    ("Kenangan pesisir", "listed", 2, (
        "music/dangdut/goyang_anyer.mp3", "music/sore/ladrang_anyer.mp3", "music/dangdut/perahu_bojonegara.mp3", "music/sore/bubaran_cikande.mp3",
    )),
    ("Angklung dan kecapi", "shuffle", 2, (
        "music/pagi/berangkat_sekolah.mp3", "music/pagi/embun_cibanten.mp3", "music/sore/panen_raya.mp3", "music/malam/bulan_karangantu.mp3",
    )),
    ("Harga pasar", "listed", 1, ("programme/harga_pasar.mp3",)),
)
BLOCKS = (
    ("Semua gamelan", {"tags": ["gamelan"]}),
    ("Malam tenang", {"tags": ["malam"], "not_tags": ["dangdut"], "longest_s": 600}),
    ("Baru masuk", {"since_days": 30}),
)
# An hour: (kind, name of the playlist or block, count, minutes)
WHEELS = (
    ("Jam biasa", (
        ("ident", "", 1, 0), ("announcements", "", 1, 0), ("block", "Semua gamelan", 1, 20), ("jingle", "", 1, 0), ("playlist", "Kenangan pesisir", 1, 15),
        ("announcements", "", 1, 0), ("ident", "", 1, 0), ("playlist", "Angklung dan kecapi", 1, 12), ("block", "Baru masuk", 1, 10),
    )),
    ("Jam pagi", (
        ("ident", "", 1, 0), ("announcements", "", 2, 0), ("playlist", "Gamelan pagi", 1, 18), ("jingle", "", 1, 0), ("playlist", "Harga pasar", 1, 0),
        ("playlist", "Selawat dan qasidah", 1, 12), ("announcements", "", 1, 0), ("playlist", "Gamelan pagi", 1, 22),
    )),
    ("Jam malam", (("ident", "", 1, 0), ("block", "Malam tenang", 1, 50), ("announcements", "", 1, 0))),
)
HOURS_OF = {
    "Subuh Berkah": "Jam pagi", "Pagi Gawe": "Jam pagi", "Akhir Pekan Ceria": "Jam pagi", "Karawitan Banten": "Jam malam", "Malam Serang": "Jam malam",
}
LISTS_OF = {"Jelang Magrib": "Selawat dan qasidah", "Lagu Kenangan": "Kenangan pesisir", "Sore Pesisir": "Angklung dan kecapi"}
RECORDED = {"Bincang Gawe": "programme/bincang_saluran.mp3"}


def fill(db: Session, *, seed: int, now: datetime, scale: float) -> None:
    playlists = {name: Playlist(name=name, order=order, weight=weight, tracks=list(tracks)) for name, order, weight, tracks in PLAYLISTS}
    blocks = {name: Block(name=name, rules=rules) for name, rules in BLOCKS}
    db.add_all([*playlists.values(), *blocks.values()])
    db.flush()
    wheels = {name: Wheel(name=name, parts=[_part(playlists, blocks, *part) for part in parts]) for name, parts in WHEELS}
    db.add_all(wheels.values())
    db.flush()
    presenter = db.scalar(select(Account.id).where(Account.handle == "penyiar"))
    for program in programmes.active_programs(db):
        program.wheel_id = wheels[HOURS_OF[program.title]].id if program.title in HOURS_OF else None
        program.playlist_id = playlists[LISTS_OF[program.title]].id if program.title in LISTS_OF else None
        program.recorded = RECORDED.get(program.title, "")
        program.presenters = [presenter] if presenter and "Rara" in program.presenter else []
    db.add(PlanChoice(name="rotation", value={"artist_min": 15, "title_min": 45, "wheel_id": wheels["Jam biasa"].id}))
    year = programmes.local_day(now).year + 1
    db.add(PlanChoice(name="prayer", value={"ramadan_from": date(year, 2, 8).isoformat(), "ramadan_until": date(year, 3, 9).isoformat()}))
    db.add(MediaNote(id="music/dangdut/goyang_anyer.mp3", title="", artist="", tags=["dangdut", "sore", "pesisir"], resting=False))
    _sermon(db, now)


def _part(playlists: dict[str, Playlist], blocks: dict[str, Block], kind: str, name: str, count: int, minutes: int) -> dict[str, Any]:
    row = {"playlist": playlists, "block": blocks}.get(kind, {}).get(name)
    return {"kind": kind, **({"ref": str(row.id)} if row else {}), **({"minutes": minutes} if minutes else {"count": count})}


def _sermon(db: Session, now: datetime) -> None:
    """This Friday's news gives way to the sermon."""
    news = db.scalar(select(Program).where(Program.title == "Warta Siang"))
    if news is None:
        return
    day = programmes.local_day(now)
    friday = day + timedelta(days=(4 - day.weekday()) % 7)
    at = datetime.combine(friday, programmes.local_time(news.start).time(), programmes.day_bounds(friday)[0].tzinfo)
    db.add(ProgramChange(
        program_id=news.id, at=at, kind="ganti", start=at, duration_s=news.duration_s, title="Khotbah Jumat dari Masjid Agung", presenter="Takmir Masjid",
        recorded="", note="Siaran langsung, kontak takmir ada di meja.",
    ))

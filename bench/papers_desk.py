"""Meja kerja with 100,000 open matters: `python papers_desk.py [count]`, in an installation that is migrated and empty.

Prints one JSON object: seconds to plant them, and for each of two officers the median milliseconds of each page.
"""

from __future__ import annotations

import json
import random
import sys
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

from papers_asked import medians

from pendopo.app import Portal
from pendopo.kit.berkas.planting import PastBerkas, PastStep, plant_berkas
from pendopo.kit.places import desa_list
from pendopo.registry import current
from pendopo.settings import Settings
from pendopo.testing.people import People

COUNT, OFFICES, OFFICERS, CITIZENS, AT_ONCE = 100_000, 25, 40, 200, 5000
WHAT = "Jalan berlubang|Lampu padam|Sampah menumpuk|Permohonan kartu|Izin usaha|Bantuan modal|Perbaikan drainase|Keringanan pajak|Jembatan rusak|Pohon tumbang"
WHERE = "pasar|sekolah|masjid|balai desa|terminal|puskesmas|jembatan|perempatan|lapangan|kantor kecamatan"
PAGES = ("", "?halaman=40", "?tenggat=lewat", "?tenggat=dekat", "?milik=belum", "?milik=saya", "?urut=terbaru", "?kecamatan=36.04.05")
SEARCHES = ("/kerja/meja/?q=drainase", "/kerja/meja/?q=BNC-2026-0000", "/kerja/meja/?q=tidak+ada+yang+begini", "/kerja/meja/?q=jembatan+77", "/cari?q=drainase")


def plant(portal: Portal, count: int) -> dict[str, int]:
    """`count` open matters of every kind in 25 offices; the accounts of who works everywhere and of who works in one office."""
    chance, now = random.Random(4), datetime.now(UTC)
    people = People(portal)
    kinds = list(current().berkas_kinds.values())
    permissions = sorted({permission for kind in kinds for permission in kind.staff_permissions})
    offices = [people.opd(f"bench{n}", f"Dinas Contoh {n}") for n in range(OFFICES)]
    officers = [people.officer(*permissions, opd=f"bench{n % OFFICES}", name=f"Petugas {n}").account_id for n in range(OFFICERS)]
    citizens = [people.resident(f"Warga {n}").account_id for n in range(CITIZENS)]
    places = [place.code for place in desa_list()]

    def one(kind: Any) -> PastBerkas:
        opened = now - timedelta(minutes=chance.randrange(200 * 1440))
        due = opened + timedelta(days=chance.randrange(10, 260))
        state = chance.choice([state.slug for state in kind.states if state.open])
        return PastBerkas(
            "BNC", f"{chance.choice(WHAT.split('|'))} dekat {chance.choice(WHERE.split('|'))} nomor {chance.randrange(1000)}", [PastStep(opened, state)],
            applicant_id=chance.choice(citizens), opd_id=chance.choice([*offices, None]), officer_id=chance.choice([*officers, *[None] * OFFICERS]),
            desa_code=chance.choice(places), clock=chance.choice(["run", "run", "run", "run", "pause"]), due_at=due, warn_at=due - timedelta(days=3),
            escalation=2 if due <= now else 1 if due - timedelta(days=3) <= now else 0,
        )

    for begun in range(0, count, AT_ONCE):
        with portal.db.session() as db:
            for number, kind in enumerate(kinds):
                share = min(AT_ONCE, count - begun)
                plant_berkas(db, kind, [one(kind) for _ in range(share // len(kinds) + (number < share % len(kinds)))])
    analyze(portal)
    return {"everywhere": people.officer(*permissions, opd="bench0", name="Semua", scope="regency").account_id, "one office": officers[0]}


def analyze(portal: Portal) -> None:
    """As PostgreSQL's autovacuum does by itself after so many new rows; its VACUUM lets indexes answer alone."""
    with portal.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if portal.db.is_sqlite else "VACUUM ANALYZE")


def main() -> None:
    portal = Portal(Settings())
    portal.load_switches()
    began = perf_counter()
    who = plant(portal, int(sys.argv[1]) if sys.argv[1:] else COUNT)
    planted_s = perf_counter() - began
    found = {name: medians(portal, account_id, [*(f"/kerja/meja/{page}" for page in PAGES), *SEARCHES]) for name, account_id in who.items()}
    print(json.dumps({"planted_s": planted_s, "found": found}))
    portal.db.dispose()


if __name__ == "__main__":
    main()

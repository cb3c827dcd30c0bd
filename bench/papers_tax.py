"""PBB-P2 data of 100,000 objects: `python papers_tax.py [count]`, in an installation that is migrated and empty.

Prints one JSON object: rows a second of the import as an officer starts it (every row checked, in parts, each its own
transaction), and the median milliseconds of pages of the collective list.
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from time import perf_counter

from papers_asked import medians
from papers_desk import analyze

from gawe_pajak.jobs import keep_file, run_import
from gawe_pajak.models import Impor
from gawe_pajak.nop import nop_prefix
from pendopo.app import Portal
from pendopo.kit.places import desa_list
from pendopo.settings import Settings
from pendopo.testing.people import People

COUNT, A_BLOCK = 100_000, 9000
HEADER = "nop,tahun,nama,alamat_wp,alamat_objek,luas_bumi,njop_bumi_m2,luas_bangunan,njop_bangunan_m2,pokok,njoptkp,status"
FIRST = "/kerja/pajak/"


def lines(count: int, year: int) -> Iterator[str]:
    chance, places = random.Random(4), [prefix for place in desa_list() if (prefix := nop_prefix(place.code))]
    for n in range(count):
        place, number = places[n % len(places)], n // len(places)
        owner = chance.randrange(count * 3 // 4)
        nop = f"{place}{number // A_BLOCK + 1:03d}{number % A_BLOCK + 1:04d}0"
        paid = "lunas" if chance.random() < 0.6 else ""
        yield f"{nop},{year},Wajib Pajak {owner},Kp. Contoh {owner % 900},Jl. Contoh {n},{chance.randrange(60, 900)},300000,60,1200000,97600,10000000,{paid}"


def main() -> None:
    portal = Portal(Settings())
    portal.load_switches()
    now, count = datetime.now(UTC), int(sys.argv[1]) if sys.argv[1:] else COUNT
    officer = People(portal).officer("pajak.read", "pajak.import", opd="bapenda", scope="regency")
    with portal.db.session() as db:
        impor = Impor(nama="bench.csv", at=now, by=officer.account_id)
        db.add(impor)
        db.flush()
        impor_id = impor.id
    keep_file(portal, impor_id, "\n".join([HEADER, *lines(count, now.year)]).encode())
    began = perf_counter()
    run_import(portal, now, impor_id)
    took = perf_counter() - began
    with portal.db.session(write=False) as db:
        impor = db.get_one(Impor, impor_id)
        if impor.diterima != count:
            raise RuntimeError(f"{impor.diterima} of {count} rows were taken")
    analyze(portal)
    place = desa_list()[0]
    pages = medians(portal, officer.account_id, [FIRST, f"{FIRST}?kecamatan={place.parent}", f"{FIRST}?kecamatan={place.parent}&desa={place.code}"])
    print(json.dumps({"rows_s": count / took, "pages": pages}))
    portal.db.dispose()


if __name__ == "__main__":
    main()

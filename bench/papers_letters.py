"""How many letters are numbered, drawn, signed and stored in a second, on one core: `python papers_letters.py [letters]`.

Each letter has a transaction of its own, as when an officer issues it: number, PDF/A by typst with its QR code, PAdES
signature by the test authority, file synced to disk, rows, facts, inbox. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

LETTERS = 100
LETTER = """#import "@pendopo/paper:1.0.0": *
#show: letter
#titled()
#facts(([Nama], data.nama), ([Tempat, tanggal lahir], data.lahir), ([Alamat], data.alamat), ([Keperluan], data.keperluan))
Yang bertanda tangan di bawah ini menerangkan bahwa orang tersebut di atas benar berdomisili di wilayah kami, dan surat ini
dibuat untuk dipergunakan sebagaimana mestinya. Surat ini berlaku sampai #doc.valid_until.
#signatures(place: "Serang")
"""


def office(portal: Any) -> tuple[int, int, int]:
    """`(OPD, position that signs, citizen)`."""
    from pendopo.identity import Account, Jabatan, Opd, Penugasan

    with portal.db.session() as db:
        opd = Opd(code="dinas", name="Dinas Kependudukan dan Pencatatan Sipil", short_name="Disdukcapil", kind="dinas")
        head = Account(kind="pegawai", name="Dra. Ratna Contoh, M.Si.", nip="199001012015032001", created_at=datetime.now(UTC))
        citizen = Account(kind="warga", name="Siti Contoh", created_at=datetime.now(UTC))
        db.add_all([opd, head, citizen])
        db.flush()
        chair = Jabatan(opd_id=opd.id, name="Kepala Dinas Kependudukan dan Pencatatan Sipil", roles=[])
        db.add(chair)
        db.flush()
        db.add(Penugasan(account_id=head.id, jabatan_id=chair.id, starts_on=date(2020, 1, 1)))
        return opd.id, chair.id, citizen.id


def measure(letters: int = LETTERS) -> dict[str, float]:
    """`letters_s`: a second, all in all; `cpu_ms`: of this process for each; `bytes`: of each file; `rss_mib` at the end."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    from pendopo import migrate
    from pendopo.app import Portal
    from pendopo.identity import as_system
    from pendopo.kit.documents import DocumentKind, document_bytes, issue
    from pendopo.registry import current
    from pendopo.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "letter.typ").write_text(LETTER)
        portal = Portal(Settings(home=home, database_url=f"sqlite:///{home / 'bench.db'}", secret_key="bench", public_url="https://gawe.serangkab.go.id"))
        migrate.migrate_all(portal.db.engine, portal.host)
        kind = DocumentKind("surat", "bench", "Surat keterangan domisili", "letter.typ", "400/{seq:05}/{opd}/{year}", signed=True, package=home)
        current().document_kinds[kind.owner] = kind
        opd_id, chair, citizen = office(portal)

        def one(n: int) -> None:
            data = {"nama": f"Warga Contoh {n}", "lahir": f"Serang, {n % 28 + 1} Mei 1990", "alamat": f"Kampung Contoh RT {n % 9:03}", "keperluan": "bank"}
            until = date(2027, 1, 1)
            with portal.db.session() as db:
                issue(db, as_system("bench"), kind, data=data, now=datetime.now(UTC), opd_id=opd_id, holder_id=citizen, signer=chair, valid_until=until)

        for n in range(5):
            one(n)
        start, cpu = perf_counter(), process_time()
        for n in range(letters):
            one(n)
        took, used = perf_counter() - start, process_time() - cpu
        with portal.db.session(write=False) as db:
            from pendopo.kit.documents import documents_of

            papers = documents_of(db, holder_id=citizen)
            size = len(document_bytes(db, papers[0]))
            gapless = sorted(int(paper.number.split("/")[1]) for paper in papers) == list(range(1, letters + 6))
        portal.db.dispose()
    if not gapless:
        raise RuntimeError("the numbers have gaps")
    return {
        "letters_s": letters / took, "cpu_ms": used / letters * 1000, "bytes": size, "rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(measure(*map(int, sys.argv[1:2]))))

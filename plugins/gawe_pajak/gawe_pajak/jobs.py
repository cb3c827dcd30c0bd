"""Work in the background: imports by parts, letters one by one, a year's assessments, and reminders."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from pendopo import live
from pendopo.kit.dates import regency_day
from pendopo.notifications import notify

from .business import businesses_of, previous_month, working_days_after
from .declaring import missing_months
from .importing import CHUNK, checked, decode, open_table, parts, rules_for, take_part
from .models import SPPT, Impor, Simpanan, Usaha, WajibPajak
from .nop import show_nop
from .taxes import DECLARED

WARN_DAYS = (7, 1)


def file_of(portal: Any, impor_id: int) -> Path:
    """Where the file of an import waits until it is read to its end."""
    return Path(portal.settings.home) / "pajak-impor" / f"{impor_id}.csv"


def keep_file(portal: Any, impor_id: int, data: bytes) -> None:
    path = file_of(portal, impor_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def run_import(portal: Any, now: datetime, impor_id: int) -> None:
    """Read a file to its end, a part at a time; one that was cut off goes on where it stopped."""
    path, started = file_of(portal, impor_id), time.monotonic()
    if not path.exists():
        return
    with portal.db.session(write=False) as db:
        impor = db.get_one(Impor, impor_id)
        skip, by, started = impor.dibaca, impor.by, started - impor.milidetik / 1000
        rules = rules_for(db, now)
    header, rows = open_table(decode(path.read_bytes()))
    for part in parts(checked(header, rows, rules, skip=skip), CHUNK):
        with portal.db.session() as db:
            take_part(db, impor_id, part, rules, now=now, started=started)
            live.publish(db, f"public:pajak-impor-{impor_id}")
    with portal.db.session() as db:
        impor = db.get_one(Impor, impor_id)
        impor.selesai = True
        live.publish(db, f"public:pajak-impor-{impor_id}")
        if by is not None:
            context = {"nama": impor.nama, "diterima": impor.diterima, "ditolak": impor.ditolak}
            notify(
                db,
                topic="pajak.impor",
                to=[by],
                template="gawe_pajak/notify/impor",
                context=context,
                url=f"/kerja/pajak/impor/{impor_id}",
                key=f"impor:{impor_id}",
            )
    path.unlink(missing_ok=True)


def resume_imports(portal: Any, now: datetime) -> None:
    """Imports that a dying process left behind."""
    with portal.db.session(write=False) as db:
        waiting = list(db.scalars(select(Impor.id).where(Impor.selesai.is_(False), Impor.at < now - timedelta(minutes=15)).order_by(Impor.id)))
    for impor_id in waiting:
        run_import(portal, now, impor_id)


def run_letters(portal: Any, now: datetime, jenis: str, by: int, asal: str, *row_ids: int) -> None:
    """Each letter in a transaction of its own: those that are made stay made."""
    from .letters import send

    for row_id in row_ids:
        with portal.db.session() as db:
            send(db, jenis, row_id, asal=asal, by=by, now=now)


def run_publish(portal: Any, now: datetime, year: int, by: int) -> None:
    """The SPPT of a year, a part of the objects in each transaction."""
    from .assess import publish_part, publishing

    with portal.db.session(write=False) as db:
        plan = publishing(db, year, now=now)
    while True:
        with portal.db.session() as db:
            if not publish_part(db, plan, by=by):
                return


def remind(portal: Any, now: datetime) -> None:
    """A week and a day before: SPTPD of last month, and PBB of one's own objects."""
    with portal.db.session() as db:
        today = regency_day(now)
        _remind_businesses(db, today)
        _remind_owners(db, today)


def _remind_businesses(db: Any, today: Any) -> None:
    masa = previous_month(today)
    due = working_days_after(db, masa, "lapor_hk")
    if due is None or (due - today).days not in WARN_DAYS:
        return
    owners = (
        select(WajibPajak.account_id)
        .join(Usaha, Usaha.wp_id == WajibPajak.id)
        .where(Usaha.aktif, Usaha.jenis.in_(DECLARED), WajibPajak.account_id.is_not(None))
    )
    for account_id in db.scalars(owners.distinct()):
        names = [u.nama for u in businesses_of(db, account_id) if u.jenis in DECLARED and masa in missing_months(db, u, today)]
        if names:
            context = {"usaha": ", ".join(names), "masa": f"{masa:%m/%Y}", "batas": due}
            notify(
                db,
                topic="pajak.sptpd",
                to=[account_id],
                template="gawe_pajak/notify/sptpd",
                context=context,
                url="/pajak/usaha",
                key=f"sptpd:{masa}:{due - today}",
            )


def _remind_owners(db: Any, today: Any) -> None:
    days = [today + timedelta(days=n) for n in WARN_DAYS]
    owed = (SPPT.status == "belum", SPPT.berlaku, SPPT.jatuh_tempo.in_(days))
    kept = select(Simpanan.account_id, SPPT.nop, SPPT.tahun, SPPT.jatuh_tempo).join(SPPT, SPPT.nop == Simpanan.nop).where(*owed)
    mine = select(WajibPajak.account_id, SPPT.nop, SPPT.tahun, SPPT.jatuh_tempo).join(SPPT, SPPT.wp_id == WajibPajak.id)
    for account_id, nop, year, due in db.execute(kept.union(mine.where(WajibPajak.account_id.is_not(None), *owed))):
        context = {"nop": show_nop(nop), "tahun": year, "batas": due}
        notify(
            db,
            topic="pajak.tempo",
            to=[account_id],
            template="gawe_pajak/notify/tempo",
            context=context,
            url="/pajak/objek",
            key=f"pbb:{nop}:{year}:{due - today}",
        )


__all__ = ["file_of", "keep_file", "remind", "resume_imports", "run_import", "run_letters", "run_publish"]

"""Invented employers with vacancies, applications for work, and placements."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pendopo.kit.places import desa_list

from . import demo_words, listing, placing, rules, seekers
from .employers import as_offer
from .matching import match
from .models import Kartu, Lamaran, Lowongan, PemberiKerja, Pencari, Penempatan


def add_work(db: Session, dice: random.Random, cast: Any, now: datetime, today: date) -> None:
    companies = _companies(db, dice, cast, now)
    vacancies = _vacancies(db, dice, cast, companies, now, today)
    _applications(db, dice, cast, vacancies, now, today)
    _placements(db, dice, companies, now, today)


def _companies(db: Session, dice: random.Random, cast: Any, now: datetime) -> list[PemberiKerja]:
    """NIB that begin with 000 belong to nobody. The last workshop is that of `warga`'s family."""
    rows = []
    for n, (name, line, kecamatan) in enumerate(demo_words.COMPANIES):
        owner = cast.handles.get("warga") if name.startswith("Bengkel") else cast.citizens[(n + 7) % len(cast.citizens)]
        desa = dice.choice(desa_list(kecamatan))
        status = "menunggu" if n in (18, 19) else "terverifikasi"
        rows.append(
            PemberiKerja(
                account_id=owner.id if owner else None,
                nib=f"000{n + 1:010}",
                nama=name,
                bidang=line,
                alamat=f"Jalan Raya {desa.name} km {dice.randint(1, 12)}",
                desa_code=desa.code,
                kontak=owner.name if owner else "",
                hp=(owner.phone or "") if owner else "",
                email="",
                status=status,
                alasan="",
                created_at=now - timedelta(days=dice.randint(20, 500)) if status != "menunggu" else now - timedelta(hours=dice.randint(2, 30)),
            )
        )
    db.add_all(rows)
    db.flush()
    return rows


def _vacancies(db: Session, dice: random.Random, cast: Any, companies: list[PemberiKerja], now: datetime, today: date) -> list[Lowongan]:
    verified = [row for row in companies if row.is_verified]
    rows = []
    for n in range(64):
        title, code, level, majors, low, high, contract = demo_words.VACANCIES[n % len(demo_words.VACANCIES)]
        names = demo_words.OFFERED_BY.get(code, ("",))
        company = dice.choice([row for row in verified if any(name in row.nama for name in names)] or verified)
        age = n * 6 + dice.randint(0, 5)
        status = "menunggu" if n in (30, 31, 32) else "terbit" if n < 30 else "ditutup"
        abroad = "Jepang" in title
        published = None if status == "menunggu" else now - timedelta(days=age if n >= 30 else n % 24, hours=dice.randint(1, 9))
        women = n % 9 == 4
        rows.append(
            Lowongan(
                pemberi_id=company.id,
                kbji=code,
                judul=title,
                uraian=demo_words.TASKS,
                jumlah_l=0,
                jumlah_p=dice.randint(2, 10) if women else 0,
                jumlah=0 if women else dice.randint(1, 12),
                jenjang=level,
                jurusan=[part.strip() for part in majors.split(";") if part.strip()],
                keterampilan=list(demo_words.SKILLS.get(code, ()))[:1],
                pengalaman_bulan=dice.choice((0, 0, 6, 12)),
                lokasi="akan" if abroad else "kabupaten",
                tempat="Nagoya, Jepang" if abroad else company.alamat,
                desa_code=None if abroad else company.desa_code,
                kecamatan_code=None if abroad or not company.desa_code else company.desa_code[:8],
                hubungan=contract,
                upah_min=low * 1000,
                upah_maks=high * 1000,
                di_bawah_umk="",
                ramah_disabilitas=n % 7 == 2,
                penutupan=today + timedelta(days=dice.randint(4, 50)) if status != "ditutup" else today - timedelta(days=max(1, age - 40)),
                status=status,
                alasan="",
                created_at=published - timedelta(days=1) if published else now - timedelta(hours=dice.randint(1, 20)),
                published_at=published,
            )
        )
    db.add_all(rows)
    db.flush()
    return rows


def _applications(db: Session, dice: random.Random, cast: Any, vacancies: list[Lowongan], now: datetime, today: date) -> None:
    """Who fits applies; some were called, some refused. `warga` has a few of each."""
    usable = (
        db.scalars(
            select(Pencari)
            .join(Kartu, Kartu.live_of == Pencari.id)
            .where(listing.where_usable(today, 30))
            .options(*seekers.with_profile())
            .order_by(Pencari.account_id.is_(None), Pencari.account_id, Pencari.id)
            .limit(260)
        )
        .unique()
        .all()
    )
    warga = cast.handles["warga"].id if "warga" in cast.handles else 0
    rows, wanted = [], {"dikirim": 60, "dipanggil": 14, "ditolak": 20, "ditarik": 6}
    opened = [row for row in vacancies if row.published_at]
    for seeker in usable:
        person = seekers.as_person(seeker, today)
        near = [row for row in opened if row.status == "terbit" or seeker.account_id != warga]
        fits = sorted(((match(person, as_offer(row)), row) for row in near), key=lambda pair: -pair[0].score)
        for fit, row in [pair for pair in fits if pair[0].possible][: 3 if seeker.account_id == warga else dice.choice((0, 1, 1, 2))]:
            status = dice.choices(tuple(wanted), tuple(wanted.values()))[0]
            if row.status != "terbit" and status in placing.WAITING:
                status = "ditolak"  # what is over was answered
            begin = max(row.published_at, now - timedelta(days=60))
            at = begin + (now - begin) * dice.random() if row.status == "terbit" else row.published_at + timedelta(days=2)
            rows.append(
                {
                    "lowongan_id": row.id,
                    "pencari_id": seeker.id,
                    "status": status,
                    "surat": dice.choice(demo_words.LETTERS),
                    "skor": fit.score,
                    "pesan": "Datang Senin pukul 09.00, bawa kartu dan ijazah." if status == "dipanggil" else "",
                    "at": at,
                    "decided_at": None if status == "dikirim" else min(at + timedelta(days=2), now),
                }
            )
    if rows:
        db.execute(insert(Lamaran), rows)


def _placements(db: Session, dice: random.Random, companies: list[PemberiKerja], now: datetime, today: date) -> None:
    """Those whose card says that they work found it somewhere."""
    working = db.scalars(select(Kartu).where(Kartu.situation.in_(rules.WORKING), Kartu.revoked_at.is_(None)).order_by(Kartu.id)).unique().all()
    verified = [row for row in companies if row.is_verified]
    rows = []
    for card in working:
        company = dice.choice(verified) if dice.random() < 0.55 else None
        start = min(today, card.issued_on + timedelta(days=dice.randint(20, 170)))
        rows.append(
            {
                "pencari_id": card.pencari_id,
                "kartu_id": card.id,
                "lamaran_id": None,
                "pemberi_id": company.id if company else None,
                "perusahaan": company.nama if company else "Perusahaan di luar kabupaten",
                "kbji": dice.choice(("9329", "7212", "8153", "5223", "8344", "4110", "8156")),
                "mulai": start,
                "upah": dice.choice((None, 4_860_000, 5_000_000, 5_200_000)),
                "lokasi": "kabupaten" if company else dice.choice(("akl", "akad")),
                "sumber": dice.choice(("pemberi", "petugas")) if company else "pencari",
                "at": now - (today - start),
                "oleh": None,
            }
        )
    if rows:
        db.execute(insert(Penempatan), rows)

"""Taxes beside PBB and BPHTB: how a monthly base is computed, billboards, groundwater, and assessments by the office."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound
from pendopo.db import next_number
from pendopo.identity import Actor, record
from pendopo.kit.calendar import CalendarNotLoaded, calendar_for
from pendopo.kit.dates import regency_day

from . import rules
from .models import SPTPD, Buku, Ketetapan, Opsen, Reklame, Usaha, WajibPajak
from .options import option
from .paper import issue_assessment
from .paying import BillClosed, bill_of, interest_on, withdraw
from .rules import Calculation, Rate
from .tariffs import rates_on
from .taxes import NIGHT_FLOOR

ASSESS = "pajak.assess"


def month_end(masa: date) -> date:
    return (masa.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def previous_month(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def working_days_after(db: Session, masa: date, setting: str) -> date | None:
    """The last day to pay or report a month; None while the calendar of that year is not loaded."""
    try:
        return calendar_for(db).add_days(month_end(masa), int(option(db, setting, month_end(masa))))
    except CalendarNotLoaded:
        return None


def computed(db: Session, jenis: str, kelas: str, base: int, on: date) -> Calculation:
    """The tax of a monthly base by the tariffs of a day. `total` is what is paid; for PAT the base is cubic metres."""
    table, to = rates_on(db, on), int(option(db, "pembulatan", on))
    rate = table.rate(jenis, kelas, base)
    if jenis == "mblb":
        return rules.mblb(base, rate, table.rate("opsen_mblb"), to)
    if jenis == "walet":
        return rules.walet(base, rate, to)
    if jenis == "pat":
        factors = option(db, "air_faktor", on)
        return rules.groundwater(base, int(option(db, "air_harga", on)), str(factors.get(kelas, "1")), rate, to)
    if jenis == "pbjt_khusus" and rate.percent < NIGHT_FLOOR:
        rate = Rate(NIGHT_FLOOR, rate.source, rate.example)
    return rules.pbjt(base, rate, to)


# -------------------------------------------------------------------------------------------------------- declarations


def get_business(db: Session, actor: Actor, usaha_id: int) -> Usaha:
    """A business for its owner, or for staff who read taxes. Raises NotFound for anybody else: whose it is, is confidential."""
    row = db.get(Usaha, usaha_id)
    own = row is not None and row.wp.account_id is not None and row.wp.account_id == actor.citizen_id
    if row is None or not (own or (actor.is_staff and actor.can("pajak.read"))):
        raise NotFound()
    return row


def businesses_of(db: Session, account_id: int | None) -> list[Usaha]:
    if account_id is None:
        return []
    return list(db.scalars(select(Usaha).join(Usaha.wp).where(WajibPajak.account_id == account_id, Usaha.aktif).order_by(Usaha.nama)))


# --------------------------------------------------------------------------------------------------------- assessments


def next_letter(db: Session, surat: str, now: datetime) -> str:
    year = calendar_for(db).local(now).year
    return f"973/{next_number(db, Buku, surat=surat, tahun=year):05d}/{surat}/{year}"


def assess(
    db: Session,
    actor: Actor,
    *,
    surat: str,
    jenis: str,
    kunci: str,
    wp_id: int,
    uraian: str,
    masa: date,
    found: Calculation,
    interest: int = 0,
    desa_code: str | None = None,
    replaces: Ketetapan | None = None,
    follows: Ketetapan | None = None,
    reason: str = "",
    now: datetime,
) -> Ketetapan:
    """Issue an assessment, once for each `kunci`; with a bill when there is something to pay. Raises Conflict for a second one.

    It `replaces` another one, or `follows` a paid one that stays in force.
    """
    actor.require(ASSESS)
    if db.scalar(select(Ketetapan.id).where(Ketetapan.kunci == kunci)) is not None:
        raise Conflict(N_("Ketetapan untuk masa ini sudah terbit."))
    today, total, before = regency_day(now), found.total + interest, replaces or follows
    surat = surat if total or surat == "SKPDLB" else "SKPDN"
    row = Ketetapan(
        surat=surat,
        jenis=jenis,
        kunci=kunci,
        nomor=next_letter(db, surat, now),
        wp_id=wp_id,
        uraian=uraian[:200],
        desa_code=desa_code,
        masa=masa,
        pokok=found.total,
        bunga=interest,
        total=total,
        hitungan=found.as_data(),
        terbit_at=now,
        set_by=actor.account_id,
        jatuh_tempo=today + timedelta(days=int(option(db, "skpd_hari", today))),
        status="belum" if total else "nihil",
        ganti_id=before.id if before else None,
        sebab=reason[:200],
    )
    db.add(row)
    db.flush()
    record(db, actor, "pajak.assessed", f"ketetapan:{row.id}", {"nomor": row.nomor, "total": total})
    if total:
        row.bill_id = bill_of(db, row, now=now, tell_payer=True).id
    issue_assessment(db, actor, row, replaces=replaces, now=now)
    return row


def find_shortfall(db: Session, actor: Actor, sptpd: SPTPD, base: int, *, now: datetime) -> list[Ketetapan]:
    """An examination found a higher base: SKPDKB over what is missing, with interest since the month was due; opsen apart."""
    usaha = sptpd.usaha
    whole = computed(db, usaha.jenis, usaha.kelas, base, month_end(sptpd.masa))
    parts = [("kb", usaha.jenis, whole.tax, sptpd.pajak), ("kb-opsen", "opsen_mblb", whole.opsen, sptpd.opsen)]
    missing = [(key, jenis, found - told, found, told) for key, jenis, found, told in parts if found > told]
    if not missing:
        raise InvalidInput(N_("Dasar ini tidak lebih besar daripada yang dilaporkan."), field="dasar")
    return [
        assess(
            db, actor, surat="SKPDKB", jenis=jenis, kunci=f"{key}:{sptpd.berkas_id}", wp_id=usaha.wp_id, uraian=f"{usaha.nama}, {sptpd.masa:%m/%Y}",
            masa=sptpd.masa, found=_shortfall_steps(whole, found, told), desa_code=usaha.desa_code, now=now,
            interest=interest_on(db, less, sptpd.batas_bayar, regency_day(now)),
        )
        for key, jenis, less, found, told in missing
    ]  # fmt: skip


def _shortfall_steps(whole: Calculation, found: int, told: int) -> Calculation:
    steps = (
        *whole.steps,
        rules.Step(N_("Sudah dilaporkan"), f"− {rules.rp(told)}", told),
        rules.Step(N_("Kurang bayar"), f"{rules.rp(found)} − {rules.rp(told)}", found - told),
    )
    return Calculation(steps, found - told)


def assess_undeclared(db: Session, actor: Actor, usaha: Usaha, masa: date, base: int, reason: str, *, now: datetime) -> list[Ketetapan]:
    """SKPDKB by the office (secara jabatan) for a month that was not declared, with interest since it was due; opsen apart."""
    actor.require(ASSESS)
    masa = masa.replace(day=1)
    if db.scalar(select(SPTPD.berkas_id).where(SPTPD.usaha_id == usaha.id, SPTPD.masa == masa).limit(1)) is not None:
        raise Conflict(N_("Masa ini sudah dilaporkan; periksa SPTPD-nya."))
    whole = computed(db, usaha.jenis, usaha.kelas, base, month_end(masa))
    parts = [("jabatan", usaha.jenis, whole.tax), ("jabatan-opsen", "opsen_mblb", whole.opsen)]
    return [
        assess(
            db, actor, surat="SKPDKB", jenis=jenis, kunci=f"{key}:{usaha.id}:{masa}", wp_id=usaha.wp_id, uraian=f"{usaha.nama}, {masa:%m/%Y}", masa=masa,
            found=Calculation(whole.steps, amount), desa_code=usaha.desa_code, reason=reason, now=now,
            interest=interest_on(db, amount, working_days_after(db, masa, "bayar_hk"), regency_day(now)),
        )
        for key, jenis, amount in parts if amount or key == "jabatan"
    ]  # fmt: skip


def assess_water(db: Session, actor: Actor, usaha_id: int, masa: date, volume_m3: int, *, now: datetime) -> Ketetapan:
    """PAT of a month from the meter."""
    usaha = get_business(db, actor, usaha_id)
    if usaha.jenis != "pat":
        raise InvalidInput(N_("Usaha ini bukan pemakai air tanah."))
    masa = masa.replace(day=1)
    found = computed(db, "pat", usaha.kelas, volume_m3, month_end(masa))
    uraian = f"{usaha.nama}, {masa:%m/%Y}"
    return assess(
        db,
        actor,
        surat="SKPD",
        jenis="pat",
        kunci=f"pat:{usaha.id}:{masa}",
        wp_id=usaha.wp_id,
        uraian=uraian,
        masa=masa,
        found=found,
        desa_code=usaha.desa_code,
        now=now,
    )


def billboard_tax(db: Session, *, lebar_cm: int, tinggi_cm: int, sisi: int, lokasi: str, dari: date, sampai: date) -> Calculation:
    values = option(db, "nilai_sewa_reklame", dari)
    if lokasi not in values:
        raise InvalidInput(N_("Pilih kelas lokasi dari daftar."), field="lokasi_kelas")
    if sampai < dari:
        raise InvalidInput(N_("Hari terakhir sebelum hari pertama."), field="sampai")
    days = (sampai - dari).days + 1
    nsr = rules.rental_value(lebar_cm, tinggi_cm, sisi, days, int(values[lokasi]))
    size = f"{rules.number(rules.Fraction(lebar_cm, 100))} m × {rules.number(rules.Fraction(tinggi_cm, 100))} m"
    how = f"{size} × {sisi} × {days} × {rules.rp(int(values[lokasi]))}"
    return rules.reklame(nsr, rates_on(db, dari).rate("reklame"), how, int(option(db, "pembulatan", dari)))


def assess_billboard(db: Session, actor: Actor, reklame: Reklame, *, now: datetime) -> Ketetapan:
    found = billboard_tax(
        db, lebar_cm=reklame.lebar_cm, tinggi_cm=reklame.tinggi_cm, sisi=reklame.sisi, lokasi=reklame.lokasi_kelas, dari=reklame.dari, sampai=reklame.sampai
    )
    return assess(
        db,
        actor,
        surat="SKPD",
        jenis="reklame",
        kunci=f"reklame:{reklame.id}:{reklame.dari}",
        wp_id=reklame.wp_id,
        uraian=f"{reklame.jenis}: {reklame.naskah}",
        masa=reklame.dari,
        found=found,
        desa_code=reklame.desa_code,
        now=now,
    )


def add_billboard(db: Session, actor: Actor, wp: WajibPajak, values: dict[str, Any], *, now: datetime) -> Ketetapan:
    """Enter a billboard and assess it for the time that it is shown."""
    actor.require(ASSESS)
    row = Reklame(wp_id=wp.id, **values)
    db.add(row)
    db.flush()
    return assess_billboard(db, actor, row, now=now)


def recomputed(db: Session, row: Ketetapan, base: int) -> Calculation:
    """What an assessment would be from another base, by the tariffs of its own month. Raises Conflict where it follows another tax."""
    if row.jenis in ("pbb", "bphtb", "opsen_mblb") or row.surat in ("SKPDKB", "SKPDLB"):
        raise Conflict(N_("Ketetapan ini mengikuti pajak pokoknya; betulkan di sana."))
    if row.jenis == "reklame":
        return rules.reklame(base, rates_on(db, row.masa).rate("reklame"), to=int(option(db, "pembulatan", row.masa)))
    usaha = db.get(Usaha, int(row.kunci.split(":")[1].partition("#")[0])) if row.kunci.startswith("pat:") else None
    return computed(db, row.jenis, usaha.kelas if usaha else "umum", base, month_end(row.masa))


def replace_unpaid(db: Session, actor: Actor, row: Ketetapan, found: Calculation, reason: str, *, now: datetime) -> Ketetapan:
    """A new assessment in place of an unpaid one: one statement decides who of two officers makes it."""
    taking = update(Ketetapan).where(Ketetapan.id == row.id, Ketetapan.status.in_(("belum", "nihil"))).values(status="diganti").returning(Ketetapan.id)
    if db.scalar(taking.execution_options(synchronize_session=False)) is None:
        raise Conflict(N_("Ketetapan ini baru saja dibayar atau diganti petugas lain. Muat ulang halaman."))
    db.refresh(row)
    try:
        withdraw(db, f"skpd_{row.jenis}", row.id, now=now)
    except BillClosed as error:
        raise Conflict(N_("Ketetapan ini baru saja dibayar atau diganti petugas lain. Muat ulang halaman.")) from error
    return assess(
        db, actor, surat=row.surat if row.surat != "SKPDN" else "SKPD", jenis=row.jenis, kunci=f"{row.kunci.partition('#')[0]}#{row.id}", wp_id=row.wp_id,
        uraian=row.uraian, masa=row.masa, found=found, desa_code=row.desa_code, replaces=row, reason=reason, now=now,
    )  # fmt: skip


def note_opsen(db: Session, actor: Actor, jenis: str, masa: date, kendaraan: int, pokok: int) -> Opsen:
    """What Samsat collected in a month, as the province reports it; a later report of the same month replaces it."""
    actor.require(ASSESS)
    masa = masa.replace(day=1)
    share = rules.percent_of(pokok, rates_on(db, month_end(masa)).rate(jenis).percent)
    row = db.merge(Opsen(jenis=jenis, masa=masa, kendaraan=kendaraan, pokok=pokok, opsen=share))
    db.flush()
    record(db, actor, "pajak.opsen", f"{jenis}:{masa}", {"pokok": pokok, "opsen": share})
    return row

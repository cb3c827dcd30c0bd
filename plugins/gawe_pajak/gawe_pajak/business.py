"""Taxes beside PBB and BPHTB: monthly declarations (SPTPD), billboards, groundwater, and assessments by the office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from pendopo import N_, Conflict, InvalidInput, NotFound, PermissionRefused
from pendopo.db import next_number
from pendopo.identity import Actor, find_opd, record
from pendopo.kit import attachments as files
from pendopo.kit.berkas import move_berkas, receive_berkas
from pendopo.kit.calendar import CalendarNotLoaded, calendar_for

from . import rules
from .models import SPTPD, Buku, Ketetapan, Opsen, Reklame, Usaha, WajibPajak
from .options import option
from .paying import SYSTEM, BillClosed, bill_of, interest_on, withdraw
from .rules import Calculation, Rate
from .tariffs import rates_on
from .taxes import DECLARED, NIGHT_FLOOR, TAX

ASSESS = "pajak.assess"
FILES = "gawe_pajak.sptpd"


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


def last_of_month(db: Session, usaha_id: int, masa: date) -> SPTPD | None:
    return db.scalar(select(SPTPD).where(SPTPD.usaha_id == usaha_id, SPTPD.masa == masa).order_by(SPTPD.pembetulan.desc()).limit(1))


def declared_by(db: Session, usaha_id: int, limit: int = 24) -> list[SPTPD]:
    return list(db.scalars(select(SPTPD).where(SPTPD.usaha_id == usaha_id).order_by(SPTPD.masa.desc(), SPTPD.pembetulan.desc()).limit(limit)))


def missing_months(db: Session, usaha: Usaha, today: date, most: int = 12) -> list[date]:
    """Months that are over and not declared, oldest first."""
    there = set(db.scalars(select(SPTPD.masa).where(SPTPD.usaha_id == usaha.id)))
    masa, found = previous_month(today), []
    while masa >= usaha.sejak.replace(day=1) and len(found) < most:
        if masa not in there:
            found.append(masa)
        masa = previous_month(masa)
    return found[::-1]


def declare(db: Session, actor: Actor, usaha_id: int, masa: date, base: int, papers: Sequence[files.Attachment] = (), *, now: datetime) -> SPTPD:
    """File the SPTPD of a month: computed, with a bill when there is something to pay. A second one corrects an unpaid first.

    Raises Conflict when the month was paid already: what was too little is found by an examination, what was too much
    is asked back.
    """
    actor.require_signed_in()
    usaha = get_business(db, actor, usaha_id)
    if usaha.wp.account_id != actor.citizen_id:
        raise PermissionRefused(N_("SPTPD dilaporkan oleh wajib pajaknya."))
    if usaha.jenis not in DECLARED:
        raise Conflict(N_("Pajak ini ditetapkan Bapenda, tidak dilaporkan sendiri."))
    masa, today = masa.replace(day=1), calendar_for(db).local(now).date()
    if not usaha.sejak.replace(day=1) <= masa < today.replace(day=1):
        raise InvalidInput(N_("Masa pajak ini belum selesai atau sebelum usaha terdaftar."), field="masa")
    before = last_of_month(db, usaha.id, masa)
    if before is not None:
        _correct_declaration(db, before, now)
    opd = find_opd(db, str(option(db, "opd")))
    title = f"{TAX[usaha.jenis].title} {masa:%m/%Y} · {usaha.nama}"
    berkas = receive_berkas(
        db,
        actor,
        _sptpd_kind(),
        title=title,
        register_code="SPT",
        applicant_id=actor.citizen_id,
        opd_id=opd.id if opd else None,
        desa_code=usaha.desa_code,
        channel="loket" if actor.on_behalf_of else "web",
        now=now,
    )
    found = computed(db, usaha.jenis, usaha.kelas, base, month_end(masa))
    row = SPTPD(
        berkas_id=berkas.id,
        usaha_id=usaha.id,
        masa=masa,
        pembetulan=before.pembetulan + 1 if before else 0,
        dasar=base,
        pajak=found.total,
        hitungan=found.as_data(),
        batas_bayar=working_days_after(db, masa, "bayar_hk"),
        batas_lapor=working_days_after(db, masa, "lapor_hk"),
        dilaporkan_at=now,
    )
    row.berkas, row.usaha = berkas, usaha
    db.add(row)
    db.flush()
    files.claim(db, list(papers), owner=FILES, ref=berkas.id)
    if row.pajak:
        row.bill_id = bill_of(db, row, now=now).id
    else:
        move_berkas(db, SYSTEM, berkas.id, "nihil", now=now)
    db.flush()
    return row


def _sptpd_kind():
    from .kinds import SPTPD_KIND

    return SPTPD_KIND


def _correct_declaration(db: Session, before: SPTPD, now: datetime) -> None:
    if before.paid_at is not None:
        raise Conflict(N_("Masa ini sudah dibayar. Hubungi Bapenda untuk membetulkannya."), field="masa")
    if before.berkas.state == "dilaporkan":
        try:
            withdraw(db, before.usaha.jenis, before.berkas_id, now=now)
        except BillClosed as error:
            raise Conflict(N_("Masa ini baru saja dibayar."), field="masa") from error
        move_berkas(db, SYSTEM, before.berkas_id, "dibetulkan", now=now)


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
    reason: str = "",
    now: datetime,
) -> Ketetapan:
    """Issue an assessment, once for each `kunci`; with a bill when there is something to pay. Raises Conflict for a second one."""
    actor.require(ASSESS)
    if db.scalar(select(Ketetapan.id).where(Ketetapan.kunci == kunci)) is not None:
        raise Conflict(N_("Ketetapan untuk masa ini sudah terbit."))
    today, total = calendar_for(db).local(now).date(), found.total + interest
    row = Ketetapan(
        surat=surat if total else "SKPDN",
        jenis=jenis,
        kunci=kunci,
        nomor=next_letter(db, surat if total else "SKPDN", now),
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
        ganti_id=replaces.id if replaces else None,
        sebab=reason[:200],
    )
    db.add(row)
    db.flush()
    record(db, actor, "pajak.assessed", f"ketetapan:{row.id}", {"nomor": row.nomor, "total": total})
    if total:
        row.bill_id = bill_of(db, row, now=now, tell_payer=True).id
    return row


def find_shortfall(db: Session, actor: Actor, sptpd: SPTPD, base: int, *, now: datetime) -> Ketetapan:
    """An examination found a higher base: SKPDKB over what is missing, with interest since the month was due."""
    usaha = sptpd.usaha
    whole = computed(db, usaha.jenis, usaha.kelas, base, month_end(sptpd.masa))
    missing = whole.total - sptpd.pajak
    if missing <= 0:
        raise InvalidInput(N_("Dasar ini tidak lebih besar daripada yang dilaporkan."), field="dasar")
    steps = (
        *whole.steps,
        rules.Step(N_("Sudah dilaporkan"), f"− {rules.rp(sptpd.pajak)}", sptpd.pajak),
        rules.Step(N_("Kurang bayar"), f"{rules.rp(whole.total)} − {rules.rp(sptpd.pajak)}", missing),
    )
    interest = interest_on(db, missing, sptpd.batas_bayar, calendar_for(db).local(now).date())
    return assess(
        db,
        actor,
        surat="SKPDKB",
        jenis=usaha.jenis,
        kunci=f"kb:{sptpd.berkas_id}",
        wp_id=usaha.wp_id,
        uraian=f"{usaha.nama}, {sptpd.masa:%m/%Y}",
        masa=sptpd.masa,
        found=Calculation(steps, missing),
        interest=interest,
        desa_code=usaha.desa_code,
        now=now,
    )


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


def correct_assessment(db: Session, actor: Actor, row_id: int, base: int, reason: str, *, now: datetime) -> Ketetapan:
    """A new assessment in place of an unpaid one, from another base: one statement decides who of two officers makes it."""
    actor.require(ASSESS)
    if not reason.strip():
        raise InvalidInput(N_("Tuliskan alasan pembetulan."), field="sebab")
    row = db.get(Ketetapan, row_id)
    if row is None:
        raise NotFound()
    taking = update(Ketetapan).where(Ketetapan.id == row_id, Ketetapan.status.in_(("belum", "nihil"))).values(status="diganti").returning(Ketetapan.id)
    if db.scalar(taking.execution_options(synchronize_session=False)) is None:
        raise Conflict(N_("Ketetapan ini sudah dibayar atau sudah diganti petugas lain."))
    db.refresh(row)
    try:
        withdraw(db, f"skpd_{row.jenis}", row.id, now=now)
    except BillClosed as error:
        raise Conflict(N_("Ketetapan ini baru saja dibayar.")) from error
    if row.jenis == "reklame":
        table = rates_on(db, row.masa)
        found = rules.reklame(base, table.rate("reklame"), to=int(option(db, "pembulatan", row.masa)))
    else:
        usaha = db.get(Usaha, int(row.kunci.split(":")[1].partition("#")[0])) if row.kunci.startswith("pat:") else None
        found = computed(db, row.jenis, usaha.kelas if usaha else "umum", base, month_end(row.masa))
    return assess(
        db,
        actor,
        surat=row.surat if row.surat != "SKPDN" else "SKPD",
        jenis=row.jenis,
        kunci=f"{row.kunci.partition('#')[0]}#{row.id}",
        wp_id=row.wp_id,
        uraian=row.uraian,
        masa=row.masa,
        found=found,
        desa_code=row.desa_code,
        replaces=row,
        reason=reason.strip(),
        now=now,
    )


def note_opsen(db: Session, actor: Actor, jenis: str, masa: date, kendaraan: int, pokok: int) -> Opsen:
    """What Samsat collected in a month, as the province reports it; a later report of the same month replaces it."""
    actor.require(ASSESS)
    masa = masa.replace(day=1)
    share = rules.percent_of(pokok, rates_on(db, month_end(masa)).rate(jenis).percent)
    row = db.merge(Opsen(jenis=jenis, masa=masa, kendaraan=kendaraan, pokok=pokok, opsen=share))
    db.flush()
    record(db, actor, "pajak.opsen", f"{jenis}:{masa}", {"pokok": pokok, "opsen": share})
    return row

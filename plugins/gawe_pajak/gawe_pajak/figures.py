"""Figures: realisation of PBB per desa and kecamatan, of every tax per month, opsen; headline, map, open data."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pendopo import N_, _
from pendopo.kit.berkas import Berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.places import find_place, place_name
from pendopo.kit.statistics import Column, Filters, Row, StatisticView, Table, by_choice, by_kecamatan, by_year, share

from . import dhkp
from .models import BPHTB, SPPT, SPTPD, Impor, Ketetapan, Opsen, Tarif, Usaha
from .rules import rp
from .taxes import OURS, TAX

SOURCE = N_("Bapenda, basis data pajak daerah")
SMALL = 5  # fewer taxpayers than this are not shown to the public
READ = "pajak.read"


def _span(db: Session, year: int) -> tuple[datetime, datetime]:
    calendar = calendar_for(db)
    midnight = datetime.min.time()
    return calendar.at(date(year, 1, 1), midnight), calendar.at(date(year + 1, 1, 1), midnight)


def received(db: Session, year: int) -> dict[str, dict[int, int]]:
    """Rupiah received in a year: tax -> month -> rupiah, penalties included; opsen as the province reports it."""
    start, end = _span(db, year)
    zone = calendar_for(db)
    found: dict[str, dict[int, int]] = {}

    def add(jenis: str, month: int, amount: int) -> None:
        months = found.setdefault(jenis, {})
        months[month] = months.get(month, 0) + amount

    for model, kind, joined in ((SPPT, None, None), (BPHTB, None, None), (SPTPD, Usaha.jenis, Usaha), (Ketetapan, Ketetapan.jenis, None)):
        day = func.date(model.paid_at) if db.get_bind().dialect.name == "sqlite" else func.date(func.timezone("UTC", model.paid_at))
        columns = (day, *((kind,) if kind is not None else ()))
        query = select(*columns, func.sum(model.dibayar)).where(model.paid_at >= start, model.paid_at < end).group_by(*columns)
        if model is SPPT:
            query = query.where(SPPT.status != "diganti")  # a correction took the payment over
        if model is Ketetapan:
            query = query.where(Ketetapan.jenis.in_([tax.slug for tax in OURS]))
        if joined is not None:
            query = query.join(joined, joined.id == model.usaha_id)
        for row in db.execute(query):
            moment = datetime.combine(date.fromisoformat(str(row[0])), datetime.min.time(), UTC)
            add(row[1] if kind is not None else "pbb" if model is SPPT else "bphtb", zone.local(moment).month, int(row[-1]))
    for jenis, masa, amount in db.execute(select(Opsen.jenis, Opsen.masa, Opsen.opsen).where(Opsen.masa >= date(year, 1, 1), Opsen.masa <= date(year, 12, 31))):
        add(jenis, masa.month, int(amount))
    return found


def opsen_mblb(db: Session, months: int = 24) -> list[tuple[date, int]]:
    """What quarries paid as opsen for the province, by the month that it belongs to; months of fewer than five are left out."""
    paid = select(SPTPD.masa, func.sum(SPTPD.opsen - SPTPD.opsen_kredit)).where(SPTPD.opsen_paid_at.is_not(None), SPTPD.opsen > 0)
    grouped = paid.group_by(SPTPD.masa).having(func.count(SPTPD.usaha_id.distinct()) >= SMALL).order_by(SPTPD.masa.desc()).limit(months)
    return [(masa, int(amount)) for masa, amount in db.execute(grouped)]


def headline(db: Session) -> tuple[float, int, int]:
    """`(per cent of PBB paid, objects, rupiah received)` of the newest tax year."""
    years = dhkp.years(db)
    if not years:
        return 0.0, 0, 0
    whole = dhkp.total_of(dhkp.progress(db, years[0]))
    return share(whole.paid, whole.due), whole.objects, sum(sum(months.values()) for months in received(db, years[0]).values())


def examples_left(db: Session) -> int:
    return db.scalar(select(func.count()).select_from(Tarif).where(Tarif.contoh, Tarif.sampai.is_(None))) or 0


def unfinished_imports(db: Session) -> list[str]:
    from datetime import timedelta

    stuck = select(Impor.nama).where(Impor.selesai.is_(False), Impor.at < datetime.now(UTC) - timedelta(hours=1))
    return list(db.scalars(stuck.limit(5)))


def received_by_place(db: Session, year: int, chosen: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """Of each kecamatan how many taxpayers paid in a year, and how much, of these taxes."""
    start, end = _span(db, year)
    objects = select(SPPT.desa_code, SPPT.wp_id, SPPT.dibayar).where(SPPT.paid_at >= start, SPPT.paid_at < end, SPPT.status != "diganti")
    bought = select(Berkas.desa_code, Berkas.applicant_id, BPHTB.dibayar).join(Berkas, Berkas.id == BPHTB.berkas_id)
    declared = select(Usaha.desa_code, Usaha.wp_id, SPTPD.dibayar).join(Usaha, Usaha.id == SPTPD.usaha_id).where(Usaha.jenis.in_(chosen))
    assessed = select(Ketetapan.desa_code, Ketetapan.wp_id, Ketetapan.dibayar).where(Ketetapan.jenis.in_(chosen))
    parts = [declared.where(SPTPD.paid_at >= start, SPTPD.paid_at < end), assessed.where(Ketetapan.paid_at >= start, Ketetapan.paid_at < end)]
    parts += [objects] if "pbb" in chosen else []
    parts += [bought.where(BPHTB.paid_at >= start, BPHTB.paid_at < end)] if "bphtb" in chosen else []
    people: dict[str, set[int]] = {}
    money: dict[str, int] = {}
    for desa, who, amount in (row for part in parts for row in db.execute(part)):
        if desa:
            people.setdefault(desa[:8], set()).add(who or 0)
            money[desa[:8]] = money.get(desa[:8], 0) + amount
    return {code: (len(people[code]), money[code]) for code in sorted(money, key=place_name)}


# ----------------------------------------------------------------------------------------------------------- statistics


def _pbb_table(db: Session, filters: Filters) -> Table:
    rows = dhkp.progress(db, filters.year or filters.today.year, filters.kecamatan)
    grouped = rows if filters.kecamatan else dhkp.by_kecamatan(rows)
    columns = (
        Column(N_("Desa") if filters.kecamatan else N_("Kecamatan")),
        Column(N_("Objek"), "angka"),
        Column(N_("Objek lunas"), "angka"),
        Column(N_("Ketetapan"), "rupiah"),
        Column(N_("Dibayar"), "rupiah"),
        Column(N_("Lunas dari rupiah"), "persen", of=(4, 3)),
    )
    return Table(columns, [Row((one.name, one.objects, one.paid_objects, one.due, one.paid, None), one.code) for one in grouped])


def _pbb_rows(db: Session, filters: Filters, key: str) -> Table | None:
    """Unpaid SPPT behind a kecamatan or desa, for those who read taxes."""
    if find_place(key) is None:
        return None
    query = select(SPPT.id, SPPT.nop, SPPT.nama, SPPT.terutang, SPPT.status).where(SPPT.tahun == (filters.year or filters.today.year), SPPT.berlaku)
    query = query.where(SPPT.desa_code == key if len(key) > 8 else SPPT.desa_code.between(key, key + "~")).order_by(SPPT.nop).limit(501)
    columns = (Column(N_("NOP")), Column(N_("Nama")), Column(N_("Terutang"), "rupiah"), Column(N_("Status")))
    return Table(columns, [Row((nop, nama, amount, status), href=f"/kerja/pajak/sppt/{sppt_id}") for sppt_id, nop, nama, amount, status in db.execute(query)])


def _tax_table(db: Session, filters: Filters) -> Table:
    found = received(db, filters.year or filters.today.year)
    columns = (Column(N_("Jenis pajak")), *(Column(title, "rupiah") for title in (N_("Triwulan 1"), N_("Triwulan 2"), N_("Triwulan 3"), N_("Triwulan 4"))))
    rows = []
    for tax in OURS:
        months = found.get(tax.slug, {})
        rows.append(Row((_(tax.title), *(sum(months.get(month, 0) for month in range(q * 3 + 1, q * 3 + 4)) for q in range(4))), tax.slug))
    return Table(columns, rows, across=N_("Setahun"))


def _month_table(db: Session, filters: Filters) -> Table:
    months = received(db, filters.year or filters.today.year)
    chosen = [months.get(filters["jenis"], {})] if filters["jenis"] else list(months.values())
    names = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
    return Table((Column(N_("Bulan")), Column(N_("Diterima"), "rupiah")), [(names[n], sum(one.get(n + 1, 0) for one in chosen)) for n in range(12)])


def _place_table(db: Session, filters: Filters) -> Table:
    found = received_by_place(db, filters.year or filters.today.year, (filters["jenis"],))
    columns = (Column(N_("Kecamatan")), Column(N_("Wajib pajak yang membayar"), "angka"), Column(N_("Diterima"), "rupiah"))
    return Table(columns, [Row((place_name(code), people, amount), code) for code, (people, amount) in found.items()])


def _arrears_table(db: Session, filters: Filters) -> Table:
    query = select(SPPT.tahun, func.count(), func.sum(SPPT.terutang)).where(SPPT.status == "belum", SPPT.berlaku, SPPT.jatuh_tempo < filters.today)
    if filters.kecamatan:
        query = query.where(SPPT.desa_code.between(filters.kecamatan, filters.kecamatan + "~"))
    rows = [(str(year), count, int(amount)) for year, count, amount in db.execute(query.group_by(SPPT.tahun).order_by(SPPT.tahun.desc()))]
    return Table((Column(N_("Tahun pajak")), Column(N_("SPPT menunggak"), "angka"), Column(N_("Pokok"), "rupiah")), rows)


VIEWS = [
    StatisticView(
        "pbb",
        N_("Realisasi PBB"),
        _pbb_table,
        N_("Ketetapan dan pembayaran PBB menurut kecamatan, atau desa dalam satu kecamatan."),
        filters=(by_year(2020), by_kecamatan()),
        drill=_pbb_rows,
        drill_permission=READ,
        source=SOURCE,
    ),
    StatisticView(
        "jenis",
        N_("Penerimaan menurut jenis pajak"),
        _tax_table,
        N_("Rupiah yang diterima setiap triwulan."),
        chart="stacked",
        filters=(by_year(2020),),
        source=SOURCE,
    ),
    StatisticView(
        "bulan",
        N_("Penerimaan setiap bulan"),
        _month_table,
        N_("Rupiah yang diterima, seluruhnya atau satu jenis pajak."),
        chart="line",
        filters=(by_year(2020), by_choice("jenis", N_("Jenis pajak"), [(tax.slug, tax.title) for tax in OURS], all=N_("Semua jenis"))),
        source=SOURCE,
    ),
    StatisticView(
        "wilayah",
        N_("Penerimaan menurut kecamatan"),
        _place_table,
        N_("Satu jenis pajak: berapa wajib pajak yang membayar di setiap kecamatan, dan berapa rupiah."),
        chart="bar",
        filters=(by_year(2020), by_choice("jenis", N_("Jenis pajak"), [(tax.slug, tax.title) for tax in OURS if tax.how != "samsat"], all="")),
        source=SOURCE,
    ),
    StatisticView(
        "tunggakan", N_("Tunggakan PBB"), _arrears_table, N_("SPPT yang lewat jatuh tempo."), permission=READ, filters=(by_kecamatan(),), source=SOURCE
    ),
]


# ------------------------------------------------------------------------------------------------------ map and open data


def as_geojson(db: Session, year: int) -> dict[str, Any]:
    """A point for each kecamatan with how much is paid; coloured by share."""
    features = []
    for one in dhkp.by_kecamatan(dhkp.progress(db, year)):
        place = find_place(one.code)
        if place is None or place.lat is None or one.objects < SMALL:
            continue
        tone = "ok" if one.share >= 75 else "warn" if one.share >= 50 else "error"
        text = _("PBB %(year)s: %(share)s%% dibayar dari %(objects)s objek") % {"year": year, "share": one.share, "objects": one.objects}
        properties = {"title": f"Kec. {place.name}", "href": f"/pajak/realisasi?kecamatan={one.code}", "text": text, "tone": tone, "share": one.share}
        features.append({"type": "Feature", "id": one.code, "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]}, "properties": properties})
    return {"type": "FeatureCollection", "features": features}


def business_geojson(db: Session, year: int) -> dict[str, Any]:
    """A point for each kecamatan with what businesses paid there; few taxpayers are not shown."""
    features = []
    for code, (people, amount) in received_by_place(db, year, tuple(tax.slug for tax in OURS if tax.monthly or tax.slug == "reklame")).items():
        place = find_place(code)
        if place is None or place.lat is None or people < SMALL:
            continue
        text = _("Pajak usaha %(year)s: %(sum)s dari %(people)s wajib pajak") % {"year": year, "sum": rp(amount), "people": people}
        properties = {"title": f"Kec. {place.name}", "href": f"/statistik/pajak/wilayah?tahun={year}", "text": text, "tone": "info"}
        features.append({"type": "Feature", "id": code, "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]}, "properties": properties})
    return {"type": "FeatureCollection", "features": features}


PBB_HEADER = ("tahun", "desa_kode", "desa", "objek", "ketetapan_rp", "objek_lunas", "dibayar_rp")


def pbb_open(db: Session, year: int) -> list[list[Any]]:
    """A line for each desa; figures of fewer than five objects, paid or not, are left empty."""
    lines = []
    for one in dhkp.progress(db, year):
        few, few_paid = one.objects < SMALL, one.paid_objects < SMALL or one.objects - one.paid_objects < SMALL
        hidden = few or few_paid
        lines.append(
            [
                year,
                one.code,
                place_name(one.code),
                None if few else one.objects,
                None if few else one.due,
                None if hidden else one.paid_objects,
                None if hidden else one.paid,
            ]
        )
    return lines


TAX_HEADER = ("tahun", "bulan", "jenis", "diterima_rp")


def taxes_open(db: Session, year: int) -> list[list[Any]]:
    return [[year, month, _(TAX[jenis].title), amount] for jenis, months in sorted(received(db, year).items()) for month, amount in sorted(months.items())]

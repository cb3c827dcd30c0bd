"""Pieces of shared pages: cards of the home pages, search, calendar, and what is held of a person."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from pendopo import N_, CalendarEntry, DashboardCard, PersonalData, SearchResult, _
from pendopo.http import url
from pendopo.identity import Actor, decrypt_nik, mask_nik
from pendopo.kit import attachments as files
from pendopo.kit.berkas import Berkas
from pendopo.kit.calendar import calendar_for
from pendopo.kit.listing import matches, turn

from . import applications, cards, listing, rules, seekers, shown
from .kind import EMPLOYERS, READ, SIGN, UNSEEN, VERIFY
from .models import Bkk, Kartu, Keterampilan, Lamaran, Lapor, Lowongan, Minat, PemberiKerja, Pencari, Pendidikan, Penempatan, Pengalaman, Permohonan

BASIS = "UU 13/2003; Permenaker 18/2024; UU 27/2022 Pasal 20"
KEPT = N_("Dua tahun setelah kartu berakhir, lalu tanpa nama")


def citizen_cards(db: Session, actor: Actor, today: date) -> list[DashboardCard]:
    """One's own card, or what work there is."""
    seeker = seekers.seeker_of(db, actor.citizen_id)
    card = cards.live_card(db, seeker.id) if seeker is not None else None
    application = applications.open_application(db, seeker.id) if seeker is not None else None
    if card is None and application is None:
        newest = listing.vacancies(db, listing.VacancyFilters(), today)
        context: dict[str, Any] = {"vacancies": shown.vacancy_cards(newest.rows[:3]), "total": newest.total}
        return [DashboardCard("lowongan", _("Lowongan kerja"), "gawe_kartukuning/_card_vacancies.html", context, rank=30, live="public:lowongan")]
    context = {"application": application, **(shown.card_view(db, card, today) if card is not None else {"card": None})}
    return [
        DashboardCard("kartu-kuning", _("Kartu kuning Anda"), "gawe_kartukuning/_card_citizen.html", context, rank=25, live=f"berkas-saya:{actor.citizen_id}")
    ]


def staff_cards(db: Session, actor: Actor, now: datetime) -> list[DashboardCard]:
    if not any(actor.can(permission) for permission in (VERIFY, SIGN, EMPLOYERS)):
        return []
    context = {"counts": listing.waiting_counts(db, now=now), "partners": listing.partner_counts(db) if actor.can(EMPLOYERS) else {}, "signs": actor.can(SIGN)}
    return [DashboardCard("kartu-kuning", _("Kartu kuning"), "gawe_kartukuning/_card_staff.html", context, face="kerja", rank=25)]


def waiting(db: Session, actor: Actor) -> int:
    """How much waits for this person: applications to verify, cards to sign."""
    states = [*(UNSEEN if actor.can(VERIFY) else ()), *(("disetujui",) if actor.can(SIGN) else ())]
    return db.scalar(select(func.count()).select_from(Berkas).where(Berkas.kind == "ak1", Berkas.is_open, Berkas.state.in_(states))) or 0 if states else 0


def found(db: Session, query: str, actor: Actor, limit: int, today: date) -> list[SearchResult]:
    """Open vacancies for everyone; people and their cards for officers."""
    rows = turn(db, listing.open_vacancies(listing.VacancyFilters(text=query[:80]), today), 1, Lowongan.published_at.desc(), per_page=limit).rows
    results = [
        SearchResult(
            row.judul, url("kartukuning:vacancy", id=row.id), _("Lowongan kerja"), f"{row.pemberi.nama} · {shown.summary_of(row)}", 0.6, row.published_at
        )
        for row in rows
    ]
    if actor.can(READ) or actor.can(VERIFY):
        people = (
            select(Kartu)
            .join(Kartu.pencari)
            .where(Kartu.live_of.is_not(None), or_(Kartu.nomor == query.strip().upper(), matches(query[:80], Pencari.nama)))
        )
        for card in db.scalars(people.limit(limit)).unique():
            state = _(rules.STATUS[rules.status_on(card.facts, today)])
            results.append(SearchResult(card.pencari.nama, url("kartukuning:kerja.card", id=card.id), _("Kartu kuning (AK/1)"), f"{card.nomor} · {state}", 0.8))
    return results[:limit]


def calendar(db: Session, actor: Actor, start: datetime, end: datetime) -> list[CalendarEntry]:
    """The day of the next report, and the end of the card."""
    seeker = seekers.seeker_of(db, actor.citizen_id)
    card = cards.live_card(db, seeker.id) if seeker is not None else None
    if card is None or card.revoked_at is not None or card.situation in rules.WORKING or card.next_due is None:
        return []
    begins = calendar_for(db).at(card.next_due, time(8, 0))
    title = _("Kartu kuning berakhir") if card.next_due == card.valid_until else _("Lapor kartu kuning")
    return [CalendarEntry(title, begins, begins + timedelta(hours=8), url("kartukuning:mine"))] if start <= begins < end else []


# ------------------------------------------------------------------------------------------------------- UU 27/2022


def held_of(db: Session, account_id: int) -> list[PersonalData]:
    """Everything that is held of a person, by purpose."""
    found: list[PersonalData] = []
    seeker = seekers.seeker_of(db, account_id)
    if seeker is not None:
        found += [
            PersonalData(_("Profil pencari kerja"), _("Menerbitkan kartu AK/1 dan mencocokkan lowongan"), BASIS, [_profile(seeker)], _(KEPT)),
            PersonalData(_("Kartu dan laporan"), _("Memantau keadaan pencari kerja"), BASIS, _card_rows(db, seeker), _(KEPT)),
            PersonalData(_("Lamaran dan penempatan"), _("Menghubungkan dengan pemberi kerja"), BASIS, _work_rows(db, seeker), _(KEPT)),
        ]
    partners = [
        {"nib": row.nib, "nama": row.nama, "kontak": row.kontak, "hp": row.hp, "email": row.email}
        for row in db.scalars(select(PemberiKerja).where(PemberiKerja.account_id == account_id))
    ]
    partners += [
        {"npsn": row.npsn, "nama": row.nama, "kontak": row.kontak, "hp": row.hp} for row in db.scalars(select(Bkk).where(Bkk.account_id == account_id))
    ]
    if partners:
        found.append(PersonalData(_("Perusahaan atau sekolah yang Anda wakili"), _("Menerima lowongan dan daftar lulusan"), BASIS, partners, _(KEPT)))
    return [part for part in found if part.rows]


def _profile(seeker: Pencari) -> dict[str, Any]:
    plain = ("nama", "tempat_lahir", "jk", "status_kawin", "agama", "disabilitas", "alamat", "desa_code", "hp", "email", "jenjang", "jurusan", "bahasa")
    return {
        **{name: getattr(seeker, name) for name in plain},
        "nik": mask_nik(decrypt_nik(seeker.nik_cipher)) if seeker.nik_cipher else "",
        "tanggal_lahir": seeker.tanggal_lahir.isoformat(),
        "pendidikan": [f"{row.jenjang} {row.jurusan}, {row.institusi}, {row.tahun_lulus}" for row in seeker.pendidikan],
        "pengalaman": [f"{row.jabatan}, {row.perusahaan}, {row.mulai}" for row in seeker.pengalaman],
        "keterampilan": [row.nama for row in seeker.keterampilan],
        "minat": [row.kbji for row in seeker.minat],
    }


def _card_rows(db: Session, seeker: Pencari) -> list[dict[str, Any]]:
    rows = []
    for card in db.scalars(select(Kartu).where(Kartu.pencari_id == seeker.id).order_by(Kartu.id)):
        reports = [{"ke": row.ke, "pada": row.dilapor_pada.isoformat(), "keadaan": row.keadaan} for row in cards.reports_of(db, card.id)]
        rows.append({"nomor": card.nomor, "terbit": card.issued_on.isoformat(), "berlaku_sampai": card.valid_until.isoformat(), "laporan": reports})
    return rows


def _work_rows(db: Session, seeker: Pencari) -> list[dict[str, Any]]:
    applied = select(Lamaran).where(Lamaran.pencari_id == seeker.id).order_by(Lamaran.id)
    rows = [{"lowongan": row.lowongan.judul, "pada": row.at.isoformat(), "status": row.status, "pesan": row.surat} for row in db.scalars(applied)]
    placed = select(Penempatan).where(Penempatan.pencari_id == seeker.id)
    return rows + [{"bekerja_di": row.perusahaan, "mulai": row.mulai.isoformat(), "kbji": row.kbji} for row in db.scalars(placed)]


def forget(db: Session, account_id: int) -> None:
    """The person goes; cards, placements and figures stay without a name."""
    seeker = seekers.seeker_of(db, account_id)
    if seeker is not None:
        for table in (Minat, Keterampilan, Pengalaman):
            db.execute(delete(table).where(table.pencari_id == seeker.id))
        db.execute(update(Pendidikan).where(Pendidikan.pencari_id == seeker.id).values(institusi="", nilai=""))
        db.execute(update(Lamaran).where(Lamaran.pencari_id == seeker.id).values(surat="", pesan=""))
        mine = select(Kartu.id).where(Kartu.pencari_id == seeker.id)
        db.execute(update(Lapor).where(Lapor.kartu_id.in_(mine)).values(catatan="").execution_options(synchronize_session=False))
        db.execute(update(Permohonan).where(Permohonan.pencari_id == seeker.id).values(alasan="", wawancara="", open_of=None))
        for row in files.attachments_of(db, seekers.OWNER, seeker.id):
            files.discard(db, row)
        db.refresh(seeker)
        seeker.nama, seeker.nik_cipher, seeker.nik_lookup, seeker.account_id, seeker.photo_id = "(terhapus)", None, None, None, None
        seeker.tempat_lahir, seeker.alamat, seeker.email, seeker.hp, seeker.agama = "", "", "", "", ""
        seeker.disabilitas, seeker.desa_code = [], None
        seeker.tanggal_lahir = date(seeker.tanggal_lahir.year, 1, 1)
        seeker.erased_at = datetime.now(UTC)
    for partner in (PemberiKerja, Bkk):
        db.execute(update(partner).where(partner.account_id == account_id).values(account_id=None, kontak="", hp=""))
    db.flush()

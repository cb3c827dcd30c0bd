"""What letters add to the house."""

from __future__ import annotations

from sqlalchemy import func, select

from pendopo import (
    N_,
    CalendarEntry,
    DashboardCard,
    Health,
    Job,
    MenuEntry,
    Permission,
    PersonalData,
    PluginCard,
    RoleSpec,
    SearchResult,
    SettingSpec,
    Statistic,
    Topic,
    _,
    hookimpl,
)
from pendopo.http import url

SOURCE = "contoh; aturan lama Permendagri 54/2009, perlu dikonfirmasi"


@hookimpl
def plugin_card():
    return PluginCard(
        "surat",
        N_("Surat dan disposisi"),
        "kerja",
        N_("Surat masuk dan keluar, disposisi, agenda pimpinan, dan ruang rapat."),
        "mail",
        owner_opd="setda",
    )


@hookimpl
def staff_routes():
    from .routes import staff_routes

    return staff_routes


@hookimpl
def menu_entries(actor):
    group = _("Persuratan")
    return [
        MenuEntry(_("Surat dan disposisi"), "/kerja/surat/", "kerja", "mail", _("Kotak masuk, disposisi, dan paraf"), badge="surat", rank=20, group=group),
        MenuEntry(_("Agenda pimpinan"), "/kerja/surat/agenda/", "kerja", "calendar-days", _("Jadwal acara dan jawaban undangan"), rank=21, group=group),
        MenuEntry(_("Ruang rapat"), "/kerja/surat/ruang/", "kerja", "door-open", _("Pesan ruang tanpa bentrok"), rank=22, group=group),
    ]


@hookimpl
def permissions():
    return [
        Permission("surat.read", N_("Membaca surat unitnya")),
        Permission("surat.read_secret", N_("Membaca surat rahasia unitnya")),
        Permission("surat.register", N_("Mencatat surat masuk")),
        Permission("surat.disposisi", N_("Mengirim disposisi")),
        Permission("surat.draft", N_("Menyusun surat keluar")),
        Permission("surat.agenda", N_("Mengatur agenda pimpinan")),
        Permission("surat.rooms", N_("Memesan ruang rapat")),
        Permission("surat.manage_rooms", N_("Mengelola daftar ruang")),
    ]


@hookimpl
def roles():
    return [
        RoleSpec("tata_usaha", N_("Tata usaha / sekretariat"), ("surat.read", "surat.register", "surat.draft", "surat.agenda", "surat.rooms")),
        RoleSpec("pejabat", N_("Pejabat struktural"), ("surat.read", "surat.disposisi", "surat.draft", "surat.rooms")),
        RoleSpec("pimpinan", N_("Pimpinan"), ("surat.read", "surat.read_secret", "surat.disposisi", "surat.draft", "surat.agenda", "surat.rooms"), "regency"),
        RoleSpec("prokopim", N_("Protokol dan komunikasi pimpinan"), ("surat.agenda", "surat.rooms"), "regency"),
        RoleSpec("pelaksana", N_("Pelaksana"), ("surat.draft", "surat.rooms")),
        RoleSpec("admin", N_("Administrator"), ("surat.manage_rooms",), "regency"),
    ]


@hookimpl
def topics():
    return [
        Topic("surat.disposisi", N_("Disposisi untuk Anda"), audience="pegawai", mandatory=True),
        Topic("surat.paraf", N_("Surat menunggu paraf Anda"), audience="pegawai", mandatory=True),
        Topic("surat.agenda", N_("Undangan dan agenda"), audience="pegawai"),
        Topic("surat.tenggat", N_("Surat mendekati tenggat"), audience="pegawai"),
    ]


@hookimpl
def settings():
    return [
        SettingSpec(
            "surat.pola_nomor",
            N_("Pola nomor surat keluar"),
            "text",
            "{klasifikasi}/{urut}/{unit}/{tahun}",
            N_("Bagian yang tersedia: {klasifikasi}, {urut}, {unit}, {tahun}."),
            "contoh",
        ),
        SettingSpec(
            "surat.pola_nomor_unit",
            N_("Pola nomor unit tertentu"),
            "json",
            {},
            N_('Kode unit dan polanya, misalnya {"dpupr": "{klasifikasi}/{urut}-BM/{tahun}"}. Unit lain memakai pola umum.'),
            "contoh",
        ),
        SettingSpec("surat.batas_amat_segera_jam", N_("Batas surat amat segera (jam)"), "hours", 24, "", SOURCE, minimum=1, maximum=240),
        SettingSpec("surat.batas_segera_hk", N_("Batas surat segera (hari kerja)"), "days", 2, "", SOURCE, minimum=1, maximum=60),
        SettingSpec("surat.batas_penting_hk", N_("Batas surat penting (hari kerja)"), "days", 3, "", SOURCE, minimum=1, maximum=60),
        SettingSpec("surat.batas_biasa_hk", N_("Batas surat biasa (hari kerja)"), "days", 5, "", SOURCE, minimum=1, maximum=60),
        SettingSpec("surat.ingatkan_jam", N_("Pengingat sebelum batas disposisi (jam)"), "hours", 24, "", "contoh", minimum=1, maximum=240),
        SettingSpec("surat.eskalasi_hk", N_("Lewat batas sekian hari kerja: atasan penerima diberi tahu"), "days", 1, "", "contoh", minimum=1, maximum=30),
        SettingSpec("surat.jeda_perjalanan_menit", N_("Jeda perjalanan antar tempat bagi pimpinan (menit)"), "int", 30, "", "contoh", minimum=0, maximum=240),
    ]


@hookimpl
def jobs():
    from .reminders import remind_due

    return [Job("surat_tenggat", N_("Ingatkan disposisi yang mendekati atau melewati tenggat"), remind_due, cron="15 * * * *")]


@hookimpl
def badge_counts(db, actor):
    if not actor.posts:
        return []
    from .disposisi import count_waiting
    from .outgoing import waiting_paraf

    return [("surat", count_waiting(db, actor) + (db.scalar(waiting_paraf(actor).with_only_columns(func.count())) or 0))]


@hookimpl
def dashboard_cards(db, actor, face):
    if face != "kerja" or not actor.posts:
        return []
    from .disposisi import count_waiting, my_disposisi
    from .outgoing import waiting_for_me

    context = {
        "disposisi_list": [d for d in my_disposisi(db, actor, limit=8) if d.status != "diteruskan"][:5],
        "paraf_list": waiting_for_me(db, actor, limit=5),
        "waiting": count_waiting(db, actor),
    }
    return [DashboardCard("surat", _("Disposisi dan paraf"), "kerja_surat/_card.html", context, face="kerja", rank=20, live=f"surat-meja:{actor.account_id}")]


@hookimpl
def search_results(db, query, actor, limit):
    if not actor.is_staff:
        return []
    from .outgoing import list_outgoing
    from .registers import Wanted, list_letters

    found = [
        SearchResult(
            letter.perihal, url("surat:kerja.masuk.show", id=letter.id), _("Surat masuk"), f"{letter.nomor_surat} · {letter.pengirim}", 0.6, letter.received_at
        )
        for letter in list_letters(db, actor, Wanted(text=query), limit=limit)
    ]
    found += [
        SearchResult(letter.perihal, url("surat:kerja.keluar.show", id=letter.id), _("Surat keluar"), letter.nomor or _("konsep"), 0.6, letter.drafted_at)
        for letter in list_outgoing(db, actor, text=query, limit=limit)
    ]
    return found[:limit]


@hookimpl
def calendar_entries(db, actor, start, end):
    from .agenda import agenda_between

    if not actor.posts:
        return []
    return [CalendarEntry(a.title, a.start_at, a.end_at, url("surat:kerja.acara", id=a.id), a.place) for a in agenda_between(db, actor, start, end, mine=True)]


@hookimpl
def statistics(db):
    from .models import SuratKeluar, SuratMasuk

    received = db.scalar(select(func.count()).select_from(SuratMasuk)) or 0
    sealed = db.scalar(select(func.count()).select_from(SuratKeluar).where(SuratKeluar.status == "disegel")) or 0
    return [Statistic("surat_masuk", _("Surat masuk tercatat"), received, _("surat")), Statistic("surat_keluar", _("Surat keluar terbit"), sealed, _("surat"))]


@hookimpl
def health(db):
    """Letters can be sealed only with patterns of numbers that can be filled."""
    from pendopo.kit.settings import value

    from .rules import WrongPattern, letter_number

    general, own = value(db, "surat.pola_nomor"), value(db, "surat.pola_nomor_unit")
    patterns = [general, *(own.values() if isinstance(own, dict) else [""])]
    try:
        for pattern in patterns:
            letter_number(str(pattern), klasifikasi="000", urut=1, unit="X", year=2026)
    except WrongPattern as wrong:
        return [Health("surat", False, wrong.sentence())]
    if "{unit}" not in general or not all("{tahun}" in pattern for pattern in patterns):
        return [Health("surat", False, _("Pola nomor surat tidak membedakan unit atau tahun: nomor yang sama akan ditolak."))]
    return [Health("surat", True)]


@hookimpl
def personal_data(db, account_id):
    from .models import Acara, Disposisi, KonsepVersion, Pemesanan, SuratKeluar, SuratMasuk

    kept = _("Menurut jadwal retensi arsip")
    found = [
        (
            _("Surat yang Anda catat"),
            [
                {"perihal": r.perihal, "diterima": r.received_at.isoformat()}
                for r in db.execute(select(SuratMasuk.perihal, SuratMasuk.received_at).where(SuratMasuk.entered_by == account_id))
            ],
        ),
        (
            _("Disposisi yang Anda kirim"),
            [
                {"perihal": r.perihal, "dikirim": r.sent_at.isoformat(), "catatan": r.catatan}
                for r in db.execute(select(SuratMasuk.perihal, Disposisi.sent_at, Disposisi.catatan).join(Disposisi).where(Disposisi.sent_by == account_id))
            ],
        ),
        (
            _("Surat yang Anda susun atau ubah"),
            [
                {"perihal": r.perihal, "ditulis": r.written_at.isoformat(), "versi": r.number}
                for r in db.execute(select(KonsepVersion.perihal, KonsepVersion.written_at, KonsepVersion.number).where(KonsepVersion.written_by == account_id))
            ],
        ),
        (
            _("Surat yang Anda tandatangani"),
            [
                {"nomor": r.nomor, "waktu": r.sealed_at.isoformat()}
                for r in db.execute(
                    select(SuratKeluar.nomor, SuratKeluar.sealed_at).where(SuratKeluar.sealed_by == account_id, SuratKeluar.sealed_at.is_not(None))
                )
            ],
        ),
        (
            _("Acara dan ruang yang Anda pesan"),
            [
                {"acara": r.title, "mulai": r.start_at.isoformat()}
                for model, by in ((Acara, Acara.made_by), (Pemesanan, Pemesanan.booked_by))
                for r in db.execute(select(model.title, model.start_at).where(by == account_id))
            ],
        ),
    ]
    return [PersonalData(title, _("Pencatatan naskah dinas dan kedinasan"), "UU 43/2009; PP 28/2012", rows, kept) for title, rows in found if rows]


@hookimpl
def may_join(db, topic, actor):
    name, _sep, ref = topic.partition(":")
    if not name.startswith("surat-") and name != "surat":
        return None
    if name in ("surat-agenda", "surat-ruang"):
        return actor.is_staff and ref == "semua"
    if not (actor.is_staff and ref.isdigit() and len(ref) < 10):
        return False
    if name == "surat-meja":
        return actor.account_id == int(ref)
    if name == "surat-unit":
        return actor.can("surat.read", int(ref))
    return _may_see(db, name, int(ref), actor)


def _may_see(db, name, ref, actor):
    from .models import SuratKeluar, SuratMasuk
    from .outgoing import visible_outgoing
    from .registers import visible_letters

    if name == "surat":
        return db.scalar(visible_letters(actor).where(SuratMasuk.id == ref)) is not None
    return name == "surat-keluar" and db.scalar(visible_outgoing(actor).where(SuratKeluar.id == ref)) is not None


@hookimpl
def may_read_attachment(db, owner, ref, actor):
    from .outgoing import ENCLOSURES
    from .registers import SCANS
    from .sealing import LETTER

    if owner == SCANS:
        return _may_see(db, "surat", ref, actor)
    return _may_see(db, "surat-keluar", ref, actor) if owner in (ENCLOSURES, LETTER.owner) else None


@hookimpl
def document_kinds():
    from .sealing import LETTER

    return [LETTER]


@hookimpl
def document_issued(db, document_id, plugin, at):
    from .outgoing import signed_at_desk

    if plugin == "kerja_surat":
        signed_at_desk(db, document_id, at)


@hookimpl
def document_revoked(db, document_id, plugin, reason, refused_by, at):
    from .outgoing import refused_at_desk

    if plugin == "kerja_surat" and refused_by:
        refused_at_desk(db, document_id, reason, at)


@hookimpl
def surat_requested(db, key, source, berkas_id, perihal, summary, opd_id, actor_id, derajat):
    from .intake import take_matter

    take_matter(db, key=key, source=source, berkas_id=berkas_id, perihal=perihal, summary=summary, opd_id=opd_id, derajat=derajat)


@hookimpl
def demo_data(db, seed, now, scale):
    from .demo import fill

    fill(db, seed=seed, now=now, scale=scale)

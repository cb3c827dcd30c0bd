"""What letters add to the house."""

from __future__ import annotations

from sqlalchemy import func, select

from pendopo import (
    CalendarEntry,
    DashboardCard,
    Health,
    Job,
    MenuEntry,
    N_,
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

SOURCE = "contoh; aturan lama Permendagri 54/2009, perlu dikonfirmasi"


@hookimpl
def plugin_card():
    return PluginCard(
        "surat", N_("Surat dan disposisi"), "kerja", N_("Surat masuk dan keluar, disposisi, agenda pimpinan, dan ruang rapat."), "mail", owner_opd="setda",
    )


@hookimpl
def staff_routes():
    from . import routes

    return routes.staff_routes


@hookimpl
def routes():
    from . import routes

    return routes.public_routes


@hookimpl
def menu_entries(actor):
    return [
        MenuEntry(_("Surat dan disposisi"), "/kerja/surat/", "kerja", "mail", _("Kotak masuk, disposisi, dan paraf"), badge="surat", rank=20, group=_("Persuratan")),
        MenuEntry(_("Agenda pimpinan"), "/kerja/surat/agenda/", "kerja", "calendar-days", _("Jadwal acara dan jawaban undangan"), rank=21, group=_("Persuratan")),
        MenuEntry(_("Ruang rapat"), "/kerja/surat/ruang/", "kerja", "door-open", _("Pesan ruang tanpa bentrok"), rank=22, group=_("Persuratan")),
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
        SettingSpec("surat.pola_nomor", N_("Pola nomor surat keluar"), "text", "{klasifikasi}/{urut}/{unit}/{tahun}",
                    N_("Bagian yang tersedia: {klasifikasi}, {urut}, {unit}, {tahun}."), "contoh"),
        SettingSpec("surat.batas_amat_segera_jam", N_("Batas surat amat segera (jam)"), "hours", 24, "", SOURCE, minimum=1, maximum=240),
        SettingSpec("surat.batas_segera_hk", N_("Batas surat segera (hari kerja)"), "days", 2, "", SOURCE, minimum=1, maximum=60),
        SettingSpec("surat.batas_penting_hk", N_("Batas surat penting (hari kerja)"), "days", 3, "", SOURCE, minimum=1, maximum=60),
        SettingSpec("surat.batas_biasa_hk", N_("Batas surat biasa (hari kerja)"), "days", 5, "", SOURCE, minimum=1, maximum=60),
        SettingSpec("surat.jeda_perjalanan_menit", N_("Jeda perjalanan antar tempat bagi pimpinan (menit)"), "int", 30, "", "contoh", minimum=0, maximum=240),
    ]


@hookimpl
def jobs():
    from .reminders import remind_due

    return [Job("surat_tenggat", N_("Ingatkan disposisi yang mendekati tenggat"), remind_due, cron="15 * * * *")]


def _open_disposisi(actor):
    from .models import Disposisi

    mine = [post.jabatan_id for post in actor.posts]
    return select(func.count()).select_from(Disposisi).where(Disposisi.to_jabatan_id.in_(mine), Disposisi.status.not_in(("selesai", "dikembalikan")))


@hookimpl
def badge_counts(db, actor):
    if not actor.posts:
        return []
    from .models import Paraf

    mine = [post.jabatan_id for post in actor.posts]
    waiting = select(func.count()).select_from(Paraf).where(Paraf.jabatan_id.in_(mine), Paraf.status == "giliran")
    return [("surat", db.scalar(_open_disposisi(actor)) + db.scalar(waiting))]


@hookimpl
def dashboard_cards(db, actor):
    if not actor.posts:
        return []
    from .disposisi import my_disposisi
    from .outgoing import waiting_for_me

    return [
        DashboardCard(
            "surat", _("Disposisi dan paraf"), "kerja_surat/_card.html", {"disposisi_list": my_disposisi(db, actor, limit=5), "paraf_list": waiting_for_me(db, actor)[:5]},
            face="kerja", rank=20, size=1,
        )
    ]


@hookimpl
def search_results(db, query, actor, limit):
    if not actor.is_staff:
        return []
    from .outgoing import list_outgoing
    from .registers import list_letters

    found = [
        SearchResult(letter.perihal, f"/kerja/surat/masuk/{letter.id}", _("Surat masuk"), f"{letter.nomor_surat} · {letter.pengirim}", 0.6, letter.received_at)
        for letter in list_letters(db, actor, text=query, limit=limit)
    ]
    found += [
        SearchResult(letter.perihal, f"/kerja/surat/keluar/{letter.id}", _("Surat keluar"), letter.nomor or _("konsep"), 0.6, letter.drafted_at)
        for letter in list_outgoing(db, actor, text=query, limit=limit)
    ]
    return found[:limit]


@hookimpl
def calendar_entries(db, actor, start, end):
    from .agenda import agenda_between

    if not actor.is_staff:
        return []
    return [CalendarEntry(a.title, a.start_at, a.end_at, f"/kerja/surat/agenda/{a.id}", a.place) for a in agenda_between(db, actor, start, end)]


@hookimpl
def statistics(db):
    from .models import SuratMasuk

    return [Statistic("surat_masuk", _("Surat masuk tercatat"), db.scalar(select(func.count()).select_from(SuratMasuk)), _("surat"))]


@hookimpl
def health(db):
    from .models import Counter

    db.execute(select(func.count()).select_from(Counter)).scalar_one()
    return [Health("surat", True)]


@hookimpl
def personal_data(db, account_id):
    from .models import KonsepVersion, SuratKeluar

    drafts = db.execute(select(SuratKeluar.perihal, SuratKeluar.drafted_at).where(SuratKeluar.drafted_by == account_id)).all()
    versions = db.scalar(select(func.count()).select_from(KonsepVersion).where(KonsepVersion.written_by == account_id))
    rows = [{"perihal": perihal, "disusun": at.isoformat()} for perihal, at in drafts]
    if not rows and not versions:
        return []
    return [PersonalData(_("Surat yang Anda susun"), _("Pencatatan naskah dinas"), "UU 43/2009", rows, _("Menurut jadwal retensi arsip"))]


@hookimpl
def may_join(db, topic, actor):
    name, _sep, ref = topic.partition(":")
    if name in ("surat-agenda", "surat-ruang"):
        return actor.is_staff
    if name == "surat-unit" and ref.isdigit():
        return actor.can("surat.read", int(ref))
    if name == "surat" and ref.isdigit():
        from .models import SuratMasuk
        from .registers import visible_letters

        return actor.is_staff and db.scalar(visible_letters(actor).where(SuratMasuk.id == int(ref))) is not None
    if name == "surat-keluar" and ref.isdigit():
        from .models import SuratKeluar
        from .outgoing import visible_outgoing

        return actor.is_staff and db.scalar(visible_outgoing(actor).where(SuratKeluar.id == int(ref))) is not None
    return None


@hookimpl
def surat_requested(db, key, source, berkas_id, perihal, summary, opd_id, actor_id, derajat):
    from .intake import take_matter

    take_matter(db, source=source, berkas_id=berkas_id, perihal=perihal, summary=summary, opd_id=opd_id, derajat=derajat)


@hookimpl
def demo_data(db, seed, now, scale):
    from .demo import fill

    fill(db, seed=seed, now=now, scale=scale)

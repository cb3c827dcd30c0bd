"""What the job seeker's card adds to the house."""

from __future__ import annotations

from pendopo import N_, Health, Job, MenuEntry, OpenDataset, Permission, PluginCard, RoleSpec, Statistic, Topic, _, hookimpl

from .kind import EMPLOYERS, READ, SIGN, SIGNER, VERIFY


@hookimpl
def plugin_card():
    return PluginCard(
        "kartu-kuning",
        N_("Kartu kuning (AK/1)"),
        "gawe",
        N_("Kartu pencari kerja tanpa antre, lowongan di sekitar Anda, dan lapor berkala sekali tekan."),
        "id-card",
        owner_opd="disnakertrans",
        authority="utama",
        group=N_("Kerja"),
    )


@hookimpl
def routes():
    from . import routes

    return routes.routes


@hookimpl
def staff_routes():
    from . import staff

    return staff.staff_routes


@hookimpl
def menu_entries(actor):
    work = _("Kerja")
    return [
        MenuEntry(_("Kartu kuning (AK/1)"), "/kartu-kuning/", "gawe", "id-card", _("Kartu pencari kerja dan lapor berkala"), rank=20, group=work),
        MenuEntry(_("Lowongan kerja"), "/kartu-kuning/lowongan", "gawe", "briefcase-business", _("Lowongan terverifikasi di kabupaten"), rank=21, group=work),
        MenuEntry(
            _("Kartu kuning"),
            "/kerja/kartu-kuning/",
            "kerja",
            "id-card",
            _("Permohonan, kartu, lowongan, dan penempatan"),
            permission=READ,
            badge="kartu-kuning",
            rank=20,
            group=work,
        ),
    ]


@hookimpl
def permissions():
    return [
        Permission(READ, N_("Membaca permohonan dan kartu pencari kerja")),
        Permission(VERIFY, N_("Memverifikasi permohonan, mencatat laporan dan penempatan")),
        Permission(SIGN, N_("Menandatangani dan mencabut kartu")),
        Permission(EMPLOYERS, N_("Memverifikasi pemberi kerja, lowongan, dan sekolah")),
    ]


@hookimpl
def roles():
    return [
        RoleSpec("pengantar_kerja", N_("Pengantar kerja"), (READ, VERIFY, EMPLOYERS), "regency"),
        RoleSpec(SIGNER, N_("Kepala bidang penempatan tenaga kerja"), (READ, SIGN, EMPLOYERS), "regency"),
        RoleSpec("pimpinan", N_("Pimpinan"), (READ,), "regency"),
        RoleSpec("auditor", N_("Auditor (Inspektorat)"), (READ,), "regency"),
    ]


@hookimpl
def berkas_kinds():
    from .kind import AK1_KIND

    return [AK1_KIND]


@hookimpl
def document_kinds():
    from .cards import AK1

    return [AK1]


@hookimpl
def topics():
    return [
        Topic("kartukuning.lapor", N_("Pengingat lapor kartu kuning"), audience="warga"),
        Topic("kartukuning.lamaran", N_("Kabar lamaran kerja"), audience="warga"),
        Topic("kartukuning.mitra", N_("Kabar untuk perusahaan dan sekolah"), audience="warga"),
        Topic("kartukuning.petugas", N_("Perusahaan, sekolah, dan lowongan yang menunggu"), channels=("inbox",), audience="pegawai"),
    ]


@hookimpl
def jobs():
    from . import jobs

    return [Job("kartukuning_harian", N_("Pengingat lapor, permohonan yang tidak diperbaiki, lowongan yang berakhir"), jobs.run, cron="15 6 * * *")]


@hookimpl
def settings():
    from .options import SETTINGS

    return SETTINGS


@hookimpl
def badge_counts(db, actor):
    if not (actor.can(VERIFY) or actor.can(SIGN)):
        return []
    from .pieces import waiting

    return [("kartu-kuning", waiting(db, actor))]


@hookimpl
def dashboard_cards(db, actor, face):
    from datetime import UTC, datetime

    from . import pieces
    from .applications import regency_date

    now = datetime.now(UTC)
    return pieces.staff_cards(db, actor, now) if face == "kerja" else pieces.citizen_cards(db, actor, regency_date(db, now))


@hookimpl
def search_results(db, query, actor, limit):
    from datetime import UTC, datetime

    from .applications import regency_date
    from .pieces import found

    return found(db, query, actor, limit, regency_date(db, datetime.now(UTC)))


@hookimpl
def calendar_entries(db, actor, start, end):
    from .pieces import calendar

    return calendar(db, actor, start, end) if actor.citizen_id else []


@hookimpl
def map_layers(actor):
    from pendopo import MapLayer

    return [MapLayer("lowongan", _("Lowongan kerja"), "/kartu-kuning/lowongan.geojson", _("Lowongan terverifikasi, menurut desa tempat kerja"))]


@hookimpl
def open_datasets():
    return [
        OpenDataset(
            "pencari-kerja",
            _("Kartu pencari kerja yang terbit"),
            _("Jumlah kartu menurut bulan, pendidikan, dan jenis kelamin; angka di bawah lima tidak ditampilkan."),
            "/kartu-kuning/data/pencari-kerja.csv",
        ),
        OpenDataset("lowongan-kerja", _("Lowongan kerja"), _("Satu baris untuk setiap lowongan yang pernah terbit."), "/kartu-kuning/data/lowongan.csv"),
    ]


@hookimpl
def statistic_views():
    from .figures import views

    return views()


@hookimpl
def statistics(db):
    from datetime import UTC, datetime

    from .applications import regency_date
    from .figures import headline

    figures = headline(db, regency_date(db, datetime.now(UTC)))
    return [
        Statistic("pencari_kerja", _("Pencari kerja aktif"), figures["looking"], _("orang"), "/kartu-kuning/"),
        Statistic("tempat_kerja", _("Tempat kerja terbuka"), figures["places"], _("orang"), "/kartu-kuning/lowongan"),
        Statistic("penempatan", _("Ditempatkan tahun ini"), figures["placed"], _("orang"), "/kartu-kuning/"),
    ]


@hookimpl
def health(db):
    from .options import office_id, option

    found = office_id(db) is not None
    return [Health("kartu-kuning", found, "" if found else _("Perangkat daerah %(code)s belum terdaftar.") % {"code": option(db, "opd")})]


@hookimpl
def may_join(db, topic, actor):
    return True if topic == "public:lowongan" else None


@hookimpl
def may_read_attachment(db, owner, ref, actor):
    if owner == "gawe_kartukuning.pencari":
        from .seekers import may_read_files

        return may_read_files(db, ref, actor)
    if owner == "gawe_kartukuning.ak1":
        from .cards import may_read_paper

        return may_read_paper(db, ref, actor)
    return None


@hookimpl
def personal_data(db, account_id):
    from .pieces import held_of

    return held_of(db, account_id)


@hookimpl
def person_erased(db, key, account_id):
    from .pieces import forget

    forget(db, account_id)


@hookimpl
def demo_data(db, seed, now, scale):
    from .demo import fill

    fill(db, seed=seed, now=now, scale=scale)

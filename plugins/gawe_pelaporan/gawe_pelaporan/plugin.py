"""What reports add to the house."""

from __future__ import annotations

from pendopo import (
    N_,
    Health,
    Job,
    MapLayer,
    MenuEntry,
    OpenDataset,
    Permission,
    PersonalData,
    PluginCard,
    RoleSpec,
    SearchResult,
    Statistic,
    Topic,
    _,
    hookimpl,
)


@hookimpl
def plugin_card():
    return PluginCard(
        "pelaporan",
        N_("Laporan masyarakat"),
        "gawe",
        N_("Laporkan jalan rusak, lampu mati, sampah, dan lainnya; ikuti sampai selesai."),
        "megaphone",
        owner_opd="diskominfo",
        authority="utama",
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
    return [
        MenuEntry(_("Laporan masyarakat"), "/pelaporan/", "gawe", "megaphone", _("Jalan, lampu, sampah, dan lainnya"), rank=10, group=_("Pengaduan")),
        MenuEntry(
            _("Laporan masyarakat"),
            "/kerja/pelaporan/",
            "kerja",
            "megaphone",
            _("Laporan untuk perangkat daerah Anda"),
            permission="pelaporan.read",
            badge="pelaporan",
            rank=10,
            group=_("Pengaduan"),
        ),
        MenuEntry(
            _("Antrean verifikasi"),
            "/kerja/pelaporan/antrean",
            "kerja",
            "list-checks",
            _("Laporan yang menunggu diperiksa"),
            permission="pelaporan.verify",
            rank=11,
            group=_("Pengaduan"),
        ),
    ]


@hookimpl
def permissions():
    return [
        Permission("pelaporan.read", N_("Membaca laporan perangkat daerahnya")),
        Permission("pelaporan.handle", N_("Menangani laporan")),
        Permission("pelaporan.assign", N_("Membagi laporan dan mengirim ke surat")),
        Permission("pelaporan.verify", N_("Memverifikasi dan meneruskan laporan")),
        Permission("pelaporan.oversee", N_("Menerima peringatan laporan yang lewat batas")),
        Permission("pelaporan.keys", N_("Mengelola kunci Open311")),
    ]


@hookimpl
def roles():
    return [
        RoleSpec("pelaporan_petugas", N_("Petugas laporan"), ("pelaporan.read", "pelaporan.handle")),
        RoleSpec("pelaporan_kabid", N_("Kepala bidang (laporan)"), ("pelaporan.read", "pelaporan.handle", "pelaporan.assign")),
        RoleSpec("pelaporan_admin", N_("Admin pengaduan"), ("pelaporan.read", "pelaporan.verify", "pelaporan.keys"), "regency"),
        RoleSpec("pimpinan", N_("Pimpinan"), ("pelaporan.read", "pelaporan.oversee"), "regency"),
        RoleSpec("auditor", N_("Auditor (Inspektorat)"), ("pelaporan.read",), "regency"),
    ]


@hookimpl
def berkas_kinds():
    from .kind import LAPORAN

    return [LAPORAN]


@hookimpl
def topics():
    return [
        Topic("pelaporan.darurat", N_("Laporan yang membahayakan jiwa"), audience="pegawai", urgent=True, mandatory=True),
        Topic("pelaporan.dukungan", N_("Kabar laporan yang Anda dukung"), channels=("inbox",), audience="warga"),
    ]


@hookimpl
def jobs():
    from . import jobs

    return [Job("pelaporan_tutup", N_("Tutup laporan yang selesai dan tidak disanggah"), jobs.run, cron="20 * * * *")]


@hookimpl
def settings():
    from .options import SETTINGS

    return SETTINGS


@hookimpl
def badge_counts(db, actor):
    if not actor.can("pelaporan.read"):
        return []
    from .listing import waiting_count

    return [("pelaporan", waiting_count(db, actor))]


@hookimpl
def dashboard_cards(db, actor, face):
    from . import cards

    return cards.staff_cards(db, actor) if face == "kerja" else cards.citizen_cards(db, actor)


@hookimpl
def search_results(db, query, actor, limit):
    from .cards import found

    return [SearchResult(**result) for result in found(db, query, actor, limit)]


@hookimpl
def map_layers(actor):
    return [MapLayer("laporan", _("Laporan masyarakat"), "/pelaporan/peta.geojson", _("Laporan warga yang terbit"))]


@hookimpl
def open_datasets():
    return [
        OpenDataset(
            "laporan-masyarakat",
            _("Laporan masyarakat"),
            _("Satu baris untuk setiap laporan yang terbit, tanpa identitas pelapor."),
            "/pelaporan/data.csv",
        )
    ]


@hookimpl
def statistic_views():
    from .stats import views

    return views()


@hookimpl
def statistics(db):
    from datetime import UTC, datetime

    from pendopo.http import url

    from .stats import totals

    figures, href = totals(db, now=datetime.now(UTC)), url("statistik:show", plugin="pelaporan", view="kategori")
    return [
        Statistic("pelaporan_diterima", _("Laporan warga setahun ini"), figures["received"], _("laporan"), "/pelaporan/"),
        Statistic("pelaporan_dijawab", _("Laporan dijawab"), figures["answered_share"], "%", href),
        Statistic("pelaporan_selesai", _("Terselesaikan di lapangan"), figures["finished_share"], "%", href),
    ]


@hookimpl
def health(db):
    from .cards import unrouted

    missing = unrouted(db)
    return [Health("pelaporan", not missing, _("Kategori tanpa perangkat daerah: %(codes)s") % {"codes": ", ".join(missing)} if missing else "")]


@hookimpl
def may_join(db, topic, actor):
    return True if topic in ("public:pelaporan",) or topic.startswith("public:laporan-") else None


@hookimpl
def may_read_attachment(db, owner, ref, actor):
    from .cards import may_see_photo

    return may_see_photo(db, owner, ref, actor) if owner.startswith("gawe_pelaporan.") else None


@hookimpl
def berkas_moved(db, key, berkas_id, kind, plugin, transition, from_state, to_state, actor_id, at):
    if plugin != "gawe_pelaporan" or kind != "laporan":
        return
    from .cards import tell_supporters
    from .desk import keep_step_photos

    keep_step_photos(db, key, berkas_id, transition)
    tell_supporters(db, key, berkas_id, to_state)


@hookimpl
def disposisi_finished(db, key, source, berkas_id, result, note, actor_id, at):
    if source != "pelaporan":
        return
    from .desk import hear_of_letter

    hear_of_letter(db, berkas_id, result, note, at)


@hookimpl
def personal_data(db, account_id):
    from .privacy import held_of

    return [
        PersonalData(title, purpose, basis, rows, _("Lima tahun setelah laporan ditutup, lalu tanpa nama"))
        for title, purpose, basis, rows in held_of(db, account_id)
    ]


@hookimpl
def person_erased(db, key, account_id):
    from .privacy import forget

    forget(db, account_id)


@hookimpl
def demo_data(db, seed, now, scale):
    from .demo import fill

    fill(db, seed=seed, now=now, scale=scale)

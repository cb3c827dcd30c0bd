"""What permits add to the house."""

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
    Statistic,
    Topic,
    _,
    hookimpl,
)

NAME = "gawe_simponie"


@hookimpl
def plugin_card():
    return PluginCard(
        "simponie",
        N_("Perizinan (Simponie)"),
        "gawe",
        N_("Cari tahu izin yang Anda perlukan, hitung biayanya, ajukan, dan ikuti sampai terbit."),
        "stamp",
        owner_opd="dpmptsp",
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
def plugin_hookspecs():
    from . import hookspecs

    return [hookspecs]


@hookimpl
def simponie_national_case(db, channel, reference):
    from .national import simulated

    return simulated(db, channel, reference)


@hookimpl
def menu_entries(actor):
    group = _("Perizinan")
    return [
        MenuEntry(_("Perizinan"), "/simponie/", "gawe", "stamp", _("Izin apa, syaratnya, biayanya"), rank=20, group=group),
        MenuEntry(
            _("Perizinan"), "/kerja/simponie/", "kerja", "stamp", _("Permohonan izin"), permission="simponie.read", badge="simponie", rank=20, group=group
        ),
        MenuEntry(
            _("Papan perizinan"),
            "/kerja/simponie/papan",
            "kerja",
            "kanban",
            _("Yang terlambat dan sebabnya"),
            permission="simponie.oversee",
            rank=21,
            group=group,
        ),
        MenuEntry(
            _("Jenis izin"),
            "/kerja/simponie/jenis",
            "kerja",
            "library",
            _("Standar pelayanan dan formulir"),
            permission="simponie.catalogue",
            rank=22,
            group=group,
        ),
    ]


@hookimpl
def permissions():
    return [
        Permission("simponie.read", N_("Membaca permohonan izin")),
        Permission("simponie.check", N_("Memeriksa kelengkapan permohonan izin")),
        Permission("simponie.technical", N_("Memverifikasi dan meninjau secara teknis")),
        Permission("simponie.draft", N_("Menyusun keputusan izin")),
        Permission("simponie.sign", N_("Menandatangani, menolak, dan mencabut izin")),
        Permission("simponie.appeal", N_("Memutus keberatan atas penolakan izin")),
        Permission("simponie.oversee", N_("Melihat papan perizinan dan menerima peringatannya")),
        Permission("simponie.catalogue", N_("Mengelola jenis izin dan tabel risiko")),
        Permission("simponie.supervise", N_("Mengawasi pemegang izin")),
    ]


@hookimpl
def roles():
    """DPMPTSP works on applications wherever they lie; a technical office only on those that lie there."""
    return [
        RoleSpec("simponie_loket", N_("Petugas loket perizinan"), ("simponie.read", "simponie.check"), "regency"),
        RoleSpec("simponie_verifikator", N_("Verifikator perizinan"), ("simponie.read", "simponie.check", "simponie.draft", "simponie.supervise"), "regency"),
        RoleSpec("simponie_teknis", N_("Tim teknis perizinan"), ("simponie.read", "simponie.technical")),
        RoleSpec(
            "simponie_kepala", N_("Kepala DPMPTSP"), ("simponie.read", "simponie.sign", "simponie.appeal", "simponie.oversee", "simponie.supervise"), "regency"
        ),
        RoleSpec("simponie_admin", N_("Pengelola jenis izin"), ("simponie.read", "simponie.catalogue"), "regency"),
        RoleSpec("pimpinan", N_("Pimpinan"), ("simponie.read", "simponie.oversee"), "regency"),
        RoleSpec("auditor", N_("Auditor (Inspektorat)"), ("simponie.read", "simponie.oversee"), "regency"),
    ]


@hookimpl
def berkas_kinds():
    from .kind import PERMOHONAN

    return [PERMOHONAN]


@hookimpl
def document_kinds():
    from .documents import KINDS

    return KINDS


@hookimpl
def document_issued(db, key, document_id, plugin, kind, ref, number, holder_id, replaces_id, at):
    if plugin != NAME:
        return
    from .decisions import DESK_KINDS, hear_signed

    if kind in DESK_KINDS:
        hear_signed(db, document_id, at)


@hookimpl
def document_revoked(db, key, document_id, plugin, kind, ref, number, reason, refused_by, at):
    if plugin != NAME or not refused_by:
        return
    from .decisions import DESK_KINDS, hear_sent_back

    if kind in DESK_KINDS:
        hear_sent_back(db, ref, refused_by, reason, at)


@hookimpl
def bill_kinds():
    from .levies import LEVY

    return [LEVY]


@hookimpl
def topics():
    return [
        Topic("simponie.fiktif_positif", N_("Permohonan izin dianggap dikabulkan"), audience="pegawai", mandatory=True),
        Topic("simponie.perpanjang", N_("Izin yang akan berakhir"), audience="warga"),
        Topic("simponie.nasional", N_("Kabar OSS dan SIMBG"), audience="warga"),
    ]


@hookimpl
def jobs():
    from . import jobs

    return [Job("simponie_waktu", N_("Fiktif positif, perbaikan yang lewat, dan pengingat perpanjangan"), jobs.run, cron="3 * * * *")]


@hookimpl
def settings():
    from .options import SETTINGS

    return SETTINGS


@hookimpl
def badge_counts(db, actor):
    if not actor.can("simponie.read"):
        return []
    from .cards import waiting_count

    return [("simponie", waiting_count(db, actor))]


@hookimpl
def dashboard_cards(db, actor, face):
    from . import cards

    return cards.staff_cards(db, actor) if face == "kerja" else cards.citizen_cards(db, actor)


@hookimpl
def search_results(db, query, actor, limit):
    from .cards import found

    return found(db, query, actor, limit)


@hookimpl
def calendar_entries(db, actor, start, end):
    from .cards import entries

    return entries(db, actor, start, end)


@hookimpl
def map_layers(actor):
    return [MapLayer("izin", _("Izin yang berlaku"), "/simponie/izin/peta.geojson", _("Register izin terbit"))]


@hookimpl
def open_datasets():
    return [
        OpenDataset(
            "izin-terbit",
            _("Izin terbit"),
            _("Satu baris untuk setiap izin: nomor, jenis, tempat, masa berlaku; pemegang disamarkan."),
            "/simponie/izin/data.csv",
        ),
    ]


@hookimpl
def statistics(db):
    from datetime import UTC, datetime

    from .shown import figures

    told = figures(db, now=datetime.now(UTC))
    return [
        Statistic("simponie_masuk", _("Permohonan izin setahun ini"), told["received"], _("permohonan"), "/simponie/"),
        Statistic("simponie_tepat", _("Keputusan izin tepat waktu"), told["in_time"], "%", "/simponie/"),
        Statistic("simponie_berlaku", _("Izin yang berlaku"), told["valid"], _("izin"), "/simponie/izin"),
    ]


@hookimpl
def statistic_views():
    from .stats import VIEWS

    return VIEWS


@hookimpl
def health(db):
    from .cards import missing_offices

    missing = missing_offices(db)
    return [Health("simponie", not missing, _("Perangkat daerah belum terdaftar: %(codes)s") % {"codes": ", ".join(missing)} if missing else "")]


@hookimpl
def may_read_attachment(db, owner, ref, actor):
    if not owner.startswith(f"{NAME}."):
        return None
    from .cards import may_see_file

    return may_see_file(db, owner, ref, actor)


@hookimpl
def bill_paid(db, key, plugin, kind, ref, bill_id, paid_at, amount, ntpd):
    if plugin != NAME:
        return
    from .levies import hear_paid

    hear_paid(db, bill_id, ref, paid_at, ntpd)


@hookimpl
def personal_data(db, account_id):
    from .privacy import held_of

    return [PersonalData(title, purpose, basis, rows, keep) for title, purpose, basis, rows, keep in held_of(db, account_id)]


@hookimpl
def person_erased(db, key, account_id):
    from .privacy import forget

    forget(db, account_id)


@hookimpl
def demo_data(db, seed, now, scale):
    from .demo import fill

    fill(db, seed=seed, now=now, scale=scale)

"""What taxes add to the house."""

from __future__ import annotations

from pendopo import (
    N_,
    CalendarEntry,
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

CITIZEN_TITLE, KEEP = N_("Pajak daerah"), N_("Sepuluh tahun setelah tahun pajaknya, sesuai kewajiban penyimpanan dokumen pajak")


@hookimpl
def plugin_card():
    return PluginCard(
        "pajak",
        CITIZEN_TITLE,
        "gawe",
        N_("Cek dan bayar PBB, lapor pajak usaha, BPHTB, keberatan, dan balik nama."),
        "landmark",
        owner_opd="bapenda",
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
    group = _("Pajak dan tagihan")
    return [
        MenuEntry(_("Pajak daerah"), "/pajak/", "gawe", "landmark", _("Cek tagihan PBB dengan NOP, BPHTB, pajak usaha"), rank=20, group=group),
        MenuEntry(
            _("Pajak daerah"),
            "/kerja/pajak/",
            "kerja",
            "landmark",
            _("DHKP, ketetapan, permohonan, penagihan"),
            permission="pajak.read",
            badge="pajak",
            rank=20,
            group=group,
        ),
    ]


@hookimpl
def permissions():
    return [
        Permission("pajak.read", N_("Membaca data pajak")),
        Permission("pajak.deliver", N_("Mencatat SPPT yang sudah diantar")),
        Permission("pajak.examine", N_("Meneliti permohonan, SPTPD, dan BPHTB")),
        Permission("pajak.decide", N_("Memutuskan keberatan, pengurangan, dan mutasi")),
        Permission("pajak.assess", N_("Menetapkan dan membetulkan pajak")),
        Permission("pajak.letters", N_("Menerbitkan surat tagihan")),
        Permission("pajak.import", N_("Mengimpor data SPPT")),
        Permission("pajak.tariffs", N_("Mengubah tarif pajak")),
    ]


@hookimpl
def roles():
    officer = ("pajak.read", "pajak.deliver", "pajak.examine")
    return [
        RoleSpec("pajak_petugas", N_("Petugas pajak"), officer),
        RoleSpec("pajak_penetapan", N_("Petugas penetapan dan penagihan pajak"), (*officer, "pajak.assess", "pajak.letters", "pajak.import")),
        RoleSpec("pajak_kabid", N_("Kepala bidang pajak"), (*officer, "pajak.decide", "pajak.assess", "pajak.letters", "pajak.import", "pajak.tariffs")),
        RoleSpec("auditor", N_("Auditor (Inspektorat)"), ("pajak.read",), "regency"),
    ]


@hookimpl
def berkas_kinds():
    from .kinds import ALL_KINDS

    return ALL_KINDS


@hookimpl
def bill_kinds():
    from .paying import KINDS

    return list(KINDS.values())


@hookimpl
def document_kinds():
    from .paper import KINDS

    return KINDS


@hookimpl
def topics():
    return [
        Topic("pajak.sptpd", N_("Batas lapor dan bayar pajak usaha"), audience="warga"),
        Topic("pajak.tempo", N_("PBB yang akan jatuh tempo"), audience="warga"),
        Topic("pajak.lebih", N_("Kelebihan bayar pajak"), audience="warga"),
        Topic("pajak.impor", N_("Hasil impor data SPPT"), channels=("inbox",), audience="pegawai"),
    ]


@hookimpl
def jobs():
    from . import jobs

    return [
        Job("pajak_impor", N_("Mengimpor data SPPT"), jobs.run_import),
        Job("pajak_impor_lanjut", N_("Melanjutkan impor yang terputus"), jobs.resume_imports, cron="*/10 * * * *"),
        Job("pajak_surat", N_("Membuat surat tagihan"), jobs.run_letters),
        Job("pajak_tetapkan", N_("Menetapkan PBB setahun"), jobs.run_publish),
        Job("pajak_ingatkan", N_("Mengingatkan batas SPTPD dan jatuh tempo PBB"), jobs.remind, cron="10 7 * * *"),
    ]


@hookimpl
def commands():
    from .commands import group

    return [group]


@hookimpl
def settings():
    from .options import SETTINGS

    return SETTINGS


@hookimpl
def badge_counts(db, actor):
    if not actor.can("pajak.examine"):
        return []
    from .cards import waiting_count

    return [("pajak", waiting_count(db, actor))]


@hookimpl
def dashboard_cards(db, actor, face):
    from . import cards

    return cards.staff_cards(db, actor) if face == "kerja" else cards.citizen_cards(db, actor)


@hookimpl
def search_results(db, query, actor, limit):
    from .cards import found

    return [SearchResult(**result) for result in found(db, query, actor, limit)]


@hookimpl
def calendar_entries(db, actor, start, end):
    from .cards import due_days

    return [CalendarEntry(**entry) for entry in due_days(db, actor, start, end)]


@hookimpl
def map_layers(actor):
    return [
        MapLayer("pajak", _("Realisasi PBB per kecamatan"), "/pajak/peta.geojson", _("Bapenda")),
        MapLayer("pajak_usaha", _("Pajak usaha per kecamatan"), "/pajak/peta-usaha.geojson", _("Bapenda")),
    ]


@hookimpl
def open_datasets():
    return [
        OpenDataset(
            "realisasi-pbb",
            _("Realisasi PBB per desa"),
            _("Jumlah objek, ketetapan, dan pembayaran setiap desa; sel di bawah lima objek disembunyikan."),
            "/pajak/data/realisasi-pbb.csv",
        ),
        OpenDataset(
            "realisasi-pajak",
            _("Realisasi pajak daerah per jenis"),
            _("Rupiah yang diterima setiap bulan menurut jenis pajak."),
            "/pajak/data/realisasi-pajak.csv",
        ),
    ]


@hookimpl
def statistics(db):
    from .figures import headline

    share, objects, received = headline(db)
    return [
        Statistic("pajak_pbb", _("Realisasi PBB tahun ini"), share, "%", "/pajak/realisasi"),
        Statistic("pajak_objek", _("Objek PBB"), objects, _("objek"), "/pajak/realisasi"),
        Statistic("pajak_diterima", _("Pajak diterima tahun ini"), received, "rupiah", "/pajak/realisasi"),
    ]


@hookimpl
def statistic_views():
    from .figures import VIEWS

    return VIEWS


@hookimpl
def health(db):
    from .figures import examples_left, unfinished_imports

    left, stuck = examples_left(db), unfinished_imports(db)
    detail = [_("%(n)s tarif masih bertanda contoh") % {"n": left}] if left else []
    detail += [_("impor terputus: %(names)s") % {"names": ", ".join(stuck)}] if stuck else []
    return [Health("pajak", not stuck, "; ".join(detail))]


@hookimpl
def may_join(db, topic, actor):
    return True if topic.startswith("public:pajak") else None


@hookimpl
def may_read_attachment(db, owner, ref, actor):
    from .cards import may_see_file

    return may_see_file(db, owner, ref, actor) if owner.startswith("gawe_pajak.") else None


@hookimpl
def bill_paid(db, key, plugin, kind, ref, bill_id, paid_at, amount, ntpd):
    if plugin == "gawe_pajak":
        from .paying import hear_paid

        hear_paid(db, kind, ref, bill_id, paid_at, amount, ntpd)


@hookimpl
def document_issued(db, key, document_id, plugin, kind, ref, number, holder_id, replaces_id, at):
    if plugin != "gawe_pajak" and replaces_id is None:
        from .permits import hear

        hear(db, document_id, number, holder_id, at)


@hookimpl
def personal_data(db, account_id):
    from .privacy import held_of

    return [PersonalData(title, purpose, basis, rows, _(KEEP)) for title, purpose, basis, rows in held_of(db, account_id)]


@hookimpl
def person_erased(db, key, account_id):
    from .privacy import forget

    forget(db, account_id)


@hookimpl
def demo_data(db, seed, now, scale):
    from .demo import fill

    fill(db, seed=seed, now=now, scale=scale)

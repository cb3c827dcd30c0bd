"""What hibah and bansos add to the house."""

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
        "pemantauan",
        N_("Hibah dan bansos"),
        "gawe",
        N_("Ajukan proposal bantuan, lihat di meja siapa berkasnya sekarang, sampai rupiah terakhir."),
        "hand-heart",
        owner_opd="kesra",
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
    group = _("Bantuan")
    return [
        MenuEntry(_("Hibah dan bansos"), "/pemantauan/", "gawe", "hand-heart", _("Ajukan dan pantau bantuan"), rank=30, group=group),
        MenuEntry(
            _("Hibah dan bansos"),
            "/kerja/pemantauan/",
            "kerja",
            "hand-heart",
            _("Proposal menurut tahapnya"),
            permission="pemantauan.read",
            badge="pemantauan",
            rank=30,
            group=group,
        ),
        MenuEntry(
            _("Konfirmasi desa"),
            "/kerja/pemantauan/konfirmasi",
            "kerja",
            "stamp",
            _("Proposal dari wilayah Anda"),
            permission="pemantauan.confirm_desa",
            badge="pemantauan_desa",
            rank=31,
            group=group,
        ),
        MenuEntry(
            _("Konfirmasi camat"),
            "/kerja/pemantauan/konfirmasi",
            "kerja",
            "landmark",
            _("Proposal dari wilayah Anda"),
            permission="pemantauan.confirm_camat",
            badge="pemantauan_camat",
            rank=32,
            group=group,
        ),
        MenuEntry(
            _("Program bantuan"),
            "/kerja/pemantauan/program",
            "kerja",
            "wallet",
            _("Masa usulan, pagu, dan plafon"),
            permission="pemantauan.program",
            rank=33,
            group=group,
        ),
        MenuEntry(
            _("Pengawasan bantuan"),
            "/kerja/pemantauan/pengawasan",
            "kerja",
            "shield-check",
            _("Tanda, pagu, dan jejak untuk Inspektorat"),
            permission="pemantauan.audit",
            rank=34,
            group=group,
        ),
    ]


@hookimpl
def permissions():
    return [
        Permission("pemantauan.read", N_("Membaca proposal")),
        Permission("pemantauan.verify", N_("Memeriksa administrasi proposal")),
        Permission("pemantauan.survey", N_("Memverifikasi lapangan dan merekomendasikan")),
        Permission("pemantauan.confirm_desa", N_("Memberi konfirmasi desa dan melaporkan bencana")),
        Permission("pemantauan.confirm_camat", N_("Memberi konfirmasi camat")),
        Permission("pemantauan.tapd", N_("Mempertimbangkan untuk anggaran (TAPD)")),
        Permission("pemantauan.decide", N_("Menetapkan penerima dengan SK Bupati")),
        Permission("pemantauan.pay", N_("Mencatat NPHD, pencairan, dan laporan penggunaan")),
        Permission("pemantauan.program", N_("Mengelola program bantuan")),
        Permission("pemantauan.audit", N_("Mengawasi hibah dan bansos")),
    ]


@hookimpl
def roles():
    read, program = "pemantauan.read", "pemantauan.program"
    return [
        RoleSpec("pemantauan_desa", N_("Petugas desa (bantuan)"), ("pemantauan.confirm_desa",)),
        RoleSpec("pemantauan_camat", N_("Camat (bantuan)"), ("pemantauan.confirm_camat",)),
        RoleSpec("pemantauan_kesra", N_("Verifikator Kesra"), (read, "pemantauan.verify", program), "regency"),
        RoleSpec("pemantauan_opd", N_("Verifikator lapangan (bantuan)"), (read, "pemantauan.survey")),
        RoleSpec("pemantauan_tapd", N_("Sekretariat TAPD"), (read, "pemantauan.tapd"), "regency"),
        RoleSpec("pemantauan_penetap", N_("Penyiap SK Bupati"), (read, "pemantauan.decide"), "regency"),
        RoleSpec("pemantauan_bendahara", N_("Bendahara bantuan (PPKD)"), (read, "pemantauan.pay"), "regency"),
        RoleSpec("auditor", N_("Auditor (Inspektorat)"), (read, "pemantauan.audit"), "regency"),
    ]


@hookimpl
def berkas_kinds():
    from .kind import KINDS

    return list(KINDS)


@hookimpl
def document_kinds():
    from .papers import KINDS

    return list(KINDS)


@hookimpl
def document_issued(db, key, document_id, plugin, kind, ref, number, holder_id, replaces_id, at):
    if (plugin, kind) == ("gawe_pemantauan", "nphd"):
        from .agreement import hear_issued

        hear_issued(db, document_id, at)


@hookimpl
def document_revoked(db, key, document_id, plugin, kind, ref, number, reason, refused_by, at):
    if (plugin, kind) == ("gawe_pemantauan", "nphd") and refused_by:
        from .agreement import hear_refused

        hear_refused(db, ref, refused_by, reason, at)


@hookimpl
def bill_kinds():
    from .returning import REST

    return [REST]


@hookimpl
def bill_paid(db, key, plugin, kind, ref, bill_id, paid_at, amount, ntpd):
    if (plugin, kind) == ("gawe_pemantauan", "sisa_bantuan"):
        from .returning import hear_paid

        hear_paid(db, ref, paid_at)


@hookimpl
def statistic_views():
    from .figures import VIEWS

    return list(VIEWS)


@hookimpl
def topics():
    return [
        Topic("pemantauan.lpj", N_("Pengingat laporan penggunaan bantuan"), audience="warga", mandatory=True),
        Topic("pemantauan.program", N_("Program bantuan baru dibuka"), channels=("inbox",), audience="warga"),
    ]


@hookimpl
def jobs():
    from . import jobs

    return [
        Job("pemantauan_harian", N_("Tandai laporan terlambat, ingatkan, dan tutup yang tidak diperbaiki"), jobs.run, cron="15 6 * * *"),
        Job("pemantauan_buka", N_("Kabari pengikut bila program bantuan dibuka"), jobs.announce, cron="5 * * * *"),
    ]


@hookimpl
def settings():
    from .options import SETTINGS

    return SETTINGS


@hookimpl
def badge_counts(db, actor):
    from .cards import badges

    return badges(db, actor)


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
    from .cards import entries

    return entries(db, actor, start, end)


@hookimpl
def map_layers(actor):
    return [MapLayer("bantuan", _("Penerima hibah dan bansos"), "/pemantauan/penerima.geojson", _("Lembaga penerima; perorangan hanya jumlah per desa"))]


@hookimpl
def open_datasets():
    return [
        OpenDataset(
            "penerima-bantuan",
            _("Penerima hibah dan bansos"),
            _("Lembaga, desa, dan nilai; perorangan hanya sebagai jumlah per desa."),
            "/pemantauan/penerima.csv",
        ),
        OpenDataset("program-bantuan", _("Program hibah dan bansos"), _("Masa usulan, pagu, plafon, dan yang sudah ditetapkan."), "/pemantauan/program.csv"),
    ]


@hookimpl
def statistics(db):
    from .public import headline

    figures = headline(db)
    return [
        Statistic("pemantauan_masuk", _("Proposal bantuan diterima"), figures["sent"], _("proposal"), "/pemantauan/"),
        Statistic("pemantauan_penerima", _("Penerima bantuan ditetapkan"), figures["recipients"], _("penerima"), "/pemantauan/penerima"),
        Statistic("pemantauan_cair", _("Bantuan sudah dicairkan"), figures["paid"], _("rupiah"), "/pemantauan/penerima"),
    ]


@hookimpl
def health(db):
    from .programs import budget_error

    wrong = budget_error(db)
    detail = _("Jumlah penetapan tidak sama dengan catatan program: %(ids)s") % {"ids": ", ".join(str(row[0]) for row in wrong)} if wrong else ""
    return [Health("pemantauan", not wrong, detail)]


@hookimpl
def may_read_attachment(db, owner, ref, actor):
    from .cards import may_see_file

    return may_see_file(db, owner, ref, actor) if owner.startswith("gawe_pemantauan.") else None


@hookimpl
def personal_data(db, account_id):
    from .privacy import held_of

    return [
        PersonalData(title, purpose, basis, rows, _("Sepuluh tahun setelah pertanggungjawaban, menurut aturan arsip keuangan"))
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

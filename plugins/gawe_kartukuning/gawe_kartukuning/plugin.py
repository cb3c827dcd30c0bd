"""What this plugin adds to the house."""

from pendopo import N_, MenuEntry, Permission, PersonalData, PluginCard, RoleSpec, Statistic, _, hookimpl


@hookimpl
def plugin_card():
    return PluginCard("kartu-kuning", N_("Kartu kuning"), "gawe", N_("Catatan singkat: ganti dengan layanan Anda."), "notebook-pen")


@hookimpl
def routes():
    from . import routes

    return routes.routes


@hookimpl
def menu_entries(actor):
    return [MenuEntry(_("Kartu kuning"), "/kartukuning/", "gawe", "notebook-pen", _("Catatan singkat: ganti dengan layanan Anda."))]


@hookimpl
def permissions():
    return [Permission("kartukuning.close", N_("Menutup catatan"))]


@hookimpl
def roles():
    return [RoleSpec("petugas_layanan", N_("Petugas layanan"), ("kartukuning.close",))]


@hookimpl
def statistics(db):
    from . import services

    return [Statistic("kartukuning_open", _("Catatan terbuka"), services.count_open(db), _("catatan"), "/kartukuning/")]


@hookimpl
def personal_data(db, account_id):
    from . import services

    rows = services.notes_of(db, account_id)
    return [PersonalData(_("Catatan Anda"), _("Pelayanan publik"), "UU 25/2009", rows)] if rows else []


@hookimpl
def person_erased(db, key, account_id):
    from . import services

    services.forget_person(db, account_id)

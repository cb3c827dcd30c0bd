"""Figures of all services on pages of their own, through the same door as every plugin."""

from pendopo import N_, MenuEntry, PluginCard, _, hookimpl


@hookimpl
def plugin_card():
    return PluginCard("statistik", N_("Statistik"), "gawe", N_("Angka setiap layanan: grafik, tabel, dan unduhan."), "chart-column")


@hookimpl
def routes():
    from .routes import routes

    return routes


@hookimpl
def staff_routes():
    from .routes import staff_routes

    return staff_routes


@hookimpl
def menu_entries(actor):
    return [
        MenuEntry(_("Statistik"), "/statistik/", "gawe", "chart-column", _("Angka setiap layanan, dengan grafik dan unduhan"), rank=85, group=_("Informasi")),
        MenuEntry(_("Statistik"), "/kerja/statistik/", "kerja", "chart-column", _("Angka semua layanan sampai ke barisnya"), rank=85, group="utama"),
    ]

"""The house's own pages: the two homes, search, language and look, and what operators' tools ask for."""

from pendopo import N_, MenuEntry, PluginCard, _, hookimpl

from . import routes as layout_routes


@hookimpl
def plugin_card():
    return PluginCard("layout", N_("Beranda"), "gawe", N_("Halaman depan, pencarian, bahasa dan tampilan."), "house")


@hookimpl
def routes():
    return layout_routes.routes


@hookimpl
def menu_entries(actor):
    return [
        MenuEntry(_("Beranda"), "/", "gawe", "house", rank=0, group="utama"),
        MenuEntry(_("Beranda kerja"), "/kerja/", "kerja", "house", rank=0, group="utama"),
    ]

"""The operators' door: what they may see depends on their permissions."""

from importlib import import_module
from importlib.util import find_spec

from pendopo import MenuEntry, N_, PluginCard, _, hookimpl

from . import plugins_page

ROOMS = ("plugins_page", "people", "outbox", "settings")


@hookimpl
def plugin_card():
    return PluginCard("admin", N_("Pengelolaan"), "kerja", N_("Layanan, pengaturan, orang, dan jejak audit."), "settings")


@hookimpl
def routes():
    found = []
    for room in ROOMS:
        if find_spec(f"{__package__}.{room}"):
            found += import_module(f"{__package__}.{room}").routes
    return found


@hookimpl
def menu_entries(actor):
    return [
        MenuEntry(_("Layanan terpasang"), "/admin/plugins", "kerja", "blocks", permission="core.manage_plugins", rank=900, group=_("Pengelolaan")),
        MenuEntry(_("Pengaturan"), "/admin/pengaturan/", "kerja", "sliders-horizontal", permission="core.manage_settings", rank=901, group=_("Pengelolaan")),
        MenuEntry(_("Orang dan jabatan"), "/admin/orang/", "kerja", "users", permission="core.manage_people", rank=902, group=_("Pengelolaan")),
        MenuEntry(_("Jejak audit"), "/admin/audit", "kerja", "scroll-text", permission="core.see_audit", rank=903, group=_("Pengelolaan")),
        MenuEntry(_("Pengiriman dan pekerjaan"), "/admin/outbox", "kerja", "send", permission="core.see_outbox", rank=904, group=_("Pengelolaan")),
    ]


@hookimpl
def health(db):
    return plugins_page.health(db)

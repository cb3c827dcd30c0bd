"""The operators' door: what they may see depends on their permissions."""

from pendopo import N_, MenuEntry, PluginCard, _, hookimpl

from . import plugins_page


@hookimpl
def plugin_card():
    return PluginCard("admin", N_("Pengelolaan"), "kerja", N_("Layanan, pengaturan, orang, dan jejak audit."), "settings")


@hookimpl
def routes():
    from . import audit_page, health_page, offices_page, outbox_page, people_page, settings_page

    rooms = (health_page, plugins_page, people_page, offices_page, settings_page, outbox_page, audit_page)
    return [route for room in rooms for route in room.routes]


@hookimpl
def menu_entries(actor):
    return [
        MenuEntry(label, href, "kerja", icon, summary, permission=permission, rank=900 + number, group=_("Pengelolaan"))
        for number, (label, href, icon, summary, permission) in enumerate((
            (_("Layanan terpasang"), "/admin/plugins", "blocks", _("Keadaan, gangguan, dan sakelar tiap layanan"), "core.manage_plugins"),
            (_("Pengaturan"), "/admin/setelan", "sliders-horizontal", _("Tarif, tenggat, dan angka aturan dengan tanggal berlakunya"), "core.manage_settings"),
            (_("Orang"), "/admin/orang", "users", _("Akun pegawai dan warga, penugasan, Plt dan Plh"), "core.manage_people"),
            (_("OPD dan jabatan"), "/admin/opd", "network", _("Susunan kantor, jabatan, dan perannya"), "core.manage_people"),
            (_("Pengiriman"), "/admin/outbox", "send", _("Surel dan pesan yang menunggu atau gagal, dan pekerjaan terjadwal"), "core.see_outbox"),
            (_("Jejak audit"), "/admin/audit", "scroll-text", _("Siapa melakukan apa, dan keutuhan catatannya"), "core.see_audit"),
            (_("Kesehatan"), "/admin/kesehatan", "heart-pulse", _("Apakah setiap bagian bekerja"), "core.see_outbox"),
        ))
    ]


@hookimpl
def health(db):
    return plugins_page.health(db)

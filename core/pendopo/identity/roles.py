"""What may be done in the house itself, and the usual roles for it."""

from __future__ import annotations

from ..contract import Permission, RoleSpec
from ..i18n import N_

PERMISSIONS = [
    Permission("core.manage_people", N_("Mengelola orang dan jabatan")),
    Permission("core.manage_plugins", N_("Menyalakan dan mematikan layanan")),
    Permission("core.manage_settings", N_("Mengubah pengaturan")),
    Permission("core.see_audit", N_("Membaca jejak audit")),
    Permission("core.see_outbox", N_("Melihat pengiriman dan pekerjaan")),
    Permission("core.act_for", N_("Bertindak atas nama warga")),
]
ROLES = [
    RoleSpec("admin", N_("Administrator"), tuple(p.name for p in PERMISSIONS if p.name != "core.act_for"), "regency"),
    RoleSpec("petugas_layanan", N_("Petugas layanan"), ("core.act_for",)),
    RoleSpec("pimpinan", N_("Pimpinan"), (), "regency"),
    RoleSpec("auditor", N_("Auditor (Inspektorat)"), ("core.see_audit",), "regency"),
]

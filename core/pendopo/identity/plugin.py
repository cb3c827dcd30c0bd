"""Accounts, through the same door as every plugin."""

import json
from datetime import timedelta

from sqlalchemy import delete, select, update

from pendopo import N_, Job, MenuEntry, PersonalData, PluginCard, Topic, _, hookimpl

from .models import Account, AuditEntry, Jabatan, Penugasan, Session, Token
from .numbers import mask_nik
from .roles import PERMISSIONS, ROLES
from .secrecy import decrypt_nik

KEPT = timedelta(days=30)


@hookimpl
def plugin_card():
    return PluginCard("akun", N_("Akun"), "gawe", N_("Masuk, akun, perangkat, dan data pribadi."), "user")


@hookimpl
def routes():
    from .routes import routes

    return routes


@hookimpl
def permissions():
    return PERMISSIONS


@hookimpl
def roles():
    return ROLES


@hookimpl
def topics():
    return [
        Topic("core.on_behalf", N_("Petugas bertindak atas nama Anda"), mandatory=True, urgent=True),
        Topic("core.security", N_("Keamanan akun Anda"), mandatory=True, urgent=True),
    ]


@hookimpl
def menu_entries(actor):
    return [
        MenuEntry(
            _("Melayani warga"), "/akun/wakil", "kerja", "handshake", _("Bertindak atas nama warga di loket"), permission="core.act_for", rank=30,
            group=_("Pelayanan"),
        ),
    ]


@hookimpl
def commands():
    from .commands import audit_commands, user_commands

    return [audit_commands, user_commands]


@hookimpl
def personal_data(db, account_id):
    account = db.get(Account, account_id)
    if account is None:
        return []
    basis = "UU 27/2022 pasal 20"
    row = {
        "name": account.name, "email": account.email, "phone": account.phone, "nik": mask_nik(decrypt_nik(account.nik_cipher)) if account.nik_cipher else None,
        "nip": account.nip, "language": account.language, "created_at": account.created_at.isoformat(),
    }
    sessions = [
        {"device": s.user_agent, "address": s.address, "created_at": s.created_at.isoformat(), "last_seen_at": s.last_seen_at.isoformat()}
        for s in db.scalars(select(Session).where(Session.account_id == account_id).order_by(Session.id.desc()))
    ]
    mine = (AuditEntry.on_behalf_of == account_id) | (AuditEntry.subject == f"account:{account_id}")
    acts = [
        {"at": entry.at.isoformat(), "by": entry.actor_name, "action": entry.action, "reason": json.loads(entry.detail).get("reason", "")}
        for entry in db.scalars(select(AuditEntry).where(mine).order_by(AuditEntry.id))
    ]
    posts = [
        {"jabatan": name, "kind": kind, "from": starts_on.isoformat(), "to": ends_on.isoformat() if ends_on else None}
        for name, kind, starts_on, ends_on in db.execute(
            select(Jabatan.name, Penugasan.kind, Penugasan.starts_on, Penugasan.ends_on)
            .join(Jabatan, Jabatan.id == Penugasan.jabatan_id).where(Penugasan.account_id == account_id).order_by(Penugasan.starts_on)
        )
    ]
    found = [PersonalData(_("Akun"), _("Mengenali Anda di portal"), basis, [row], _("Selama akun ada"))]
    if sessions:
        found.append(PersonalData(_("Perangkat yang masuk"), _("Keamanan akun"), basis, sessions, _("30 hari sesudah dipakai terakhir")))
    if posts:
        found.append(PersonalData(_("Jabatan"), _("Menentukan wewenang"), basis, posts, _("Menurut aturan kepegawaian")))
    if acts:
        found.append(PersonalData(_("Tindakan pada akun Anda"), _("Pertanggungjawaban"), basis, acts, _("Selama portal dipakai")))
    return found


@hookimpl
def jobs():
    return [Job("lupakan_sesi", N_("Lupakan sesi dan tautan lama"), forget_old, cron="40 3 * * *")]


def forget_old(portal, now):
    """Sessions that ended 30 days ago and mailed links of yesterday are nobody's business any more."""
    with portal.db.session() as db:
        ended = (Session.expires_at < now - KEPT) | (Session.revoked_at < now - KEPT)
        db.execute(delete(Session).where(ended))
        db.execute(delete(Token).where(Token.expires_at < now - timedelta(days=1)))


@hookimpl
def person_erased(db, key, account_id):
    gone = {"user_agent": "", "address": "", "on_behalf_reason": ""}
    db.execute(update(Session).where(Session.account_id == account_id).values(**gone))

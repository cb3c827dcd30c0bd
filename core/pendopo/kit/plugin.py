"""Attachments, drafts, places and the working-day calendar, through the same door as every plugin."""

from datetime import UTC, datetime

from sqlalchemy import delete, select, update

from pendopo import N_, DashboardCard, Health, Job, PersonalData, PluginCard, _, hookimpl

from ..identity import mask_nik
from . import attachments
from .attachments import Attachment
from .calendar import calendar_for
from .profile import forget, known_facts
from .wizard import Draft, drafts_of, tidy_drafts, without_secrets


@hookimpl
def plugin_card():
    return PluginCard("lampiran", N_("Lampiran dan wilayah"), "gawe", N_("Berkas yang diunggah, wilayah, dan kalender kerja."), "paperclip")


@hookimpl
def routes():
    from .profile_routes import routes as own
    from .routes import routes

    return [*routes, *own]


@hookimpl
def jobs():
    return [Job("rapikan_lampiran", N_("Buang lampiran dan draf yang ditinggalkan"), tidy, cron="40 3 * * *")]


def tidy(portal, now):
    """Forget what was begun and left."""
    attachments.tidy(portal, now)
    with portal.db.session() as db:
        tidy_drafts(db, now)


@hookimpl
def commands():
    from .calendar_commands import calendar_commands
    from .places.extract import place_commands

    return [place_commands, calendar_commands]


@hookimpl
def health(db):
    """Deadlines can be computed only for years whose holidays are loaded; that next year's are not is told from October, but is no illness yet."""
    calendar = calendar_for(db)
    today = calendar.local(datetime.now(UTC)).date()
    wanted = {today.year, today.year + 1} if today.month >= 10 else {today.year}
    missing = sorted(wanted - calendar.years)
    return [Health("kalender", today.year not in missing, _("Hari libur %(years)s belum dimuat") % {"years": ", ".join(map(str, missing))} if missing else "")]


@hookimpl
def personal_data(db, account_id):
    files = [
        {"file": a.filename, "at": a.created_at.isoformat(), "for": a.owner}
        for a in db.scalars(select(Attachment).where(Attachment.uploaded_by == account_id).order_by(Attachment.id))
    ]
    begun = db.scalars(select(Draft).where(Draft.account_id == account_id))
    drafts = [{"form": d.form, "at": d.updated_at.isoformat(), "data": without_secrets(d.data)} for d in begun]
    facts = [_fact_row(item) for item in known_facts(db, account_id).values() if not item.proved]
    found = []
    if files:
        found.append(PersonalData(_("Lampiran yang Anda unggah"), _("Bukti pada urusan Anda"), "UU 27/2022 pasal 20", files, _("Selama urusannya disimpan")))
    if drafts:
        found.append(PersonalData(_("Isian yang belum dikirim"), _("Melanjutkan pengisian"), "UU 27/2022 pasal 20", drafts, _("30 hari")))
    if facts:
        found.append(PersonalData(_("Isian Anda"), _("Formulir terisi sendiri"), "UU 25/2009", facts, _("Sampai Anda hapus")))
    return found


def _fact_row(item):
    value = mask_nik(item.value) if item.fact.secret else str(item.value)
    return {"fact": item.fact.name, "value": value, "from": item.source, "at": item.at.isoformat()}


@hookimpl
def dashboard_cards(db, actor, face):
    """What was begun and not sent."""
    from .profile_routes import draft_title

    drafts = drafts_of(db, actor.account_id)[:3] if face == "gawe" and actor.is_signed_in else []
    if not drafts:
        return []
    context = {"drafts": [(draft, draft_title(draft)) for draft in drafts]}
    return [DashboardCard("draf", _("Isian yang belum dikirim"), "kit/_card_drafts.html", context, "gawe", 12)]


@hookimpl
def person_erased(db, key, account_id):
    forget(db, account_id)
    db.execute(delete(Draft).where(Draft.account_id == account_id))
    db.execute(update(Attachment).where(Attachment.uploaded_by == account_id, Attachment.ref.is_not(None)).values(uploaded_by=None, lat=None, lon=None))
    db.execute(delete(Attachment).where(Attachment.uploaded_by == account_id, Attachment.ref.is_(None)))

"""Berkas saya, the Meja kerja and tracking by register number, through the same door as every plugin."""

from sqlalchemy import select, update

from pendopo import N_, DashboardCard, Job, MenuEntry, Permission, PersonalData, PluginCard, RoleSpec, SearchResult, Topic, _, hookimpl

from . import desk, escalation, writing
from .models import Berkas, BerkasEvent, BerkasRating
from .reading import SEE_ALL, may_see
from .register import read_register


@hookimpl
def plugin_card():
    return PluginCard("berkas", N_("Berkas saya"), "gawe", N_("Semua urusan Anda di satu tempat."), "folder")


@hookimpl
def routes():
    from .routes import routes

    return routes


@hookimpl
def staff_routes():
    from .desk_routes import routes

    return routes


@hookimpl
def permissions():
    return [Permission(SEE_ALL, N_("Membaca semua berkas (pemeriksa)"))]


@hookimpl
def roles():
    return [RoleSpec("auditor", N_("Pemeriksa (Inspektorat)"), (SEE_ALL,), "regency")]


@hookimpl
def topics():
    return [
        Topic("berkas.langkah", N_("Kabar berkas Anda"), audience="warga"),
        Topic("berkas.meja", N_("Berkas baru di meja kerja"), ("inbox",), audience="pegawai"),
        Topic("berkas.tenggat", N_("Tenggat yang mendekat atau lewat"), audience="pegawai", mandatory=True),
    ]


@hookimpl
def jobs():
    return [Job("berkas_tenggat", N_("Ingatkan tenggat berkas"), escalation.run, cron="*/10 * * * *")]


@hookimpl
def menu_entries(actor):
    return [
        MenuEntry(
            _("Berkas saya"), "/berkas/", "gawe", "folder", _("Semua urusan Anda dan langkahnya"), signed_in=True, badge="berkas", rank=10, group="utama"
        ),
        MenuEntry(_("Lacak berkas"), "/berkas/lacak", "gawe", "search", _("Dengan nomor registrasi dan PIN"), rank=20, group="utama"),
        MenuEntry(_("Meja kerja"), "/kerja/meja/", "kerja", "inbox", _("Semua berkas yang menunggu Anda"), badge="meja", rank=10, group="utama"),
    ]


@hookimpl
def badge_counts(db, actor):
    counts = []
    if actor.is_staff:
        counts.append(("meja", desk.count_waiting(db, actor)))
    return [*counts, ("berkas", desk.count_open_of(db, actor.citizen_id))]


@hookimpl
def dashboard_cards(db, actor, face):
    if not actor.is_signed_in:
        return []
    if face == "kerja":
        shown = {"counts": desk.counts(db, actor), "kinds": desk.by_kind(db, actor), "shown": desk.shown}
        return [DashboardCard("meja", _("Meja kerja"), "berkas/_card_desk.html", shown, "kerja", 10, 2, desk.topics_of(actor)[0])]
    mine = desk.my_berkas(db, actor, limit=4)
    if not mine.rows:
        return []
    return [DashboardCard("berkas", _("Berkas saya"), "berkas/_card_mine.html", {"mine": mine}, "gawe", 10, 2, f"berkas-saya:{actor.citizen_id}")]


@hookimpl
def search_results(db, query, actor, limit):
    if not actor.is_signed_in:
        return []
    register = read_register(query)
    if register:
        found = [row for row in db.scalars(select(Berkas).where(Berkas.register == register)) if may_see(db, actor, row)]
    else:
        found = desk.search(db, actor, query, limit)
    return [
        SearchResult(
            f"{row.register} · {row.title}", desk.href_for(db, actor, row), _("Berkas"), desk.state_title(db, row), 1.0 if register else 0.5, row.moved_at
        )
        for row in found
    ]


@hookimpl
def may_join(db, topic, actor):
    name, _sep, rest = topic.partition(":")
    number, _sep, mark = rest.partition(":")
    if name not in ("berkas", "lacak", "meja", "berkas-saya"):
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return False
    if name == "berkas-saya":
        return actor.citizen_id == int(number)
    if name == "meja":
        return actor.is_staff and (int(number) == 0 or desk.works_in(actor, int(number)))
    berkas = db.get(Berkas, int(number))
    if berkas is None:
        return False
    return topic == writing.pin_topic(berkas) if name == "lacak" else not mark and may_see(db, actor, berkas)


@hookimpl
def may_read_attachment(db, owner, ref, actor):
    """Files of a matter: for its applicant and officers; internal ones for officers. None lets the kind's plugin answer."""
    if owner not in ("berkas", "berkas.internal"):
        return None
    berkas = db.get(Berkas, ref)
    if berkas is None:
        return False
    if owner == "berkas.internal":
        from .reading import is_officer_of, kind_of

        return is_officer_of(actor, kind_of(db, berkas), berkas)
    return True if may_see(db, actor, berkas) else None


@hookimpl
def personal_data(db, account_id):
    rows = [
        {"register": b.register, "title": b.title, "opened_at": b.opened_at.isoformat(), "state": b.state}
        for b in db.scalars(select(Berkas).where(Berkas.applicant_id == account_id).order_by(Berkas.id))
    ]
    words = [
        {"register": register, "at": at.isoformat(), "text": text}
        for register, at, text in db.execute(
            select(Berkas.register, BerkasEvent.at, BerkasEvent.text)
            .join(Berkas, Berkas.id == BerkasEvent.berkas_id)
            .where(Berkas.applicant_id == account_id, BerkasEvent.by == "applicant", BerkasEvent.text != "")
            .order_by(BerkasEvent.id)
        )
    ]
    found = []
    if rows:
        found.append(PersonalData(_("Berkas Anda"), _("Melayani permohonan Anda"), "UU 25/2009", rows, _("Menurut jadwal retensi arsip")))
    if words:
        found.append(
            PersonalData(_("Pesan dan catatan Anda pada berkas"), _("Melayani permohonan Anda"), "UU 25/2009", words, _("Menurut jadwal retensi arsip"))
        )
    return found


@hookimpl
def person_erased(db, key, account_id):
    """The matters stay as the office's record, without the person."""
    theirs = select(Berkas.id).where(Berkas.applicant_id == account_id)
    db.execute(update(BerkasRating).where(BerkasRating.berkas_id.in_(theirs)).values(comment=""))
    db.execute(update(BerkasEvent).where(BerkasEvent.actor_id == account_id, BerkasEvent.by == "applicant").values(actor_name=""))
    db.execute(update(Berkas).where(Berkas.applicant_id == account_id).values(applicant_id=None, anonymous=True))

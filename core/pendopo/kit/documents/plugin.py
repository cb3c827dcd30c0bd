"""The wallet, the signer's desk and the page behind each QR code, through the same door as every plugin."""

from datetime import UTC, datetime

from sqlalchemy import or_, select, update

from pendopo import N_, DashboardCard, Health, MenuEntry, Permission, PersonalData, PluginCard, RoleSpec, SearchResult, SettingSpec, Topic, _, hookimpl
from pendopo.identity.loading import regency_day
from pendopo.outbox import OutboxRow

from . import bsre, desk, hsm, parties, reading, signing, verifying
from .models import Document

SIGN = "dokumen.sign"


@hookimpl
def plugin_card():
    return PluginCard("dokumen", N_("Dokumen saya"), "gawe", N_("Kartu, surat, dan bukti yang diterbitkan untuk Anda."), "file-badge")


@hookimpl
def routes():
    from .party_routes import routes as party_routes
    from .routes import routes

    return [*routes, *party_routes]


@hookimpl
def staff_routes():
    from .desk_routes import routes
    from .party_routes import staff_routes

    return [*routes, *staff_routes]


@hookimpl
def permissions():
    return [Permission(SIGN, N_("Melihat meja tanda tangan"))]


@hookimpl
def roles():
    """Who signs is decided by the position; the permission only shows the way there."""
    return [RoleSpec("pejabat", N_("Pejabat struktural"), (SIGN,)), RoleSpec("pimpinan", N_("Pimpinan"), (SIGN,), "regency")]


@hookimpl
def topics():
    return [
        Topic("dokumen.terbit", N_("Dokumen yang terbit untuk Anda"), ("inbox",), audience="warga"),
        Topic("dokumen.persetujuan", N_("Naskah yang menunggu persetujuan Anda"), audience="warga", mandatory=True),
        Topic("dokumen.tanda_tangan", N_("Naskah yang menunggu tanda tangan Anda"), audience="pegawai", mandatory=True),
    ]


@hookimpl
def settings():
    return [
        SettingSpec(
            "dokumen.kop", N_("Baris kop surat tiap OPD"), "json", {}, N_('Menurut kode OPD: {"dpupr": ["Jalan ...", "Telepon ..."]}'), "contoh"
        )
    ]


@hookimpl
def menu_entries(actor):
    return [
        MenuEntry(_("Dokumen saya"), "/dokumen/", "gawe", "file-badge", _("Kartu, surat, dan bukti Anda"), signed_in=True, rank=12, group="utama"),
        MenuEntry(_("Periksa dokumen"), "/v/", "gawe", "badge-check", _("Asli dan masih berlakukah surat ini?"), rank=22, group="utama"),
        MenuEntry(
            _("Tanda tangan"), "/kerja/tanda-tangan/", "kerja", "signature", _("Naskah yang menunggu Anda"), SIGN, badge="tanda-tangan", rank=12, group="utama"
        ),
    ]


@hookimpl
def badge_counts(db, actor):
    return [("tanda-tangan", desk.count_waiting(db, actor))] if actor.can(SIGN) else []


@hookimpl
def dashboard_cards(db, actor, face):
    today = regency_day(datetime.now(UTC))
    if face != "gawe" or not actor.is_signed_in:
        return []
    documents, total = reading.wallet(db, actor.citizen_id, page=1, today=today)
    rows = [{"document": one, "title": verifying.title_of(one), "status": one.status_on(today)} for one in documents[:3]]
    return [DashboardCard("dokumen", _("Dokumen saya"), "documents/_card.html", {"rows": rows, "total": total}, "gawe", 12)] if rows else []


@hookimpl
def search_results(db, query, actor, limit):
    """The person's own papers, and any other by its whole number for whoever may read it."""
    if not actor.is_signed_in or len(query.strip()) < 3:
        return []
    text = query.strip()[:80].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    mine = (Document.holder_id == actor.citizen_id) & or_(Document.number.ilike(f"%{text}%", escape="\\"), Document.title.ilike(f"%{text}%", escape="\\"))
    found = db.scalars(select(Document).where(or_(mine, Document.number == query.strip()[:120])).order_by(Document.issued_at.desc()).limit(limit))
    return [
        SearchResult(f"{verifying.title_of(one)} · {one.number}", one.href, _("Dokumen"), score=0.6, date=one.issued_at)
        for one in found
        if reading.may_read(db, actor, one)
    ]


@hookimpl
def may_read_attachment(db, owner, ref, actor):
    """The files of papers, which have addresses of their own beside the usual one."""
    if owner not in (signing.OWNER, parties.SCANS):
        return None
    document = db.get(Document, ref)
    return document is not None and (document.is_sealed or owner == parties.SCANS) and reading.may_read(db, actor, document)


@hookimpl
def may_join(topic, actor):
    """A wallet is its owner's, a desk whose position it is."""
    name, _sep, number = topic.partition(":")
    if name == "dokumen-saya":
        return actor.is_signed_in and number == str(actor.citizen_id)
    if name == "tanda-tangan":
        return number in {str(post.jabatan_id) for post in actor.posts}
    return None


@hookimpl
def verify_document(db, token):
    return verifying.verified(db, token)


@hookimpl
def sign_document(request):
    """PKCS#11 or BSrE, when the operator set one."""
    if hsm.is_set():
        return hsm.sign(request)
    return bsre.sign(request) if bsre.is_set() else None


@hookimpl
def health(db):
    """Is the provider there, and does nothing wait for a signature in vain?"""
    stuck = db.scalar(select(OutboxRow.id).where(OutboxRow.kind == signing.SIGN, OutboxRow.failed_at.is_not(None), OutboxRow.done_at.is_(None)).limit(1))
    fault = hsm.fault() or (_("Ada naskah yang gagal ditandatangani; lihat /admin/outbox.") if stuck else "")
    return [Health("tanda_tangan", not fault, fault or ("" if signing.has_provider() else _("Hanya tanda tangan uji: belum ada penyedia.")))]


@hookimpl
def personal_data(db, account_id):
    rows = [
        {"number": one.number, "title": one.title, "date": one.dated.isoformat(), "status": one.status, "data": one.data}
        for one in reading.documents_of(db, holder_id=account_id)
    ]
    purpose, kept = _("Bukti layanan yang Anda terima"), _("Menurut jadwal retensi arsip")
    return [PersonalData(_("Dokumen yang terbit untuk Anda"), purpose, "UU 25/2009; UU 43/2009", rows, kept)] if rows else []


@hookimpl
def person_erased(db, key, account_id):
    """The papers stay as the office's record (UU 43/2009), without the person in the portal's own tables."""
    db.execute(update(Document).where(Document.holder_id == account_id).values(holder_id=None, data={}))

"""`/admin/opd`: the tree of offices, their positions and the roles of these."""

from sqlalchemy import select
from starlette.routing import Route
from wtforms import SelectField

from ..errors import NotFound
from ..http import flash, page, path_int, redirect, url
from ..i18n import N_, _
from ..identity import offices, staff
from ..identity.loading import regency_day
from ..identity.models import Account, Jabatan, Opd
from ..kit.forms import CheckboxGroupField, Form, StringField, length, required
from ..registry import current
from . import choices_of


class OpdForm(Form):
    name = StringField(N_("Nama"), [required(), length(max=160)])
    short_name = StringField(N_("Singkatan"), [required(), length(max=40)])
    code = StringField(N_("Kode"), [required(), length(max=40)], description=N_("Huruf kecil; dipakai layanan untuk mengenali OPD ini, tidak berubah lagi."))
    kind = StringField(N_("Jenis"), [required(), length(max=20)], description=N_("Misalnya dinas, badan, kecamatan, bidang."))
    parent_id = SelectField(N_("Induk"), coerce=int)


class JabatanForm(Form):
    name = StringField(N_("Nama jabatan"), [required(), length(max=160)])
    eselon = StringField(N_("Eselon"), [length(max=20)], description=N_("Misalnya II.b; kosong untuk fungsional dan pelaksana."))
    atasan_id = SelectField(N_("Atasan langsung"), coerce=int)
    roles = CheckboxGroupField(N_("Peran"), description=N_("Peran melekat pada jabatan: berpindah bersama kursinya."))


def _all(request):
    request.user.require(offices.MANAGE)
    return request.state.db.scalars(select(Opd).order_by(Opd.name)).all()


def index(request):
    rows = _all(request)
    below: dict[int | None, list[Opd]] = {}
    for opd in rows:
        below.setdefault(opd.parent_id, []).append(opd)
    counts: dict[int, int] = {}
    for opd_id in request.state.db.scalars(select(Jabatan.opd_id)):
        counts[opd_id] = counts.get(opd_id, 0) + 1
    return page(request, "admin/offices.html", below=below, counts=counts)


def _opd_form(request, opd=None):
    form = OpdForm(request, obj=opd)
    if opd is not None:
        del form.code
    form.parent_id.choices = choices_of([(row.id, row.name) for row in _all(request)], _("Tanpa induk"))
    if not form.submitted:
        form.parent_id.data = (opd.parent_id if opd else None) or 0
    return form


def _save(request, form, opd_id):
    code = form.code.data if opd_id is None else ""
    return staff.save_opd(
        request.state.db, request.user, opd_id, code=code, name=form.name.data, short_name=form.short_name.data, kind=form.kind.data,
        parent_id=form.parent_id.data or None,
    )


def new(request):
    form = _opd_form(request)
    if form.submitted and form.validate():
        with form.refusals():
            opd = _save(request, form, None)
            flash(request, _("OPD tersimpan."))
            return redirect(url("admin:opd", id=opd.id))
    return page(request, "admin/office_new.html", form=form, status=form.status)


def _opd(request) -> Opd:
    request.user.require(offices.MANAGE)
    opd = request.state.db.get(Opd, path_int(request))
    if opd is None:
        raise NotFound()
    return opd


def show(request):
    """One office: its data, its positions and who holds them today."""
    opd = _opd(request)
    form = _opd_form(request, opd)
    if form.submitted and form.validate():
        with form.refusals():
            _save(request, form, opd.id)
            flash(request, _("OPD tersimpan."))
            return redirect(url("admin:opd", id=opd.id))
    db = request.state.db
    jabatan_list = db.scalars(select(Jabatan).where(Jabatan.opd_id == opd.id).order_by(Jabatan.id)).all()
    holders = offices.holders_by_jabatan(db, [jabatan.id for jabatan in jabatan_list], regency_day(request.state.now))
    names = dict(db.execute(select(Account.id, Account.name).where(Account.id.in_([a for ids in holders.values() for a in ids]))).all())
    titles = dict(db.execute(select(Jabatan.id, Jabatan.name).where(Jabatan.id.in_([j.atasan_id for j in jabatan_list if j.atasan_id]))).all())
    return page(request, "admin/office.html", opd=opd, form=form, jabatan_list=jabatan_list, holders=holders, names=names, titles=titles, status=form.status)


def _jabatan_form(request, jabatan=None):
    form = JabatanForm(request, obj=jabatan)
    rows = request.state.db.execute(select(Jabatan.id, Jabatan.name, Opd.short_name).join(Opd, Opd.id == Jabatan.opd_id).order_by(Opd.name, Jabatan.id))
    form.atasan_id.choices = choices_of([(row.id, f"{row.short_name}: {row.name}") for row in rows], _("Tanpa atasan"))
    held = {slug: slug for slug in (jabatan.roles or () if jabatan else ())}
    form.roles.choices = [(slug, label) for slug, label in {**held, **{role.slug: _role_title(role) for role in current().roles.values()}}.items()]
    if not form.submitted:
        form.atasan_id.data = (jabatan.atasan_id if jabatan else None) or 0
    return form


def _role_title(role) -> str:
    return f"{current().said('roles', role.slug, role.title)} ({_('seluruh kabupaten') if role.scope == 'regency' else _('OPD-nya')})"


def _save_jabatan(request, form, jabatan_id, opd_id):
    saved = staff.save_jabatan(
        request.state.db, request.user, jabatan_id, opd_id=opd_id, name=form.name.data, eselon=form.eselon.data or "", atasan_id=form.atasan_id.data or None,
    )
    if list(saved.roles or ()) != list(form.roles.data or ()):
        offices.set_roles(request.state.db, request.user, saved.id, form.roles.data or [], now=request.state.now)
    flash(request, _("Jabatan tersimpan."))
    return redirect(url("admin:opd", id=opd_id))


def new_jabatan(request):
    opd = _opd(request)
    form = _jabatan_form(request)
    if form.submitted and form.validate():
        with form.refusals():
            return _save_jabatan(request, form, None, opd.id)
    return page(request, "admin/jabatan.html", opd=opd, jabatan=None, form=form, status=form.status)


def show_jabatan(request):
    request.user.require(offices.MANAGE)
    jabatan = request.state.db.get(Jabatan, path_int(request))
    if jabatan is None:
        raise NotFound()
    form = _jabatan_form(request, jabatan)
    if form.submitted and form.validate():
        with form.refusals():
            return _save_jabatan(request, form, jabatan.id, jabatan.opd_id)
    return page(request, "admin/jabatan.html", opd=request.state.db.get(Opd, jabatan.opd_id), jabatan=jabatan, form=form, status=form.status)


routes = [
    Route("/admin/opd", index, name="admin:offices"),
    Route("/admin/opd/baru", new, methods=["GET", "POST"], name="admin:opd.new"),
    Route("/admin/opd/{id:int}", show, methods=["GET", "POST"], name="admin:opd"),
    Route("/admin/opd/{id:int}/jabatan", new_jabatan, methods=["GET", "POST"], name="admin:jabatan.new"),
    Route("/admin/jabatan/{id:int}", show_jabatan, methods=["GET", "POST"], name="admin:jabatan"),
]

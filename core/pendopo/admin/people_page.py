"""`/admin/orang`: people, their accounts and the positions they hold."""

from sqlalchemy import select
from starlette.routing import Route
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from ..errors import NotFound
from ..http import flash, form_of, page, path_int, query_int, redirect, url
from ..i18n import N_, _
from ..identity import offices, staff
from ..identity.forms import email_field, phone_field
from ..identity.loading import regency_day
from ..identity.models import Account, Jabatan, Opd
from ..identity.numbers import parse_nip
from ..kit.forms import DateField, Form, StringField, ValidationError, checked, length, optional, required
from . import choices_of


class StaffForm(Form):
    name = StringField(N_("Nama lengkap dan gelar"), [required(), length(max=120)], render_kw={"autocomplete": "off"})
    nip = StringField(
        N_("NIP"), [required(), length(max=24), checked(parse_nip)], description=N_("Delapan belas angka."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    email = email_field(N_("Tautan untuk memilih kata sandi dikirim ke sini."))
    phone = phone_field()


class AssignForm(Form):
    jabatan_id = SelectField(N_("Jabatan"), [required()], coerce=int)
    kind = RadioField(N_("Jenis penugasan"), [required()], default="definitif")
    starts_on = DateField(N_("Mulai"), [required()])
    ends_on = DateField(N_("Sampai"), [optional()], description=N_("Wajib untuk Plt dan Plh."))

    def offer(self, jabatan_list):
        self.jabatan_id.choices = choices_of(jabatan_list, _("Pilih jabatan"))
        self.kind.choices = [
            SelectChoice("definitif", _("Definitif")), SelectChoice("plt", _("Plt (pelaksana tugas)")), SelectChoice("plh", _("Plh (pelaksana harian)")),
        ]
        return self

    def validate_jabatan_id(self, field):
        if not field.data:
            raise ValidationError(_("Pilih jabatan."))


def index(request):
    """Everyone, by name; a search looks into names, addresses and nip, never into nik."""
    number = query_int(request, "halaman", 1, least=1, most=10_000)
    text, kind = request.query_params.get("q", "")[:100], request.query_params.get("jenis", "")
    rows, total = staff.find_people(request.state.db, request.user, text=text, kind=kind if kind in ("warga", "pegawai") else "", page=number)
    posts = staff.posts_of(request.state.db, [row.id for row in rows])
    today = regency_day(request.state.now)
    return page(
        request, "admin/people.html", people=rows, total=total, number=number, pages=-(-total // staff.PER_PAGE), posts=posts, today=today,
        text=text, kind=kind,
    )


def new(request):
    request.user.require(offices.MANAGE)
    form = StaffForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            account = staff.create_staff(
                request.state.db, request.user, name=form.name.data, email=form.email.data, nip=form.nip.data, phone=form.phone.data or "",
                now=request.state.now,
            )
            flash(request, _("Akun dibuat. Tautan kata sandi dikirim ke alamatnya."))
            return redirect(url("admin:person", id=account.id))
    return page(request, "admin/person_new.html", form=form, status=form.status)


def _person(request) -> Account:
    request.user.require(offices.MANAGE)
    account = request.state.db.get(Account, path_int(request))
    if account is None or account.erased_at is not None:
        raise NotFound()
    return account


def _jabatan_list(request) -> list[tuple[int, str]]:
    """Positions that this manager may fill."""
    scope = request.user.opd_scope(offices.MANAGE)
    query = select(Jabatan.id, Jabatan.name, Opd.short_name).join(Opd, Opd.id == Jabatan.opd_id).order_by(Opd.name, Jabatan.id)
    if scope is not None:
        query = query.where(Jabatan.opd_id.in_(scope))
    return [(row.id, f"{row.short_name}: {row.name}") for row in request.state.db.execute(query)]


def show(request):
    """One person. A POST gives them a position."""
    account = _person(request)
    form = AssignForm(request, prefill={"starts_on": regency_day(request.state.now)}).offer(_jabatan_list(request))
    if form.submitted and form.validate():
        with form.refusals():
            offices.assign(
                request.state.db, request.user, account_id=account.id, jabatan_id=form.jabatan_id.data, kind=form.kind.data, starts_on=form.starts_on.data,
                ends_on=form.ends_on.data, now=request.state.now,
            )
            flash(request, _("Penugasan tersimpan."))
            return redirect(url("admin:person", id=account.id))
    posts = staff.posts_of(request.state.db, [account.id]).get(account.id, [])
    return page(request, "admin/person.html", person=account, posts=posts, form=form, today=regency_day(request.state.now), status=form.status)


def end(request):
    """End an assignment today."""
    ended = offices.end_assignment(request.state.db, request.user, path_int(request), on=regency_day(request.state.now), now=request.state.now)
    flash(request, _("Penugasan berakhir hari ini."))
    return redirect(url("admin:person", id=ended.account_id))


def switch(request):
    disabled = form_of(request).get("disabled") == "1"
    staff.set_disabled(request.state.db, request.user, path_int(request), disabled, now=request.state.now)
    flash(request, _("Akun dinonaktifkan dan semua perangkatnya dikeluarkan.") if disabled else _("Akun aktif kembali."))
    return redirect(url("admin:person", id=path_int(request)))


routes = [
    Route("/admin/orang", index, name="admin:people"),
    Route("/admin/orang/baru", new, methods=["GET", "POST"], name="admin:person.new"),
    Route("/admin/orang/{id:int}", show, methods=["GET", "POST"], name="admin:person"),
    Route("/admin/orang/{id:int}/keadaan", switch, methods=["POST"], name="admin:person.switch"),
    Route("/admin/penugasan/{id:int}/akhir", end, methods=["POST"], name="admin:assignment.end"),
]

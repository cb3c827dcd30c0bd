"""`/admin/setelan`: what plugins let an operator set, with its source and the days from which values hold."""

from sqlalchemy import select
from starlette.routing import Route

from ..errors import NotFound
from ..http import flash, page, redirect, url
from ..i18n import N_, _, words_of
from ..identity.loading import regency_day
from ..identity.models import Account
from ..kit import settings
from ..kit.forms import DateField, Form, StringField, length, required
from ..plugins import current_host
from ..registry import current


class SettingForm(Form):
    value = StringField(N_("Nilai"), [required(), length(max=4000)], render_kw={"autocomplete": "off"})
    effective_from = DateField(N_("Berlaku mulai"), [required()], description=N_("Berkas sebelum tanggal ini tetap dihitung dengan nilai lama."))
    note = StringField(N_("Dasar atau catatan"), [length(max=300)], description=N_("Misalnya nomor peraturan bupati."))


def index(request):
    request.user.require(settings.MANAGE)
    db, today = request.state.db, regency_day(request.state.now)
    ever_set = set(db.scalars(select(settings.SettingValue.name).distinct()))
    groups: dict[str, list[dict[str, object]]] = {}
    for name, spec in current().settings.items():
        plugin = current_host().plugins.get(current().owners.get(f"settings:{name}", ""))
        title = words_of(plugin.name, plugin.card.title) if plugin is not None and plugin.card else ""
        shown = settings.show(spec, settings.value(db, name, on=today))
        row = {"spec": spec, "title": current().said("settings", name, spec.title), "value": shown, "changed": name in ever_set}
        groups.setdefault(title, []).append(row)
    return page(request, "admin/settings.html", groups=groups)


def show(request):
    """One setting with its history. A POST sets it from a day on."""
    request.user.require(settings.MANAGE)
    name = request.path_params["name"]
    spec = current().settings.get(name)
    if spec is None:
        raise NotFound()
    db, today = request.state.db, regency_day(request.state.now)
    now_held = settings.show(spec, settings.value(db, name, on=today))
    form = SettingForm(request, prefill={"value": now_held, "effective_from": today})
    if form.submitted and form.validate():
        with form.refusals():
            settings.set_value(
                db, request.user, name, form.value.data, effective_from=form.effective_from.data, note=form.note.data or "", now=request.state.now,
            )
            flash(request, _("Pengaturan tersimpan."))
            return redirect(url("admin:setting", name=name))
    past = settings.history(db, name)
    who = dict(db.execute(select(Account.id, Account.name).where(Account.id.in_([row.set_by for row in past if row.set_by]))).all())
    rows = [{"row": row, "shown": settings.show(spec, row.value), "by": who.get(row.set_by, "")} for row in past]
    return page(
        request, "admin/setting.html", spec=spec, title=current().said("settings", name, spec.title), help=current().said("settings", name, spec.help),
        now_held=now_held, default=settings.show(spec, spec.default), rows=rows, form=form, today=today,
        status=form.status,
    )


routes = [
    Route("/admin/setelan", index, name="admin:settings"),
    Route("/admin/setelan/{name}", show, methods=["GET", "POST"], name="admin:setting"),
]

"""HTTP in, HTML out."""

from starlette.routing import Route
from wtforms import StringField

from pendopo import N_, _
from pendopo.http import flash, fragment_or_redirect, page, path_int, redirect, url
from pendopo.kit.forms import Form, length, required

from . import services


class NoteForm(Form):
    text = StringField(N_("Catatan"), [required(), length(max=200)], description=N_("Paling banyak 200 huruf."))


def index(request):
    """The list, and the form to add to it."""
    form = NoteForm(request)
    if form.submitted and form.validate():
        with form.refusals():
            services.write_note(request.state.db, request.user, form.text.data, now=request.state.now)
            flash(request, _("Catatan tersimpan."))
            return redirect(url("pajak:index"))
    return page(request, "gawe_pajak/index.html", form=form, notes=services.list_notes(request.state.db), status=form.status)


def close(request):
    note = services.close_note(request.state.db, request.user, path_int(request), now=request.state.now)
    return fragment_or_redirect(request, "gawe_pajak/_note.html", to=url("pajak:index"), note=note)


routes = [
    Route("/", index, methods=["GET", "POST"], name="pajak:index"),
    Route("/{id:int}/closure", close, methods=["POST"], name="pajak:closure"),
]

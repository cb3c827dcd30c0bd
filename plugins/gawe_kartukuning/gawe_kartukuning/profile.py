"""Pages of one's own profile: what is on the card and what vacancies are matched with."""

from __future__ import annotations

from starlette.routing import Route

from pendopo import N_, _
from pendopo.http import flash, page, path_int, redirect, url
from pendopo.kit import attachments as files
from pendopo.kit.forms import Form, UploadField, looking, required
from pendopo.kit.profile import remember

from . import kbji, rules, seekers
from .applications import open_application, regency_date
from .forms import PHOTOS, ContactForm, JobForm, PersonForm, SchoolForm, SkillForm, WantForm


class PhotoForm(Form):
    foto = UploadField(N_("Pas foto 3x4"), [required()], most=1, accept=PHOTOS)


class PapersForm(Form):
    dokumen = UploadField(N_("Foto atau PDF dokumen"), [required()], most=3)


FORMS = {"sekolah": SchoolForm, "kerja": JobForm, "keterampilan": SkillForm, "minat": WantForm, "foto": PhotoForm, "dokumen": PapersForm, "kontak": ContactForm}



def _contact(seeker):
    return {name: getattr(seeker, name) for name in ("alamat", "desa_code", "hp", "email", "bahasa", "disabilitas")}


def _page(request, seeker, sent="", form=None):
    look = looking(request)
    forms = {
        part: form if part == sent else made(look, prefix=f"{part}-", prefill=_contact(seeker) if part == "kontak" else None) for part, made in FORMS.items()
    }
    db = request.state.db
    application = open_application(db, seeker.id)
    return page(
        request,
        "gawe_kartukuning/profile.html",
        status=form.status if form is not None else 200,
        seeker=seeker,
        forms=forms,
        sent=sent,
        photo=seekers.photo_of(db, seeker),
        papers=seekers.papers_of(db, seeker),
        kbji=kbji,
        rules=rules,
        application=application,
        tab="saya",
    )


def _without(request):
    """To the door of the card, for somebody who has no profile yet; None for everyone else."""
    request.user.require_signed_in()
    return redirect(url("kartukuning:mine")) if seekers.seeker_of(request.state.db, request.user.citizen_id) is None else None


def show(request):
    return _without(request) or _page(request, seekers.own_seeker(request.state.db, request.user))


def add(request):
    """One form of the page: kept and back, or the page again with what is wrong."""
    db, actor, now = request.state.db, request.user, request.state.now
    seeker = seekers.own_seeker(db, actor)
    part = request.path_params["part"]
    if part not in FORMS:
        return redirect(url("kartukuning:profile"))
    form = FORMS[part](request, prefix=f"{part}-")
    if form.validate():
        with form.refusals():
            _add(db, actor, seeker, part, form.data, regency_date(db, now), now)
            flash(request, _("Profil tersimpan."))
            return redirect(url("kartukuning:profile") + f"#{part}")
    return _page(request, seeker, part, form)


def _add(db, actor, seeker, part, data, on, now):
    if part == "sekolah":
        seekers.add_school(db, actor, on=on, **{**data, "jurusan": data["jurusan"] or "", "nilai": data["nilai"] or ""})
    elif part == "kerja":
        seekers.add_work(db, actor, on=on, **{**data, "kbji": data["kbji"] or ""})
    elif part == "keterampilan":
        seekers.add_skill(db, actor, nama=data["nama"], sertifikat=data["sertifikat"] or "")
    elif part == "minat":
        seekers.add_wish(db, actor, kbji_code=data["kbji"], lokasi=data["lokasi"], upah_min=data["upah_min"] or 0)
    elif part == "foto":
        seekers.change_photo(db, actor, data["foto"][0])
    elif part == "dokumen":
        files.claim(db, data["dokumen"], owner=seekers.OWNER, ref=seeker.id)
    else:
        seekers.change_contact(db, actor, **{**data, "email": data["email"] or "", "bahasa": data["bahasa"] or (), "disabilitas": data["disabilitas"] or ()})
        remember(db, actor, data, now=now)


def remove(request):
    seekers.remove_row(request.state.db, request.user, request.path_params["part"], path_int(request))
    flash(request, _("Baris dihapus dari profil."))
    return redirect(url("kartukuning:profile") + f"#{request.path_params['part']}")


def identity(request):
    """Name and birth, while an application waits to be mended."""
    db, actor = request.state.db, request.user
    if (away := _without(request)) is not None:
        return away
    seeker = seekers.own_seeker(db, actor)
    names = ("nama", "tempat_lahir", "tanggal_lahir", "jk", "status_kawin", "alamat", "desa_code", "hp", "email", "agama", "disabilitas")
    form = PersonForm(request, prefill={name: getattr(seeker, name) for name in names})
    if form.submitted and form.validate():
        with form.refusals():
            seekers.correct_identity(db, actor, form.data, on=regency_date(db, request.state.now))
            flash(request, _("Data diri tersimpan."))
            return redirect(url("kartukuning:profile"))
    return page(request, "gawe_kartukuning/identity.html", form=form, status=form.status, seeker=seeker, may=seekers.may_correct(db, seeker), tab="saya")


routes = [
    Route("/saya/profil", show, name="kartukuning:profile"),
    Route("/saya/profil/data-diri", identity, methods=["GET", "POST"], name="kartukuning:identity"),
    Route("/saya/profil/{part}", add, methods=["POST"], name="kartukuning:profile.add"),
    Route("/saya/profil/{part}/{id:int}/penghapusan", remove, methods=["POST"], name="kartukuning:profile.remove"),
]

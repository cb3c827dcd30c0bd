"""/data-saya/: what forms fill in by themselves, where it came from, and what was begun and not sent."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..http import flash, form_of, own_path, page, path_int, redirect, url
from ..i18n import _, speaking
from ..identity import mask_nik, record
from ..identity.numbers import show_phone
from ..layout.forms import Form, checked, length
from ..plugins import current_host
from . import profile
from .fields import DateField, DesaField, NikField, SelectField, StringField
from .profile import ACCOUNT, FACTS, OWN, Known
from .wizard import Draft, discard_draft, drafts_of

GROUPS = (
    ("identitas", ("nama", "nik", "no_kk", "tempat_lahir", "tanggal_lahir", "jk", "agama", "status_kawin", "pekerjaan")),
    ("alamat", ("alamat", "desa_code", "kode_pos")),
    ("kontak", ("hp", "email", "npwp")),
)


class ProfileForm(Form):
    """One's own facts; an empty one is forgotten."""


def _field(name: str) -> Any:
    fact, checks = FACTS[name], [length(max=profile.MOST), checked(FACTS[name].read)]
    if fact.choices:
        return SelectField(fact.title, choices=[("", "-"), *fact.choices])
    if name == "tanggal_lahir":
        from wtforms.validators import Optional

        return DateField(fact.title, [Optional()])
    if name == "desa_code":
        return DesaField(fact.title)
    if name == "nik":
        return NikField(fact.title)
    return StringField(fact.title, checks, render_kw={"autocomplete": _AUTOCOMPLETE.get(name, "off")})


_AUTOCOMPLETE = {"nama": "name", "alamat": "street-address", "kode_pos": "postal-code", "hp": "tel", "email": "email"}
for _name in FACTS:
    setattr(ProfileForm, _name, _field(_name))


def source_words(item: Known) -> str:
    """Where a fact came from, in words."""
    if item.source == ACCOUNT:
        return _("Dari akun Anda")
    if item.source == OWN:
        return _("Anda tulis di halaman ini")
    plugin = current_host().plugins.get(item.source)
    if plugin is None or plugin.card is None:
        return _("Dari formulir yang Anda kirim")
    with speaking(plugin=plugin.name):
        title = _(plugin.card.title)
    return _("Dari formulir %(service)s") % {"service": title}


def draft_title(draft: Draft) -> str:
    """What a draft is called: the title it was given, in the words of its plugin, else the plugin's own."""
    slug = draft.form.partition(".")[0]
    plugin = next((p for p in current_host() if p.slug == slug and p.card is not None), None)
    if plugin is None or plugin.card is None:
        return draft.title or draft.form
    with speaking(plugin=plugin.name):
        return _(draft.title) if draft.title else _(plugin.card.title)


def begun(request: Request) -> list[tuple[Draft, str]]:
    """`(draft, title)` of what the person began and has not sent."""
    if not request.user.is_signed_in:
        return []
    return [(draft, draft_title(draft)) for draft in drafts_of(request.state.db, request.user.account_id)]


def index(request: Request) -> Response:
    """See and correct what is known. While somebody acts for a citizen, it is the citizen's."""
    db, actor = request.state.db, request.user
    actor.require_signed_in()
    known = profile.known_facts(db, actor.citizen_id)
    typed = {name: show_phone(item.value) if name == "hp" else item.value for name, item in known.items()}
    form = ProfileForm(request, prefill=typed)
    if form.submitted and form.validate():
        with form.refusals():
            _save(request, form, known)
            flash(request, _("Data Anda tersimpan. Formulir berikutnya terisi dengan data ini."))
            return redirect(url("kit:profile"))
    fixed = _fixed(known)
    groups = [(slug, [(form[name], known.get(name)) for name in names if name not in fixed]) for slug, names in GROUPS]
    shown = [(_(item.fact.title), mask_nik(item.value) if item.fact.secret else item.value) for item in fixed.values()]
    return page(request, "kit/profile.html", status=form.status, form=form, groups=groups, words=source_words, drafts=begun(request), fixed=shown)


def _fixed(known: dict[str, Known]) -> dict[str, Known]:
    """What the account itself proves, and only the account's page changes."""
    return {name: known[name] for name in ("nik", "email") if name in known and known[name].proved}


def _save(request: Request, form: ProfileForm, known: dict[str, Known]) -> None:
    db, actor = request.state.db, request.user
    written = {name: form[name].data for name in FACTS if name not in _fixed(known)}
    gone = [name for name, value in written.items() if value in (None, "") and name in known]
    profile.forget(db, actor.citizen_id, gone)
    profile.remember(db, actor, written, source=OWN, now=request.state.now)
    if actor.on_behalf_of:
        record(db, actor, "profile.corrected", f"account:{actor.citizen_id}", {})


def forget(request: Request) -> Response:
    """Erase everything that is known beside the account itself."""
    request.user.require_signed_in()
    profile.forget(request.state.db, request.user.citizen_id)
    flash(request, _("Data isian Anda dihapus. Akun dan berkas Anda tetap ada."))
    return redirect(url("kit:profile"))


def discard(request: Request) -> Response:
    discard_draft(request.state.db, request.user, path_int(request))
    flash(request, _("Isian itu dibuang."))
    return redirect(own_path(str(form_of(request).get("ke", "")), url("kit:profile")))


routes = [
    Route("/data-saya/", index, methods=["GET", "POST"], name="kit:profile"),
    Route("/data-saya/penghapusan", forget, methods=["POST"], name="kit:forget_profile"),
    Route("/data-saya/draf/{id:int}/penghapusan", discard, methods=["POST"], name="kit:discard_draft"),
]

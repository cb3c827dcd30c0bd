"""Officers' pages for what is data: permit types, the table of risks, the simulator's state."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from pendopo import NotFound, _
from pendopo.http import flash, page, path_int, redirect, url
from pendopo.kit.attachments import uploads_in
from pendopo.kit.forms import form_from_schema, looking
from pendopo.kit.opendata import csv_response

from . import catalogue, risk, shown
from .catalogue import TypeRefused
from .forms import RiskImportForm, TypeBasicsForm, TypeJsonForm, lines_from, type_from
from .kind import CATALOGUE
from .models import Jenis
from .options import option
from .types import SCHEMA, Problem, shipped

EMPTY_STAGES = "cek_kelengkapan | dpmptsp | 1\npenyusunan | dpmptsp | 1\npenandatanganan | dpmptsp | 1"


def types(request):
    db, actor = request.state.db, request.user
    rows = catalogue.all_types(db, actor)
    return page(request, "gawe_simponie/kerja/types.html", groups=shown.by_sector(rows), can_load=len(rows) < len(shipped()), tab="jenis")


def load(request):
    count = catalogue.load_shipped(request.state.db, request.user, now=request.state.now)
    flash(request, _("%(n)s jenis izin contoh dimuat.") % {"n": count})
    return redirect(url("simponie:kerja.types"))


def type_page(request):
    """One permit type: its versions, how its form looks, what its standard says."""
    db = request.state.db
    versions = catalogue.versions_of(db, request.user, request.path_params["kode"])
    wanted = request.query_params.get("versi", "")
    row = next((v for v in versions if str(v.versi) == wanted), versions[0])
    form = form_from_schema(row.type.form_schema)(looking(request)) if row.type.has_form else None
    return page(
        request, "gawe_simponie/kerja/type.html", jenis=row, permit=row.type, versions=versions, form=form, standard=list(row.type.standard()), tab="jenis"
    )


def new_type(request):
    return _edit(request, None)


def edit_type(request):
    versions = catalogue.versions_of(request.state.db, request.user, request.path_params["kode"])
    return _edit(request, versions[0])


def _edit(request: Any, before: Jenis | None) -> Any:
    """The form of a permit type. What is kept is a draft; publishing is a step of its own."""
    db, actor = request.state.db, request.user
    actor.require(CATALOGUE)
    prefill = lines_from(before.data) if before is not None else {"opd": "dpmptsp", "tahap": EMPTY_STAGES, "nomor": "503/{seq:04}/KODE/{year}"}
    form = TypeBasicsForm(request, prefill=prefill)
    problems: list[Problem] = []
    if form.submitted and form.validate():
        data = type_from(form, before.data if before is not None else None, int(option(db, "sla_bawaan_hk")))
        if before is not None:
            data["kode"] = before.kode
        kept, problems = _keep(request, data)
        if kept is not None:
            return redirect(url("simponie:kerja.type", kode=kept.kode))
    return page(
        request,
        "gawe_simponie/kerja/type_edit.html",
        form=form,
        status=422 if problems else form.status,
        problems=problems,
        jenis=before,
        text=json.dumps(before.data, ensure_ascii=False, indent=2) if before is not None else "",
        tab="jenis",
    )


def type_json(request):
    """A permit type as JSON: typed, pasted, or sent as a file."""
    request.user.require(CATALOGUE)
    form = TypeJsonForm(request, prefill={"teks": json.dumps(_named(request), ensure_ascii=False, indent=2)})
    problems: list[Problem] = []
    if form.submitted:
        sent = uploads_in(request, "file")
        if sent:
            form.teks.data = _bytes_of(sent[0])[:200_000].decode("utf-8", "replace")
        if form.validate():
            data, problems = _parsed(form.teks.data)
            if not problems:
                kept, problems = _keep(request, data)
                if kept is not None:
                    return redirect(url("simponie:kerja.type", kode=kept.kode))
    return page(request, "gawe_simponie/kerja/type_json.html", form=form, status=422 if problems else form.status, problems=problems, tab="jenis")


def _bytes_of(upload: Any) -> bytes:
    upload.file.seek(0)  # the house looked at it already
    return upload.file.read()


def _named(request: Any) -> Any:
    code = request.query_params.get("kode", "")
    if not code:
        return next(data for data in shipped() if data["kode"] == "PENELITIAN") | {"kode": "IZIN-BARU", "nomor": "503/{seq:04}/IZIN-BARU/{year}"}
    return catalogue.versions_of(request.state.db, request.user, code)[0].data


def _parsed(text: str) -> tuple[Any, list[Problem]]:
    try:
        return json.loads(text), []
    except ValueError as error:
        line = getattr(error, "lineno", 0)
        return None, [Problem(_("baris %(n)s") % {"n": line}, _("Ini bukan JSON yang benar."))]


def _keep(request: Any, data: Any) -> tuple[Jenis | None, list[Problem]]:
    try:
        with request.state.db.begin_nested():
            kept = catalogue.keep_type(request.state.db, request.user, data, now=request.state.now)
    except TypeRefused as refused:
        return None, refused.problems
    flash(request, _("Draf tersimpan. Periksa tampilannya, lalu terbitkan."))
    return kept, []


def publish(request):
    row = catalogue.publish_type(request.state.db, request.user, path_int(request), now=request.state.now)
    flash(request, _("%(name)s versi %(n)s berlaku sekarang.") % {"name": row.nama, "n": row.versi})
    return redirect(url("simponie:kerja.type", kode=row.kode))


def withdraw(request):
    row = catalogue.withdraw_type(request.state.db, request.user, path_int(request))
    flash(request, _("%(name)s tidak lagi ditawarkan.") % {"name": row.nama})
    return redirect(url("simponie:kerja.type", kode=row.kode))


def download(request):
    row = request.state.db.get(Jenis, path_int(request))
    request.user.require(CATALOGUE)
    if row is None:
        raise NotFound()
    text = json.dumps(row.data, ensure_ascii=False, indent=2)
    return Response(text, media_type="application/json", headers={"Content-Disposition": f'attachment; filename="{row.kode.lower()}-v{row.versi}.json"'})


def schema(request):
    request.user.require(CATALOGUE)
    return Response(json.dumps(SCHEMA, ensure_ascii=False, indent=2), media_type="application/schema+json")


# ----------------------------------------------------------------------------------------------------------------- risk


def risks(request):
    """Versions of the table of risks, and importing the next one."""
    db, actor = request.state.db, request.user
    actor.require(CATALOGUE)
    form = RiskImportForm(request)
    result = None
    if form.submitted:
        sent = uploads_in(request, "file")
        if not sent:
            form.validate()
            form.add_error(_("Pilih berkas tabelnya."), "file")
        elif form.validate():
            with form.refusals():
                data = _bytes_of(sent[0])
                result = risk.import_table(db, actor, data, title=form.title.data, source=form.source.data, demo=form.demo.data, now=request.state.now)
                if result.version is not None:
                    flash(request, _("%(n)s baris dimuat dan berlaku sekarang.") % {"n": result.rows})
                    return redirect(url("simponie:kerja.risks"))
    errors = result.errors if result else ()
    return page(
        request,
        "gawe_simponie/kerja/risks.html",
        form=form,
        status=422 if errors else form.status,
        errors=errors,
        rows=risk.versions(db, actor),
        columns=risk.COLUMNS,
        tab="risiko",
    )


def risk_example(request):
    """The demonstration table, to be filled in the same way."""
    request.user.require(CATALOGUE)
    import csv
    import io

    lines = list(csv.reader(io.StringIO(risk.shipped_table().decode())))
    return csv_response("risiko-kbli-contoh", lines[0], lines[1:])


routes = [
    Route("/jenis", types, name="simponie:kerja.types"),
    Route("/jenis/contoh", load, methods=["POST"], name="simponie:kerja.types.load"),
    Route("/jenis/baru", new_type, methods=["GET", "POST"], name="simponie:kerja.type.new"),
    Route("/jenis/json", type_json, methods=["GET", "POST"], name="simponie:kerja.type.json"),
    Route("/jenis/skema.json", schema, name="simponie:kerja.type.schema"),
    Route("/jenis/{kode}", type_page, name="simponie:kerja.type"),
    Route("/jenis/{kode}/ubah", edit_type, methods=["GET", "POST"], name="simponie:kerja.type.edit"),
    Route("/jenis/versi/{id:int}/terbit", publish, methods=["POST"], name="simponie:kerja.type.publish"),
    Route("/jenis/versi/{id:int}/arsip", withdraw, methods=["POST"], name="simponie:kerja.type.withdraw"),
    Route("/jenis/versi/{id:int}/unduh", download, name="simponie:kerja.type.download"),
    Route("/risiko", risks, methods=["GET", "POST"], name="simponie:kerja.risks"),
    Route("/risiko/contoh.csv", risk_example, name="simponie:kerja.risks.example"),
]

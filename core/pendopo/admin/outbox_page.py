"""`/admin/outbox`: what waits to be delivered, what failed, and when jobs ran. Contents are never shown: they are private."""

import re

from sqlalchemy import select
from starlette.routing import Route

from .. import outbox
from ..errors import NotFound
from ..http import flash, page, path_int, redirect, url
from ..i18n import _, words_of
from ..identity import record
from ..jobs import JobRun
from ..registry import current

SEE = "core.see_outbox"
ADDRESS = re.compile(r"[^\s'\"<(,:]+@")
STATES = ("waiting", "failed", "done")


def index(request):
    request.user.require(SEE)
    state = request.query_params.get("keadaan", "waiting")
    rows = outbox.waiting(request.state.db, state=state if state in STATES else "waiting")
    return page(request, "admin/outbox.html", rows=[_shown(row) for row in rows], state=state, jobs=_jobs(request))


def _shown(row: outbox.OutboxRow) -> dict[str, object]:
    """A row without its contents; of an address only enough to tell two apart."""
    target = row.target
    if "@" in target:
        name, _at, host = target.partition("@")
        target = f"{name[:2]}…@{host}"
    return {"row": row, "target": target, "error": ADDRESS.sub("…@", row.error.partition("\n")[0])[:200]}


def _jobs(request) -> list[dict[str, object]]:
    last: dict[str, JobRun] = {}
    for run in request.state.db.scalars(select(JobRun).order_by(JobRun.id.desc()).limit(500)):
        last.setdefault(run.slug, run)
    return [
        {"job": job, "title": words_of(plugin, job.title), "plugin": plugin, "run": last.get(slug)}
        for slug, (plugin, job) in sorted(current().jobs.items())
    ]


def retry(request):
    request.user.require(SEE)
    if not outbox.retry(request.state.db, path_int(request), now=request.state.now):
        raise NotFound()
    record(request.state.db, request.user, "outbox.retried", f"outbox:{path_int(request)}", {})
    flash(request, _("Kiriman dicoba lagi."))
    return redirect(url("admin:outbox", keadaan="waiting"))


def drop(request):
    request.user.require(SEE)
    if not outbox.drop(request.state.db, path_int(request), now=request.state.now):
        raise NotFound()
    record(request.state.db, request.user, "outbox.dropped", f"outbox:{path_int(request)}", {})
    flash(request, _("Kiriman itu tidak akan dicoba lagi."))
    return redirect(url("admin:outbox", keadaan="failed"))


routes = [
    Route("/admin/outbox", index, name="admin:outbox"),
    Route("/admin/outbox/{id:int}/ulang", retry, methods=["POST"], name="admin:outbox.retry"),
    Route("/admin/outbox/{id:int}/batal", drop, methods=["POST"], name="admin:outbox.drop"),
]

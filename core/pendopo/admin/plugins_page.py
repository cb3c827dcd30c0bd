"""`/admin/plugins`: each plugin's state, faults, hook times, routes and migrations, with its switch."""

from datetime import timedelta

from sqlalchemy import select
from starlette.responses import Response
from starlette.routing import Route

from .. import migrate
from ..contract import Health
from ..errors import NotFound
from ..http import flash, form_of, page, redirect, url
from ..i18n import _, words_of
from ..plugin_switches import StoredFault, switch_plugin
from ..plugins import current_host

FAULTS_SHOWN = 20


def index(request):
    request.user.require("core.manage_plugins")
    portal = request.app.state.portal
    recent = request.state.now - timedelta(days=7)
    faults = request.state.db.scalars(
        select(StoredFault).where(StoredFault.at > recent).order_by(StoredFault.id.desc()).limit(200)
    ).all()
    counts = {}
    for fault in faults:
        counts[fault.plugin] = counts.get(fault.plugin, 0) + 1
    return page(request, "admin/plugins.html", plugins=list(portal.host), fault_counts=counts, said=words_of)


def show(request):
    request.user.require("core.manage_plugins")
    portal = request.app.state.portal
    plugin = portal.host.plugins.get(request.path_params["name"])
    if plugin is None:
        raise NotFound()
    history = next((h for h in migrate.histories(portal.host) if h.name == plugin.name), None)
    stored = request.state.db.scalars(
        select(StoredFault).where(StoredFault.plugin == plugin.name).order_by(StoredFault.id.desc()).limit(FAULTS_SHOWN)
    ).all()
    routers = [(key, router) for key, (owner, router) in portal.routers.items() if owner is plugin]
    times = sorted(plugin.times.items(), key=lambda pair: -pair[1].total_s)
    migration = (migrate.current(portal.db.engine, history), migrate.head(history)) if history else None
    return page(request, "admin/plugin.html", plugin=plugin, said=words_of, faults=stored, routers=routers, times=times, migration=migration)


def switch(request):
    name = request.path_params["name"]
    enabled = form_of(request).get("enabled") == "1"
    switch_plugin(request.state.db, request.user, name, enabled, now=request.state.now)
    text = _("%(name)s dinyalakan.") if enabled else _("%(name)s dimatikan. Datanya tetap tersimpan.")
    flash(request, text % {"name": name})
    return redirect(url("admin:plugins"))


def metrics(request) -> Response:
    """Prometheus text: plugins by state, hook calls and seconds, faults."""
    if not _is_local(request):
        request.user.require("core.manage_plugins")
    lines = ["# TYPE pendopo_plugins gauge"]
    host = current_host()
    for state in ("enabled", "disabled", "broken"):
        lines.append(f'pendopo_plugins{{state="{state}"}} {sum(plugin.state == state for plugin in host)}')
    lines += ["# TYPE pendopo_hook_calls_total counter", "# TYPE pendopo_hook_seconds_total counter", "# TYPE pendopo_faults_total counter"]
    for plugin in host:
        for hook, time in plugin.times.items():
            lines.append(f'pendopo_hook_calls_total{{plugin="{plugin.name}",hook="{hook}"}} {time.calls}')
            lines.append(f'pendopo_hook_seconds_total{{plugin="{plugin.name}",hook="{hook}"}} {time.total_s:.6f}')
        lines.append(f'pendopo_faults_total{{plugin="{plugin.name}"}} {len(plugin.faults)}')
    return Response("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def _is_local(request) -> bool:
    """Asked from this machine itself and not through a proxy: the metrics collector."""
    return request.client is not None and request.client.host in ("127.0.0.1", "::1") and "x-forwarded-for" not in request.headers


def health(db):
    broken = [plugin.name for plugin in current_host() if plugin.broken]
    return [Health("plugins", not broken, ", ".join(broken))]


routes = [
    Route("/admin/plugins", index, name="admin:plugins"),
    Route("/admin/plugins/{name}", show, name="admin:plugin"),
    Route("/admin/plugins/{name}/switch", switch, methods=["POST"], name="admin:plugin.switch"),
    Route("/metrics", metrics, name="metrics"),
]

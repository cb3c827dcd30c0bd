"""`/admin/`: what there is to look after; `/admin/kesehatan`: whether every part is well."""

from starlette.routing import Route

from ..doctor import examine
from ..errors import PermissionRefused
from ..http import page
from ..plugins import current_host
from .plugin import menu_entries

PERMISSIONS = ("core.manage_plugins", "core.manage_settings", "core.manage_people", "core.see_outbox", "core.see_audit")


def index(request):
    """The cards of what this person may look after."""
    actor = request.user
    actor.require_signed_in()
    if not any(actor.can(permission) for permission in PERMISSIONS):
        raise PermissionRefused()
    entries = [entry for entry in menu_entries(actor) if actor.can(entry.permission)]
    unwell = [check for check in current_host().call_each("health", db=request.state.db) if not check.ok]
    return page(request, "admin/index.html", entries=entries, unwell=unwell)


def health(request):
    request.user.require("core.see_outbox")
    checks = list(examine(request.app.state.portal))
    return page(request, "admin/health.html", checks=checks, bad=[check for check in checks if not check[0]])


routes = [Route("/admin/", index, name="admin:index"), Route("/admin/kesehatan", health, name="admin:health")]

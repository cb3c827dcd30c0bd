"""`/admin/audit`: who did what, and whether the trail is untouched."""

import json
import re

from sqlalchemy import select
from starlette.routing import Route

from ..http import page, query_int
from ..identity import verify_audit
from ..identity.models import Account, AuditEntry

SEE = "core.see_audit"
PER_PAGE = 50


def index(request):
    request.user.require(SEE)
    db, asked = request.state.db, request.query_params
    query = select(AuditEntry).order_by(AuditEntry.id.desc())
    for name, column in (("tindakan", AuditEntry.action), ("perihal", AuditEntry.subject), ("siapa", AuditEntry.actor_name)):
        if text := asked.get(name, "").strip()[:100]:
            like = re.sub(r"([%_\\])", r"\\\1", text)
            query = query.where(column.ilike(f"%{like}%" if name == "siapa" else f"{like}%", escape="\\"))
    if before := query_int(request, "sebelum"):
        query = query.where(AuditEntry.id < before)
    rows = db.scalars(query.limit(PER_PAGE + 1)).all()
    citizens = [row.on_behalf_of for row in rows if row.on_behalf_of]
    names = dict(db.execute(select(Account.id, Account.name).where(Account.id.in_(citizens))).all())
    entries = [{"entry": row, "detail": _words(row.detail), "citizen": names.get(row.on_behalf_of, "")} for row in rows[:PER_PAGE]]
    checked = asked.get("periksa") == "1"
    return page(
        request, "admin/audit.html", entries=entries, more=len(rows) > PER_PAGE, checked=checked, fault=verify_audit(db) if checked else None, asked=asked,
    )


def _words(detail: str) -> str:
    return ", ".join(f"{key}: {value}" for key, value in json.loads(detail).items())


routes = [Route("/admin/audit", index, name="admin:audit")]

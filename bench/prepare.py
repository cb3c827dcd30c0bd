"""Fill the installation at PENDOPO_HOME for the bench, and say what its home page holds: `python prepare.py [look]`.

Prints one JSON object: the session token of the demo citizen, the queries of one signed-in home page, its menu and cards, and
the frame around them, so that the peer shows the same.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, insert, select

from pendopo.app import Portal, PortalApp
from pendopo.db import Base
from pendopo.settings import Settings
from pendopo.testing.client import Client
from pendopo.testing.people import open_session_for

PEOPLE = 200
ROWS = 8  # a person, in each generated table


def fill_twins(portal: Portal) -> None:
    """The tables of generated plugins, with eight rows for each of two hundred people."""
    import importlib

    names = [plugin.name for plugin in portal.host if plugin.name.startswith("gawe_banyak")]
    models = [importlib.import_module(f"{name}.models").Row for name in names]
    tables: Any = [model.__table__ for model in models]
    Base.metadata.create_all(portal.db.engine, tables=tables)
    rows = [
        {"account_id": person, "title": f"Permohonan nomor {n}", "state": "diterima", "due_at": f"2026-12-{n + 1:02d}"}
        for person in range(1, PEOPLE + 1)
        for n in range(ROWS)
    ]
    with portal.db.session() as db:
        for table in tables:
            db.execute(insert(table), rows)


def warga(portal: Portal) -> int:
    from pendopo.identity import Account

    with portal.db.session(write=False) as db:
        return db.scalars(select(Account.id).where(Account.kind == "warga").order_by(Account.id)).first()


def look(portal: Portal) -> dict[str, Any]:
    """One signed-in home page, and the queries that it took."""
    account_id = warga(portal)
    client = Client(PortalApp(portal)).sign_in(account_id)
    token = open_session_for(portal, account_id)
    client.cookies.set(portal.session_cookie, token)
    client.cookies.set("baru", "1")  # not from the kept pages
    client.get("/")
    queries: list[str] = []

    @event.listens_for(portal.db.engine, "before_cursor_execute")
    def count(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            queries.append(statement)

    portal.answering._actors.clear()  # who is asking is a query of the page, too
    answer = client.get("/")
    assert answer.status_code == 200, answer.status_code
    with portal.db.session(write=False) as db:
        from pendopo.identity import load_actor

        actor = load_actor(db, token, now=datetime.now(UTC), roles=portal.roles())
        cards = portal.host.call_each("dashboard_cards", db=db, actor=actor, face="gawe")
        badges = dict(portal.host.call_each("badge_counts", db=db, actor=actor))
    nav = portal.pages.nav("gawe", actor, "id")
    menu = [{"label": e.label, "href": e.href, "summary": e.summary, "icon": str(portal.pages.icons(e.icon)), "badge": e.badge} for e in nav.entries]
    text = answer.text
    return {
        "token": token, "cookie": portal.session_cookie, "queries": len(queries), "bytes": len(answer.content),
        "menu": menu, "badges": badges, "cards": len(cards),
        "head": text[text.index("<head>") + 6 : text.index("</head>")], "foot": text[text.index("</main>") + 7 : text.index("</body>")],
    }


def main() -> None:
    portal = Portal(Settings())
    portal.load_switches()
    if sys.argv[1:] != ["look"]:
        fill_twins(portal)
    print(json.dumps(look(portal)))
    portal.db.dispose()


if __name__ == "__main__":
    main()

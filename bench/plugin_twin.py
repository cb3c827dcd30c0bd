"""Generated plugins: ten routes, one table, one template, a menu entry and a permission each.

Two hundred of them measure the start; a few fill the menu of the home page up to 24 entries. The first `badges` also count
something for the menu, the first `cards` also show five rows on the home page, each by one query of its own. The first can
publish to the live wire.
"""

from __future__ import annotations

from pathlib import Path

PLUGIN = '''"""Plugin {n}."""

from pendopo import DashboardCard, MenuEntry, Permission, PluginCard, hookimpl


@hookimpl
def plugin_card():
    return PluginCard("banyak{n}", "Layanan {n}", "gawe", "Layanan buatan nomor {n}.")


@hookimpl
def routes():
    from . import routes

    return routes.routes


@hookimpl
def menu_entries(actor):
    return [MenuEntry("Layanan {n}", "/banyak{n}/halaman-0", icon="house", summary="Layanan buatan nomor {n}.", badge="{badge}")]


@hookimpl
def permissions():
    return [Permission("banyak{n}.use", "Memakai layanan {n}")]
'''
BADGE = '''

@hookimpl
def badge_counts(db, actor):
    from .models import count_open

    return [("banyak{n}", count_open(db, actor.account_id))]
'''
CARD = '''

@hookimpl
def dashboard_cards(db, actor, face):
    from .models import newest

    if face != "gawe":
        return []
    return [DashboardCard("banyak{n}", "Layanan {n}", "gawe_banyak{n}/card.html", {{"rows": newest(db, actor.account_id)}})]
'''
ROUTES = '''from pendopo.http import form_of, page, redirect
from pendopo.live import publish
from starlette.routing import Route


def show(request):
    return page(request, "gawe_banyak{n}/index.html")


def tell(request):
    publish(request.state.db, "public:banyak{n}", form_of(request)["html"])
    return redirect("/")


routes = [*[Route(f"/halaman-{{i}}", show, name=f"banyak{n}:h{{i}}") for i in range(9)], Route("/kabar", tell, methods=["POST"], name="banyak{n}:kabar")]
'''
MODEL = '''from pendopo.db import Base
from sqlalchemy import Index, bindparam, func, select
from sqlalchemy.orm import Mapped, mapped_column


class Row(Base):
    __tablename__ = "gawe_banyak{n}_row"
    __table_args__ = (Index("ix_banyak{n}", "account_id", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int]
    title: Mapped[str]
    state: Mapped[str]
    due_at: Mapped[str]


OPEN = select(func.count()).where(Row.account_id == bindparam("who"), Row.state == "diterima")
NEWEST = select(Row.id, Row.title, Row.state, Row.due_at).where(Row.account_id == bindparam("who")).order_by(Row.due_at).limit(5)


def count_open(db, account_id):
    return db.scalar(OPEN, {{"who": account_id}})


def newest(db, account_id):
    return db.execute(NEWEST, {{"who": account_id}}).all()
'''
CARD_TEMPLATE = """<ul>{% for row in rows %}
<li><a href="/berkas/{{ row.id }}">{{ row.title }}</a> <span>{{ row.state }}</span> <time>{{ row.due_at }}</time></li>{% endfor %}</ul>"""
INDEX_TEMPLATE = "{% extends layout %}{% block content %}<h1>Layanan</h1>{% endblock %}"


def make(folder: Path, count: int, *, badges: int = 0, cards: int = 0) -> None:
    """Write `count` plugins with the metadata that makes their entry points visible from `folder` on PYTHONPATH."""
    for n in range(count):
        package = folder / f"gawe_banyak{n}"
        templates = package / "templates" / f"gawe_banyak{n}"
        templates.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        text = PLUGIN + (BADGE if n < badges else "") + (CARD if n < cards else "")
        (package / "plugin.py").write_text(text.format(n=n, badge=f"banyak{n}" if n < badges else ""))
        (package / "routes.py").write_text(ROUTES.format(n=n))
        (package / "models.py").write_text(MODEL.format(n=n))
        (templates / "index.html").write_text(INDEX_TEMPLATE)
        (templates / "card.html").write_text(CARD_TEMPLATE)
        info = folder / f"gawe_banyak{n}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: gawe-banyak{n}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[pendopo.plugins]\ngawe_banyak{n} = gawe_banyak{n}.plugin\n")

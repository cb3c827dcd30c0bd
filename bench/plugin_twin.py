"""Generated plugins for measuring the start: 10 routes, one table, one template, a menu entry and a permission each."""

from __future__ import annotations

import sys
from pathlib import Path

PLUGIN = '''"""Plugin {n}."""

from pendopo import MenuEntry, Permission, PluginCard, hookimpl


@hookimpl
def plugin_card():
    return PluginCard("banyak{n}", "Layanan {n}", "gawe", "Layanan buatan nomor {n}.")


@hookimpl
def routes():
    from starlette.routing import Route

    from pendopo.http import page

    def show(request):
        return page(request, "gawe_banyak{n}/index.html")

    return [Route(f"/halaman-{{i}}", show, name=f"banyak{n}:h{{i}}") for i in range(10)]


@hookimpl
def menu_entries(actor):
    return [MenuEntry("Layanan {n}", "/banyak{n}/halaman-0")]


@hookimpl
def permissions():
    return [Permission("banyak{n}.use", "Memakai layanan {n}")]
'''
MODEL = '''from sqlalchemy.orm import Mapped, mapped_column

from pendopo.db import Base


class Row(Base):
    __tablename__ = "gawe_banyak{n}_row"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
'''


def make(folder: Path, count: int) -> None:
    """Write `count` plugins with the metadata that makes their entry points visible from `folder` on PYTHONPATH."""
    for n in range(count):
        package = folder / f"gawe_banyak{n}"
        (package / "templates" / f"gawe_banyak{n}").mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "plugin.py").write_text(PLUGIN.format(n=n))
        (package / "models.py").write_text(MODEL.format(n=n))
        (package / "templates" / f"gawe_banyak{n}" / "index.html").write_text("{% extends layout %}{% block content %}<h1>Layanan</h1>{% endblock %}")
        info = folder / f"gawe_banyak{n}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: gawe-banyak{n}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[pendopo.plugins]\ngawe_banyak{n} = gawe_banyak{n}.plugin\n")


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))

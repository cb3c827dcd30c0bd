"""A plugin to break and to serve: the one that `pendopo new-plugin` makes."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import pytest

from pendopo import migrate
from pendopo.new_plugin import create_plugin
from pendopo.plugins import PluginHost
from pendopo.testing.databases import Template
from pendopo.testing.server import Server, make_findable


@pytest.fixture(scope="session")
def contoh(tmp_path_factory) -> Path:
    """The folder of a fresh `gawe_contoh`, findable once it is on the path."""
    folder = tmp_path_factory.mktemp("contoh")
    return make_findable(create_plugin(folder, "gawe_contoh"), "gawe_contoh")


@pytest.fixture
def contoh_importable(contoh, monkeypatch):
    monkeypatch.syspath_prepend(str(contoh))
    return metadata.EntryPoint("gawe_contoh", "gawe_contoh.plugin", "pendopo.plugins")


@pytest.fixture
def serve(contoh, database_template: Template, tmp_path):
    """`serve(workers=2)`: a running server of its own with gawe_contoh beside the installed plugins."""
    started: list[Server] = []
    with database_template.copy() as url:

        def serve(**options) -> Server:
            server = Server(tmp_path, url, path=(contoh,), **options)
            if not started:
                server.run("migrate", "--quiet")
            started.append(server)
            return server.start()

        yield serve
        for server in started:
            server.kill()


@pytest.fixture
def empty_host():
    """A host without any plugin but the house's own."""
    host = PluginHost()
    host.load(entry_points=[])
    return host


@pytest.fixture
def contoh_history(contoh):
    return migrate.History("gawe_contoh", contoh / "gawe_contoh" / "migrations")

"""A plugin to break and to serve: the one that `pendopo new-plugin` makes."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pendopo import PluginCard, hookimpl, migrate
from pendopo.app import Portal, PortalApp
from pendopo.new_plugin import create_plugin
from pendopo.plugins import PluginHost
from pendopo.settings import Settings
from pendopo.testing.client import Client
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


def module_of(name: str, **hooks: Any) -> ModuleType:
    """A plugin module made of functions: `module_of("gawe_uji", routes=lambda: [...])`. It has a card unless one is given."""
    module = ModuleType(f"{name}.plugin")
    face, _, slug = name.partition("_")
    hooks.setdefault("plugin_card", lambda: PluginCard(slug, slug.capitalize(), face, "Uji coba"))
    for hook, function in hooks.items():
        setattr(module, hook, hookimpl(function) if function else None)
    return module


@pytest.fixture
def house(portal, tmp_path):
    """`house(gawe_uji={"routes": ...})`: a portal with the house's own rooms and these plugins on the test's database; a client of it."""
    opened: list[Client] = []

    def build(**plugins: dict[str, Any]) -> Client:
        host = PluginHost()
        host.load(entry_points=[])
        for name, hooks in plugins.items():
            host.add(name, module_of(name, **hooks))
        settings = Settings(home=tmp_path, database_url=portal.settings.database_url, secret_key=portal.settings.secret_key, public_url="http://testserver")
        client = Client(PortalApp(Portal(settings, host)))
        opened.append(client)
        return client

    yield build
    for client in opened:
        client.close()
        client.portal_here.answering.close()
        client.portal_here.db.dispose()


@pytest.fixture
def empty_host():
    """A host without any plugin but the house's own."""
    host = PluginHost()
    host.load(entry_points=[])
    return host


@pytest.fixture
def contoh_history(contoh):
    return migrate.History("gawe_contoh", contoh / "gawe_contoh" / "migrations")

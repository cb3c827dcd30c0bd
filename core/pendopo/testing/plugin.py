"""Fixtures, loaded by pytest wherever `pendopo` is installed.

`portal`: every installed plugin over a migrated database of this test's own. `db`: a session on it, committed whenever
the test asks over HTTP, makes a person or delivers the outbox. `client`: a browser without JavaScript
(`client.sign_in(actor)`). `resident`, `officer(...)`: invented people. `deliver()`: what the outbox would do after the
commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)  # Tuesday, 12.00 WIB
_server: Any = None


def pytest_configure(config: pytest.Config) -> None:
    """Start a PostgreSQL for the run when one is asked for and none is given; workers of xdist share it."""
    global _server
    import os

    if os.environ.get("PENDOPO_TEST_DATABASE") == "postgresql" and not os.environ.get("PENDOPO_TEST_POSTGRES_URL") and not config.option.collectonly:
        from pendopo.testing.databases import PostgresServer

        _server = PostgresServer().start()
        os.environ["PENDOPO_TEST_POSTGRES_URL"] = _server.url


def pytest_unconfigure(config: pytest.Config) -> None:
    global _server
    import os

    if _server is not None:
        _server.stop()
        _server = None
        del os.environ["PENDOPO_TEST_POSTGRES_URL"]


@pytest.fixture(scope="session")
def plugin_host() -> Any:
    """The host of all installed plugins, imported once."""
    from pendopo.plugins import PluginHost

    host = PluginHost()
    host.load()
    return host


@pytest.fixture(scope="session")
def database_template(plugin_host: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from pendopo.testing.databases import Template

    template = Template(plugin_host, tmp_path_factory.mktemp("database"))
    yield template
    template.drop()


@pytest.fixture(scope="session")
def _portal_once(plugin_host: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    from pendopo.app import Portal
    from pendopo.settings import Settings

    home = tmp_path_factory.mktemp("home")
    settings = Settings(home=home, secret_key="uji-coba-bukan-rahasia", public_url="http://testserver", database_url=f"sqlite:///{home / 'none.db'}")
    return Portal(settings, plugin_host)


@pytest.fixture
def portal(_portal_once: Any, database_template: Any, tmp_path: Path) -> Iterator[Any]:
    from pendopo import pages
    from pendopo.db import Database
    from pendopo.endpoint import Answering
    from pendopo.plugins import set_current_host
    from pendopo.settings import set_installation_secret

    portal = _portal_once
    with database_template.copy() as url:
        before = portal.db
        portal.db = Database(url, pool_size=4)
        portal.settings.home = tmp_path
        portal.settings.__dict__.pop("url", None)
        portal.settings.database_url = url
        portal.host.switch(set())
        portal.cache.clear()
        portal.answering = Answering(portal)
        set_current_host(portal.host)
        set_installation_secret(portal.settings.secret)
        pages._current = portal.pages
        _forget_caches()
        portal.refresh()
        yield portal
        portal.db.dispose()
        portal.answering.close()
        portal.db = before


def _forget_caches() -> None:
    """Tell rooms that keep what they read from the database that this is another one."""
    import sys

    for name, module in list(sys.modules.items()):
        if name.startswith("pendopo.") and hasattr(module, "forget_cache"):
            module.forget_cache()


@pytest.fixture
def now() -> datetime:
    return NOON


@pytest.fixture
def db(portal: Any) -> Iterator[Session]:
    from pendopo.testing.people import open_sessions

    session = Session(portal.db._writing, expire_on_commit=False)
    open_sessions.append(session)
    yield session
    open_sessions.remove(session)
    session.rollback()
    session.close()


@pytest.fixture
def app(portal: Any) -> Any:
    from pendopo.app import PortalApp

    return PortalApp(portal)


@pytest.fixture
def client(app: Any) -> Iterator[Any]:
    from pendopo.testing.client import Client

    client = Client(app)
    yield client
    client.close()


@pytest.fixture
def people(portal: Any) -> Any:
    from pendopo.testing.people import People

    return People(portal)


@pytest.fixture
def resident(people: Any) -> Any:
    """An invented citizen, as an Actor."""
    return people.resident()


@pytest.fixture
def officer(people: Any) -> Callable[..., Any]:
    """`officer("pelaporan.verify", opd="dpupr")`: a staff member who may do exactly that, there."""
    return people.officer


@pytest.fixture
def deliver(portal: Any) -> Callable[[], int]:
    """Deliver everything that waits in the outbox, now, and return how much it was."""
    from pendopo import outbox
    from pendopo.testing.people import settle

    def deliver() -> int:
        settle()
        return outbox.deliver_due(portal)

    return deliver


@pytest.fixture
def today() -> date:
    return NOON.date()

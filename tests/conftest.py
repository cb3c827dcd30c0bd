"""The served portal and the browsers of what crosses rooms: `served` once for each file, `visit` for each test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pendopo.testing.browser import Visit, launched, visitors
from pendopo.testing.served import DemoHouse, House

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def demo_house(tmp_path_factory: pytest.TempPathFactory) -> DemoHouse:
    """The demo regency, a twentieth of its size, made once for all test processes of a run."""
    base = tmp_path_factory.getbasetemp()
    return DemoHouse((base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "demo-house")


@pytest.fixture(scope="module")
def served(demo_house: DemoHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A real server over a copy of the demo regency, for the tests of one file."""
    with demo_house.copy(tmp_path_factory.mktemp("served") / "home") as house:
        yield house.start()


@pytest.fixture(scope="session")
def browser() -> Iterator[object]:
    with launched() as browser:
        yield browser


@pytest.fixture
def visit(browser: object, served: House) -> Iterator[Visit]:
    """`visit("warga", size="phone", javascript=False)`: somebody with a browser of their own."""
    with visitors(browser, served) as visit:
        yield visit


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's script."""
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")

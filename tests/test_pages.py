"""Every page that somebody can reach by its links: it answers, fits a phone, and axe-core finds nothing against it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import pytest

from pendopo.testing.browser import SIZES, Visit
from pendopo.testing.served import House
from pendopo.testing.walk import EVERYBODY, Found, RouteInfo, routes, walk

pytestmark = pytest.mark.once  # tests/test_bad_input.py opens every page on either database
HOMES = ("/", "/kerja/")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """async options => {
  const found = await axe.run(document, options)
  return found.violations.map(v => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')}`)
}"""
WIDER = """() => {
  const page = document.scrollingElement
  if (page.scrollWidth <= page.clientWidth) return ''
  const out = [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > page.clientWidth + 1)
  return `${page.scrollWidth} px: ` + out.slice(0, 3).map(e => e.tagName + '.' + e.className).join(', ')
}"""


@pytest.fixture(scope="module")
def known(served: House) -> list[RouteInfo]:
    return routes(served)


@pytest.fixture(scope="module")
def reach(served: House, known: list[RouteInfo]) -> Any:
    """What each person reaches, walked once."""
    found: dict[str, Found] = {}

    def of(who: str) -> Found:
        if who not in found:
            found[who] = walk(served, known, who, begin=("/", "/kerja/"))
        return found[who]

    return of


@pytest.mark.parametrize("who", EVERYBODY)
def test_no_link_leads_nowhere(reach: Any, who: str) -> None:
    assert not reach(who).broken, "\n".join(reach(who).broken)


def test_every_page_is_reached_by_somebody(reach: Any, known: list[RouteInfo]) -> None:
    """A page that no link leads to is a page that nobody finds. Left out: what machines ask for, and links in mail."""
    reached = {key for who in EVERYBODY for key in reach(who).pages}
    silent = {route.name for route in known if "GET" in route.methods and route.plugin.startswith(("gawe_", "kerja_")) and route.name not in reached}
    pages = {route.name for route in known if not FOR_MACHINES.search(route.path)}
    silent -= BEHIND_A_STATE
    assert not silent & pages, ", ".join(sorted(silent & pages))


FOR_MACHINES = re.compile(
    r"\.(xml|csv|xlsx|geojson|json|xsl|m3u8?|pls|mp3|opus|ogg|png|pdf|ics|css|js)$|/open311/|/cap/|/unduh|/foto|/stream(\.|$)|/hls/"  # data, sound and papers
    r"|/pustaka/suara/|/simak/"  # sound within a page
    r"|/serupa$|/isi$|/terkirim$"  # pieces of a page, and what stands only after a form
)


# Linked from a matter of another state than the example that the walk takes, or after an act that nobody did in the demo.
BEHIND_A_STATE = {"kartukuning:berkas", "pajak:assessment", "pajak:kerja.import", "simponie:kerja.measure"}


COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, "resultTypes": ["violations"]}
EVERYTHING = {"runOnly": RULES, "resultTypes": ["violations"], "preload": False}
WORDS = {  # what may lack in one language only
    "runOnly": {"type": "rule", "values": ["document-title", "html-has-lang", "html-lang-valid", "label", "link-name", "button-name", "valid-lang"]},
    "resultTypes": ["violations"],
    "preload": False,
}
LOOKS = {  # language: how each page is looked at; what does not change with size or colour is asked once
    "id": (("desktop", "light", EVERYTHING), ("desktop", "dark", COLOURS), ("phone", "light", EVERYTHING)),
    "en": (("phone", "light", WORDS),),
}


def examples(reach: Any) -> list[tuple[str, str]]:
    """`(who, path)`: each page once, as the one who sees most of it, and everybody's own two homes."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for who in reversed(EVERYBODY):
        for name, path in reach(who).pages.items():
            found.setdefault((name, who if path in HOMES else ""), (who, path))
    return sorted(found.values())


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("language", ["id", "en"])
def test_axe_finds_nothing(reach: Any, visit: Visit, axe: str, language: str) -> None:
    wrong = []
    for who, pages in groupby(examples(reach), key=itemgetter(0)):
        visitor = visit(who, language=language)
        page = visitor.context.new_page()
        for _, path in pages:
            wrong += [f"{path} ({who or 'anybody'}, {line}" for line in faults(visitor, page, path, axe, language)]
        page.close()
    assert not wrong, "\n".join(wrong)


def faults(visitor: Any, page: Any, path: str, axe: str, language: str) -> Iterator[str]:
    page.goto(path)
    with visitor.unwatched():  # axe itself sets styles on what it measures
        page.evaluate(axe)
        for size, look, options in LOOKS[language]:
            page.set_viewport_size(SIZES[size])
            tall = page.evaluate("document.scrollingElement.scrollHeight")  # nothing lies under what is fixed to the screen's edge
            page.set_viewport_size({**SIZES[size], "height": max(SIZES[size]["height"], min(tall, 8000))})
            page.emulate_media(color_scheme=look, reduced_motion="reduce")
            yield from (f"{size}, {look}): {line}" for line in page.evaluate(RUN, options))
    if wide := page.evaluate(WIDER):
        yield f"phone): wider than the screen: {wide}"
    if page.locator("html").get_attribute("lang") != language:
        yield f"any): not in {language}"

"""A real Chromium for journeys, and a watch that nothing on a page goes wrong unseen."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from .served import House

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]
SIZES = {"phone": {"width": 360, "height": 740}, "desktop": {"width": 1280, "height": 800}}
PATIENCE_MS = 20_000
STATIC = ("script", "stylesheet", "font", "image", "manifest")


def chromium() -> str:
    """Where the browser is."""
    found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    if found is None:
        raise RuntimeError("no Chromium here: install the package chromium")
    return found


@contextmanager
def launched() -> Iterator[Any]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


class Visitor:
    """Somebody with a browser of their own: a context, and what went wrong in it."""

    def __init__(
        self, browser: Any, house: House, who: str | int = "", *, size: str = "desktop", language: str = "id", look: str = "light", javascript: bool = True,
        **options: Any,
    ) -> None:
        self.house = house
        self.host = urlsplit(house.base).netloc
        self.wrong: list[str] = []
        self.expected = ["ERR_ABORTED"] if javascript else ["ERR_ABORTED", "csp"]  # so does a browser without scripts call what it does not load
        self.context = browser.new_context(
            base_url=house.base, viewport=SIZES[size], locale={"id": "id-ID", "en": "en-GB"}[language], color_scheme=look, java_script_enabled=javascript,
            is_mobile=False, has_touch=size == "phone", reduced_motion="reduce", timezone_id="Asia/Jakarta", **options,
        )
        self.context.set_default_timeout(PATIENCE_MS)
        if who:
            self.context.add_cookies([{"name": "pendopo", "value": house.session_of(who), "url": house.base, "httpOnly": True, "sameSite": "Lax"}])
        if language != "id":  # an account's own language is stronger than the browser's; what was chosen on the page is stronger still
            self.context.add_cookies([{"name": "bahasa", "value": language, "url": house.base}])
        self.context.on("weberror", lambda error: self.wrong.append(f"script: {error.error}"))
        self.context.on("console", self._console)
        self.context.on("requestfailed", self._failed)
        self.context.on("response", self._answered)

    def _console(self, message: Any) -> None:
        # Refused requests (422 and so on) are part of life and looked at by their answers below.
        if message.type == "error" and "Failed to load resource" not in message.text:
            where = f"{message.page.url if message.page else ''} {message.location.get('url')}:{message.location.get('lineNumber')}"
            self.wrong.append(f"console: {message.text} (at {where})")

    def _failed(self, request: Any) -> None:
        meant = any(word in (request.failure or "") for word in self.expected)
        if urlsplit(request.url).netloc == self.host and request.resource_type != "media" and not meant:
            self.wrong.append(f"request: {request.method} {request.url}: {request.failure}")

    def _answered(self, response: Any) -> None:
        if response.status >= 500 or (response.status >= 400 and response.request.resource_type in STATIC):
            self.wrong.append(f"answer: {response.status} {response.request.method} {response.url}")
        elif urlsplit(response.url).netloc != self.host and response.url.startswith("http"):
            self.wrong.append(f"another host: {response.url}")

    @contextmanager
    def unwatched(self) -> Iterator[None]:
        """What goes wrong inside this block is our own doing."""
        before = len(self.wrong)
        yield
        del self.wrong[before:]

    def page(self, path: str = "/") -> Any:
        page = self.context.new_page()
        page.goto(path)
        return page

    def close(self) -> None:
        self.context.close()


Visit = Callable[..., Visitor]


@contextmanager
def visitors(browser: Any, house: House) -> Iterator[Visit]:
    """`visit("warga", size="phone")` gives a Visitor. At the end nothing may have gone wrong in any of their browsers."""
    here: list[Visitor] = []

    def visit(who: str | int = "", **options: Any) -> Visitor:
        here.append(Visitor(browser, house, who, **options))
        return here[-1]

    yield visit
    for visitor in here:
        visitor.close()
    wrong = [line for visitor in here for line in visitor.wrong]
    assert not wrong, "in the browser:\n" + "\n".join(wrong)

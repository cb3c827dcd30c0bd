"""A browser without JavaScript, for tests of routes."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from pendopo.identity import Actor


class _WithRoom:
    """The app as TestClient runs it, but a websocket takes what is sent at once, as a real socket with room does.

    TestClient's own `send` always gives way first, by which the live wire knows a client that does not read.
    """

    def __init__(self, app: Any) -> None:
        self.app = app

    def __getattr__(self, name: str) -> Any:
        return getattr(self.app, name)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            stream = send.__self__

            async def send(message: Any) -> None:
                stream.send_nowait(message)

        await self.app(scope, receive, send)


class Client(TestClient):
    """Starlette's TestClient that sends `Origin` as browsers do, follows no redirect by itself and can sign in."""

    def __init__(self, app: Any) -> None:
        super().__init__(_WithRoom(app), base_url="http://testserver", follow_redirects=False, headers={"Origin": "http://testserver"})
        self.portal_here = app.portal

    def request(self, *arguments: Any, **options: Any) -> Any:
        from pendopo.testing.people import settle

        settle()
        return super().request(*arguments, **options)

    def sign_in(self, who: Actor | int) -> Client:
        """Be `who` from now on."""
        from pendopo.testing.people import open_session_for

        account_id = who if isinstance(who, int) else who.account_id
        self.cookies.set(self.portal_here.session_cookie, open_session_for(self.portal_here, account_id))
        return self

    def sign_out(self) -> Client:
        self.cookies.clear()
        return self

    def fragment(self, path: str, **options: Any) -> Any:
        """GET `path` as htmx asks for a piece of a page."""
        return self.get(path, headers={"HX-Request": "true", "HX-Request-Type": "partial"}, **options)

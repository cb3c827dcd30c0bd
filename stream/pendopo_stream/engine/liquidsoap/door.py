"""Who may send a programme from outside: names and passwords in the home, asked by Liquidsoap when somebody connects.

    python -m pendopo_stream.engine.liquidsoap.door --home DIR add NAME ["Who it is"]
    python -m pendopo_stream.engine.liquidsoap.door --home DIR remove NAME | list
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import re
import secrets
import sys
import time
from collections import deque
from dataclasses import asdict, dataclass, field
from pathlib import Path

from .script import WORK, write_private

ACCOUNTS = "sources.json"
LONGEST_REQUEST = 8192
WRONG_PER_MINUTE = 5
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,40}")


@dataclass(frozen=True)
class Account:
    """Somebody who may connect. `title`: what is shown while this source is on the air."""

    name: str
    title: str
    salt: str = field(repr=False)
    secret: str = field(repr=False)


def _hashed(password: str, salt: str) -> str:
    return hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), n=2**13, r=8, p=1).hex()


def accounts(home: Path) -> dict[str, Account]:
    path = home / WORK / ACCOUNTS
    return {given["name"]: Account(**given) for given in json.loads(path.read_text("utf-8"))} if path.exists() else {}


def _keep(home: Path, known: dict[str, Account]) -> None:
    write_private(home / WORK / ACCOUNTS, json.dumps([asdict(account) for account in known.values()], indent=1, ensure_ascii=False))


def add(home: Path, name: str, title: str = "", password: str = "") -> str:
    """Let `name` connect; return the password, which is kept nowhere in plain text. Raises ValueError on a name that
    source programs can't send.
    """
    if not _NAME.fullmatch(name):
        raise ValueError("a name of letters, digits, dots and dashes")
    password = password or secrets.token_urlsafe(12)
    salt = secrets.token_hex(16)
    _keep(home, {**accounts(home), name: Account(name, title or name, salt, _hashed(password, salt))})
    return password


def remove(home: Path, name: str) -> bool:
    known = accounts(home)
    gone = known.pop(name, None)
    _keep(home, known)
    return gone is not None


class Door:
    """Answers Liquidsoap's question on this machine only, and only with the key that stands in the script."""

    def __init__(self, home: Path, key: str) -> None:
        self.home = home
        self.key = key
        self._wrong: dict[str, deque[float]] = {}
        self._server: asyncio.Server | None = None

    async def open(self, port: int) -> None:
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", port, limit=LONGEST_REQUEST)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    def lets_in(self, name: str, password: str, address: str) -> bool:
        """Whether this is somebody we know. After five wrong tries an address waits for a minute."""
        now = time.monotonic()
        tries = self._wrong.setdefault(address, deque(maxlen=WRONG_PER_MINUTE))
        while tries and now - tries[0] > 60:
            tries.popleft()
        if len(tries) == WRONG_PER_MINUTE:
            return False
        account = accounts(self.home).get(name)
        salt, secret = (account.salt, account.secret) if account else ("00" * 16, "")
        fine = hmac.compare_digest(_hashed(password, salt), secret)
        if not fine:
            tries.append(now)
        return fine

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(5):
                status = await self._judge(reader)
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            status = 400
        writer.write(f"HTTP/1.1 {status} -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        writer.close()

    async def _judge(self, reader: asyncio.StreamReader) -> int:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        length = int(headers.get("content-length", "0")) if headers.get("content-length", "0").isdigit() else 0
        if not hmac.compare_digest(headers.get("x-station", "").encode(), self.key.encode()) or not 0 < length <= LONGEST_REQUEST:
            return 403
        try:
            asked = json.loads(await reader.readexactly(length))
            name, password, address = str(asked["user"]), str(asked["password"]), str(asked["address"])
        except (ValueError, KeyError, TypeError):
            return 400
        return 200 if await asyncio.to_thread(self.lets_in, name, password, address) else 403


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m pendopo_stream.engine.liquidsoap.door", description="Who may send a programme from outside.")
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("do", choices=("add", "remove", "list"))
    parser.add_argument("name", nargs="?", default="")
    parser.add_argument("title", nargs="?", default="")
    given = parser.parse_args(arguments)
    home = given.home.absolute()
    if given.do == "add":
        print(f"user: {given.name}\npassword: {add(home, given.name, given.title)}")
    elif given.do == "remove":
        return 0 if remove(home, given.name) else 1
    else:
        for account in accounts(home).values():
            print(f"{account.name}\t{account.title}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""How the simulator calls the portal: a token, then signed notices, each with an id of its own."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from .. import snap
from ..snap_keys import SimulatorKeys
from .bank import Notice


def token_headers(keys: SimulatorKeys, now: datetime) -> dict[str, str]:
    at = snap.stamp(now)
    signature = snap.sign_token_request(keys.bank_private_key.encode(), keys.bank_client_id, at)
    return {"X-TIMESTAMP": at, "X-CLIENT-KEY": keys.bank_client_id, "X-SIGNATURE": signature}


def signed(keys: SimulatorKeys, notice: Notice, token: str, now: datetime) -> tuple[bytes, dict[str, str]]:
    """The body and headers of a notice."""
    body = json.dumps(notice.body, separators=(",", ":")).encode()
    secret = "rahasia-tebakan" if notice.forged else keys.bank_client_secret
    at = snap.stamp(now)
    headers = {
        "Content-Type": "application/json", "Authorization": f"Bearer {token}", "X-TIMESTAMP": at, "X-PARTNER-ID": keys.bank_client_id,
        "X-EXTERNAL-ID": str(secrets.randbelow(10**18)), "CHANNEL-ID": "95221",
        "X-SIGNATURE": snap.sign_transaction(secret, "POST", notice.path, token, body, at),
    }
    return body, headers


class Line:
    """The line to the portal over HTTP."""

    def __init__(self, keys: SimulatorKeys, portal: str) -> None:
        self.keys, self.portal = keys, portal.rstrip("/")
        self._token = ""

    async def send(self, client: Any, notice: Notice) -> tuple[int, dict[str, Any]]:
        """Tell the portal; its status and answer. A token that is over is asked for anew, once."""
        for _again in range(2):
            if not self._token:
                await self._ask_token(client)
            body, headers = signed(self.keys, notice, self._token, datetime.now(UTC))
            answer = await client.post(self.portal + notice.path, content=body, headers=headers)
            if answer.status_code != 401 or notice.forged:
                break
            self._token = ""
        said = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        return answer.status_code, said

    async def _ask_token(self, client: Any) -> None:
        path = f"{self.portal}/bayar/snap/v1.0/access-token/b2b"
        answer = await client.post(path, json={"grantType": "client_credentials"}, headers=token_headers(self.keys, datetime.now(UTC)))
        answer.raise_for_status()
        self._token = answer.json()["accessToken"]

"""The simulator bank as a little server of its own: SNAP for the portal, a page with switches for people.

Every page and every answer says that it is a simulator.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
from jinja2 import Environment, FileSystemLoader
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from .. import snap
from ..codes import kode_bayar_in, read_kode_bayar
from ..snap_keys import SimulatorKeys
from .bank import FAULTS, LATE_S, ZONE, Bank, Notice
from .calls import Line

TOKEN_LIFE = timedelta(minutes=15)
MARK = {"X-Simulator": "bukan bank sungguhan"}
TRIES = 3


class Simulator:
    """One running simulator. `tokens`: secret of its own, for the tokens that it gives."""

    def __init__(self, keys: SimulatorKeys, bank: Bank, portal: str, *, prefix: str = "83604", late_s: float = LATE_S) -> None:
        self.keys, self.bank, self.prefix, self.late_s = keys, bank, prefix, late_s
        self.line = Line(keys, portal)
        self.secret = keys.client_secret.encode()
        self.said: deque[str] = deque(maxlen=60)
        self.running: set[asyncio.Task[None]] = set()
        self.pages = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)

    def app(self) -> Starlette:
        return Starlette(routes=[
            Route("/", self.page),
            Route("/gaya.css", self.style),
            Route("/bayar", self.pay, methods=["POST"]),
            Route("/kirim-ulang", self.resend, methods=["POST"]),
            Route("/rekening.{kind}", self.statement),
            Route("/v1.0/access-token/b2b", self.token, methods=["POST"]),
            Route("/v1.0/qr/qr-mpm-generate", self.generate, methods=["POST"]),
            Route("/v1.0/qr/qr-mpm-query", self.query, methods=["POST"]),
            Route("/v1.0/transfer-va/status", self.query, methods=["POST"]),
        ])

    # ------------------------------------------------------------------ for people

    async def page(self, request: Request, error: str = "") -> Response:
        tail = list(reversed(self.bank.transfers))[:30]
        codes = [one for one in reversed(self.bank.codes.values()) if all(t.target != one.number for t in self.bank.transfers)][:20]
        text = self.pages.get_template("page.html").render(
            faults=FAULTS, transfers=tail, codes=codes, said=list(self.said), balance=self.bank.balance, held=len(self.bank.held), error=error,
            target=request.query_params.get("tujuan", ""), zone=ZONE, portal=self.line.portal, today=datetime.now(ZONE).date(),
        )
        return HTMLResponse(text, 422 if error else 200, headers=MARK)

    async def style(self, request: Request) -> Response:
        return Response((Path(__file__).parent / "page.css").read_text(), media_type="text/css")

    async def pay(self, request: Request) -> Response:
        """Pay a code or an account, with faults. Answers JSON to who asks for it."""
        form = await request.form()
        wants_json = "json" in request.headers.get("accept", "")
        text = str(form.get("tujuan", "")).strip()
        try:
            typed = str(form.get("jumlah", "")).replace(".", "").strip()
            way, target, kode_bayar, amount = await self._find(text, int(typed) if typed else None)
        except ValueError as error:
            return JSONResponse({"error": str(error)}, 422, headers=MARK) if wants_json else await self.page(request, str(error))
        faults = [name for name in FAULTS if name in form.getlist("gangguan")]
        notices = self.bank.pay(way, target, kode_bayar, amount, at=datetime.now(UTC), faults=faults)
        paid = self.bank.transfers[-1]
        self._say(f"{paid.reference}: Rp{paid.amount:,} untuk {kode_bayar} ({', '.join(faults) or 'tanpa gangguan'})".replace(",", "."))
        await self._deliver(notices)
        if wants_json:
            return JSONResponse({"simulator": True, "referenceNo": paid.reference, "amount": paid.amount, "told": paid.told}, headers=MARK)
        return RedirectResponse("/", 303)

    async def _find(self, text: str, typed: int | None) -> tuple[str, str, str, int]:
        """`(way, target, payment code, amount)` of what was typed; an amount that was typed too is paid unasked. Raises ValueError."""
        code = self.bank.code_for(text)
        if code is not None:
            return "qris", code.number, code.kode_bayar, typed or code.amount
        number = text.replace(" ", "").replace(".", "")
        kode_bayar = kode_bayar_in(number, self.prefix) or read_kode_bayar(number)
        if kode_bayar is None:
            raise ValueError("Tidak ada kode QRIS atau virtual account seperti itu.")
        return "va", number, kode_bayar, typed or await self._inquire(number)

    async def _inquire(self, number: str) -> int:
        """What the portal wants for a virtual account, as a bank asks before it takes money."""
        now = datetime.now(UTC)
        body = {"partnerServiceId": number[:8], "customerNo": number[8:], "virtualAccountNo": number, "inquiryRequestId": f"INQ{now.timestamp():.0f}"}
        async with httpx2.AsyncClient(timeout=20) as client:
            status, said = await self.line.send(client, Notice("/bayar/snap/v1.0/transfer-va/inquiry", body, ""))
        amount = snap.read_rupiah(said.get("virtualAccountData", {}).get("totalAmount"))
        if status != 200 or amount is None:
            raise ValueError(f"Portal menjawab: {said.get('responseMessage', status)}")
        return amount

    async def resend(self, request: Request) -> Response:
        """Tell the portal of everything that it has not confirmed."""
        await self._deliver(self.bank.untold())
        return RedirectResponse("/", 303)

    async def statement(self, request: Request) -> Response:
        """The bank's statement of some days (`dari`, `sampai`), as CSV or MT940."""
        today = datetime.now(ZONE).date()
        try:
            first = date.fromisoformat(request.query_params.get("dari", today.isoformat()))
            last = date.fromisoformat(request.query_params.get("sampai", today.isoformat()))
        except ValueError:
            return PlainTextResponse("tanggal?", 422)
        kind = request.path_params["kind"]
        make = {"csv": self.bank.statement_csv, "mt940": self.bank.statement_mt940}.get(kind)
        if make is None:
            return PlainTextResponse("csv atau mt940", 404)
        name = f'attachment; filename="simulator-{last}.{kind}"'
        return PlainTextResponse(make(first, last), headers={**MARK, "Content-Disposition": name})

    # ------------------------------------------------------------------ telling the portal

    def _say(self, line: str) -> None:
        self.said.appendleft(f"{datetime.now(ZONE):%H.%M.%S} {line}")

    async def _deliver(self, notices: list[Notice]) -> None:
        """Send in order; what is late goes by itself while others overtake it."""
        for notice in notices:
            if notice.delay_s:
                task = asyncio.create_task(self._send_late(notice))
                self.running.add(task)
                task.add_done_callback(self.running.discard)
            else:
                await self._send(notice)

    async def _send_late(self, notice: Notice) -> None:
        await asyncio.sleep(self.late_s)
        await self._send(notice)

    async def _send(self, notice: Notice) -> None:
        async with httpx2.AsyncClient(timeout=20) as client:
            for attempt in range(TRIES):
                try:
                    status, said = await self.line.send(client, notice)
                except httpx2.HTTPError as error:
                    self._say(f"{notice.reference}: portal tidak menjawab ({type(error).__name__})")
                    await asyncio.sleep(0.2 * (attempt + 1))
                    continue
                self._say(f"{notice.reference}: {'kabar palsu, ' if notice.forged else ''}portal menjawab {status} {said.get('responseMessage', '')}")
                if status == 200 and not notice.forged:
                    self.bank.confirmed(notice.reference)
                return

    # ------------------------------------------------------------------ SNAP, for the portal

    async def token(self, request: Request) -> Response:
        timestamp, client_id = request.headers.get("x-timestamp", ""), request.headers.get("x-client-key", "")
        now = datetime.now(UTC)
        signature = request.headers.get("x-signature", "")
        known = client_id == self.keys.client_id and snap.is_fresh(timestamp, now, 300)
        if not known or not snap.token_request_holds(self.keys.public_key.encode(), client_id, timestamp, signature):
            return JSONResponse({"responseCode": "4017300", "responseMessage": "Unauthorized. [Signature]"}, 401, headers=MARK)
        token = snap.make_token(self.secret, client_id, now + TOKEN_LIFE)
        said = {"responseCode": "2007300", "responseMessage": "Successful", "accessToken": token, "tokenType": "Bearer"}
        return JSONResponse({**said, "expiresIn": str(int(TOKEN_LIFE.total_seconds()))}, headers=MARK)

    async def _checked(self, request: Request) -> dict[str, Any] | None:
        """The body of a call that the portal signed; None for any other."""
        body, now = await request.body(), datetime.now(UTC)
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        timestamp, signature = request.headers.get("x-timestamp", ""), request.headers.get("x-signature", "")
        holds = (
            snap.token_owner(self.secret, token, now) == self.keys.client_id
            and snap.is_fresh(timestamp, now, 300)
            and snap.transaction_holds(self.keys.client_secret, "POST", request.url.path, token, body, timestamp, signature)
        )
        return json.loads(body) if holds else None

    async def generate(self, request: Request) -> Response:
        said = await self._checked(request)
        if said is None:
            return JSONResponse({"responseCode": "4014700", "responseMessage": "Unauthorized. [Signature]"}, 401, headers=MARK)
        code = self.bank.make_code(str(said["partnerReferenceNo"]), snap.read_rupiah(said["amount"]) or 0, said.get("additionalInfo", {}))
        self._say(f"{code.reference}: kode QRIS Rp{code.amount:,} untuk {code.kode_bayar}".replace(",", "."))
        return JSONResponse({
            "responseCode": "2004700", "responseMessage": "Successful", "referenceNo": code.reference, "partnerReferenceNo": code.number,
            "qrContent": code.content,
        }, headers=MARK)

    async def query(self, request: Request) -> Response:
        said = await self._checked(request)
        if said is None:
            return JSONResponse({"responseCode": "4015100", "responseMessage": "Unauthorized. [Signature]"}, 401, headers=MARK)
        found = self.bank.payments_of(str(said.get("additionalInfo", {}).get("billNumber", "")))
        status = "00" if found else "03"
        self._say(f"portal bertanya tentang {said.get('additionalInfo', {}).get('billNumber', '')}: {len(found)} pembayaran")
        return JSONResponse({
            "responseCode": "2005100", "responseMessage": "Successful", "latestTransactionStatus": status, "additionalInfo": {"payments": found},
        }, headers=MARK)

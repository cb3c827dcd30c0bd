"""Providers: BSrE's e-sign service as a simulator that signs like it, and a process that is killed while one works."""

from __future__ import annotations

import base64
import json
import threading
from datetime import UTC, datetime
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest
from sqlalchemy import select, update

from pendopo.contract import Signer, SignRequest
from pendopo.identity import Account, Opd
from pendopo.identity.secrecy import encrypt_nik
from pendopo.kit.documents import Document, DocumentKind, authority, document_bytes, issue, signing
from pendopo.kit.documents.checking import _roots
from pendopo.kit.documents.inspecting import signatures_in
from pendopo.outbox import OutboxRow
from pendopo.testing.server import Server, make_findable, portal_of, until

NIK = "3604010101800000"
PASSPHRASE = "frasa-sandi-uji"


SEAL_CODE = "kode-aktivasi-uji"


class BsreSimulator(BaseHTTPRequestHandler):
    """The e-sign client service as published clients of it know it, both interfaces, with certificates of the test authority."""

    seen: ClassVar[list[dict]] = []
    away = False

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path.startswith("/api/v2/"):
            return self._second(json.loads(body))
        parts = message_from_bytes(b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n" + body).get_payload()
        form = {part.get_param("name", header="content-disposition"): part.get_payload(decode=True) for part in parts}
        self.seen.append({"path": self.path, "auth": self.headers["Authorization"], **{name: text for name, text in form.items() if name != "file"}})
        if self.away:
            return self._answer(503, b"")
        if form["passphrase"].decode() != PASSPHRASE:
            return self._answer(400, b'{"error": "Passphrase anda salah", "status_code": 2031}')
        request = SignRequest(form["file"], "BSrE1", Signer("Simulator BSrE"), form["reason"].decode(), "", datetime.now(UTC))
        self._answer(200, authority.sign(request))

    def _second(self, said):
        self.seen.append({"path": self.path, "auth": self.headers["Authorization"], **{name: value for name, value in said.items() if name != "file"}})
        if self.path == "/api/v2/seal/get/totp":
            right = said["totp"] == SEAL_CODE
            return self._answer(200 if right else 400, json.dumps({"message": "", "result": right, **({"totp": "135790"} if right else {})}).encode())
        if said.get("passphrase") != PASSPHRASE and said.get("totp") != "135790":
            return self._answer(400, b'{"error": "Passphrase anda salah", "status_code": 2031}')
        [about] = said["signatureProperties"]
        name = "Segel Simulator" if "/seal/" in self.path else "Simulator BSrE"
        request = SignRequest(base64.b64decode(said["file"][0]), "BSrE2", Signer(name), about["reason"], "", datetime.now(UTC))
        self._answer(200, json.dumps({"time": 1, "file": [base64.b64encode(authority.sign(request)).decode()]}).encode())

    def _answer(self, status, content):
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def bsre(portal, monkeypatch):
    """A running simulator, set as the regency's BSrE."""
    monkeypatch.setattr(BsreSimulator, "seen", [])
    server = HTTPServer(("127.0.0.1", 0), BsreSimulator)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    for name, text in {"bsre_url": f"http://127.0.0.1:{server.server_port}", "bsre_user": "esign", "bsre_password": "rahasia"}.items():
        monkeypatch.setattr(portal.settings, name, text)
    yield BsreSimulator
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def waiting(db, head, give, kinds):
    """A letter that waits for its signer, whose nik is known."""
    db.execute(update(Account).where(Account.id == head.account_id).values(nik_cipher=encrypt_nik(NIK)))
    document = give(kinds.letter)
    assert document.status == "menunggu"
    return document


def sign_at_desk(client, head, document, passphrase):
    answer = client.sign_in(head).post("/kerja/tanda-tangan/", data={"id": document.signatures[0].id, "passphrase": passphrase})
    return client.get(answer.headers["location"]).text


def test_bsre_signs_with_the_passphrase_typed_at_the_desk(db, bsre, client, head, waiting):
    assert 'name="passphrase"' in client.sign_in(head).get("/kerja/tanda-tangan/").text
    sign_at_desk(client, head, waiting, PASSPHRASE)

    db.expire_all()
    assert waiting.status == "berlaku"
    assert [(one["name"], one["intact"], one["whole"]) for one in signatures_in(document_bytes(db, waiting), _roots())] == [("Simulator BSrE (UJI)", True, True)]
    asked = bsre.seen[0]
    assert (asked["path"], asked["nik"], asked["tampilan"]) == ("/api/sign/pdf", NIK.encode(), b"invisible")
    assert asked["auth"].startswith("Basic ")


def test_a_wrong_passphrase_is_told_and_leaves_the_paper_waiting(db, bsre, client, head, waiting, capsys):
    page = sign_at_desk(client, head, waiting, "salah sekali")

    assert "BSrE menolak" in page
    db.expire_all()
    assert waiting.status == "menunggu"
    said = capsys.readouterr()
    assert "salah sekali" not in page + said.out + said.err
    assert NIK not in said.out + said.err


def test_while_bsre_is_away_the_paper_waits_and_nobody_else_signs(db, bsre, client, head, waiting, monkeypatch):
    monkeypatch.setattr(bsre, "away", True)
    assert "tidak menandatangani naskah ini" in sign_at_desk(client, head, waiting, PASSPHRASE)

    db.expire_all()
    assert waiting.status == "menunggu"
    assert waiting.signing == "penyedia"


def test_an_office_without_passphrase_issues_unsigned_papers(db, bsre, give, kinds, text_of):
    document = give(kinds.letter, signer=None)

    assert (document.status, document.signing) == ("berlaku", "")
    assert "BELUM DITANDATANGANI SECARA ELEKTRONIK" in text_of(document_bytes(db, document))


def test_the_second_interface_signs_and_refuses_like_the_first(db, portal, bsre, client, head, waiting, monkeypatch):
    monkeypatch.setattr(portal.settings, "bsre_version", 2)
    assert "BSrE menolak" in sign_at_desk(client, head, waiting, "salah sekali")
    sign_at_desk(client, head, waiting, PASSPHRASE)

    db.expire_all()
    assert waiting.status == "berlaku"
    asked = bsre.seen[-1]
    assert (asked["path"], asked["nik"], asked["signatureProperties"][0]["tampilan"]) == ("/api/v2/sign/pdf", NIK, "INVISIBLE")


@pytest.fixture
def seal(portal, monkeypatch):
    monkeypatch.setattr(portal.settings, "bsre_seal_id", "PEMKAB-UJI")
    monkeypatch.setattr(portal.settings, "bsre_seal_code", SEAL_CODE)


def test_an_office_seals_by_itself_where_bsre_has_its_seal(db, bsre, seal, give, kinds, deliver):
    document = give(kinds.later, signer=None)
    assert (document.status, document.signing) == ("menunggu", "penyedia")
    deliver()

    db.expire_all()
    assert document.status == "berlaku"
    assert [one["name"] for one in signatures_in(document_bytes(db, document), _roots())] == ["Segel Simulator (UJI)"]
    assert [one["path"] for one in bsre.seen] == ["/api/v2/seal/get/totp", "/api/v2/seal/pdf"]
    assert not any("passphrase" in one for one in bsre.seen)


def test_a_seal_whose_code_is_over_leaves_the_paper_waiting_and_is_told_to_operators(db, portal, bsre, seal, give, kinds, deliver, monkeypatch, capsys):
    monkeypatch.setattr(portal.settings, "bsre_seal_code", "kode-lama")
    document = give(kinds.later, signer=None)
    deliver()

    db.expire_all()
    assert document.status == "menunggu"
    assert "kode-lama" not in str(capsys.readouterr())


def test_what_is_to_be_signed_shows_neither_nik_nor_passphrase(db, bsre, waiting, now):
    request = signing.prepare(db, waiting.signatures[0], now=now, passphrase=PASSPHRASE).request

    assert request.signer.nik == NIK
    assert NIK not in repr(request)
    assert PASSPHRASE not in repr(request)


# --------------------------------------------------------------------------------------------------------------- kill -9

PLUGIN = '''
import os, time
from pathlib import Path

from pendopo import PluginCard, hookimpl
from pendopo.kit.documents import DocumentKind, authority

NANTI = DocumentKind("nanti", "gawe_tanda", "Surat nanti", "letter.typ", "N/{year}/{seq}", signed="later", package=Path(__file__).parent)


@hookimpl
def plugin_card():
    return PluginCard("tanda", "Tanda", "gawe", "Uji coba")


@hookimpl
def document_kinds():
    return [NANTI]


@hookimpl
def sign_document(request):
    home = Path(os.environ["PENDOPO_HOME"])
    if (home / "lambat").exists():
        (home / "mulai").touch()
        time.sleep(600)
    return authority.sign(request)
'''


@pytest.fixture
def slow_server(database_template, tmp_path):
    """A server whose provider of signatures takes for ever while `home/lambat` is there."""
    folder = tmp_path / "gawe_tanda"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "plugin.py").write_text(PLUGIN)
    (folder / "letter.typ").write_text((Path(__file__).parent / "papers" / "letter.typ").read_text())
    make_findable(tmp_path, "gawe_tanda")
    home = tmp_path / "rumah"
    home.mkdir()
    with database_template.copy() as url:
        server = Server(home, url, path=(tmp_path,))
        yield server
        server.kill()


def test_a_process_killed_while_signing_leaves_a_paper_that_is_signed_after_the_restart(slow_server, head, monkeypatch):
    monkeypatch.setattr(signing, "_signs_alone", lambda: True)  # the server's plugin is not installed in this process
    (slow_server.home / "lambat").touch()
    slow_server.start()
    outside = portal_of(slow_server)
    kind = DocumentKind("nanti", "gawe_tanda", "Surat nanti", "letter.typ", "N/{year}/{seq}", signed="later")
    with outside.db.session() as own:
        opd = Opd(code="uji", name="Dinas Uji", short_name="UJI", kind="dinas")
        own.add(opd)
        own.flush()
        document_id = issue(own, head, kind, data={"nama": "x", "keperluan": "y"}, now=datetime.now(UTC), opd_id=opd.id).id
    until(lambda: (slow_server.home / "mulai").exists(), 30)
    slow_server.kill()
    with outside.db.session() as own:
        assert own.get(Document, document_id).status == "menunggu"
        own.execute(update(OutboxRow).where(OutboxRow.kind == signing.SIGN).values(claimed_until=None))  # its minute is over
    (slow_server.home / "lambat").unlink()

    slow_server.start()

    def holds():
        with outside.db.session(write=False) as own:
            return own.scalar(select(Document.status).where(Document.id == document_id)) == "berlaku"

    until(holds, 30)
    outside.db.dispose()

"""Papers of one's wallet are offered where an application asks for such a paper."""

from __future__ import annotations

import re
from datetime import date

import pytest
from jinja2 import ChoiceLoader, DictLoader
from starlette.routing import Route, Router

from pendopo.http import page
from pendopo.kit import attachments
from pendopo.kit.documents import document_bytes, revoke
from pendopo.kit.requirements import Requirement, keep_papers, requirements_form

PAPERS = [Requirement("kartu", "Kartu pencari kerja", papers=("surat", "kartu"))]
TEMPLATE = '{% from "layout/ui.html" import field with context %}{% for f in form %}{{ field(f) }}{% endfor %}'


@pytest.fixture
def asked(portal):
    """An application at /uji-syarat that asks for a paper."""

    def handler(request):
        form = requirements_form(PAPERS)(request)
        if form.submitted and form.validate():
            keep_papers(request.state.db, PAPERS, form.data, owner="uji.izin", ref=1)
        return page(request, "uji_syarat.html", form=form, status=form.status)

    before = portal.pages.env.loader
    portal.pages.env.loader = ChoiceLoader([DictLoader({"uji_syarat.html": TEMPLATE}), before])
    kit = portal.host.plugins["kit"]
    portal.routers["uji-syarat"] = (kit, Router([portal.answering.guard(kit, Route("/uji-syarat", handler, methods=["GET", "POST"], name="uji-syarat"))]))
    yield "/uji-syarat"
    portal.pages.env.loader = before
    del portal.routers["uji-syarat"]


def offered(text):
    return re.findall(r'name="kartu-dokumen" value="([^"]+)"', text)


def test_a_valid_paper_of_the_wallet_is_given_as_the_file_that_was_signed(db, client, asked, give, kinds, resident):
    paper = give(kinds.letter)
    [token] = offered(client.sign_in(resident).get(asked).text)
    answer = client.post(asked, data={"kartu-dokumen": [token]})

    assert answer.status_code == 200
    [kept] = attachments.attachments_of(db, "uji.izin", 1)
    assert (kept.label, kept.uploaded_by, attachments.read_bytes(kept)) == ("kartu", resident.account_id, document_bytes(db, paper))


def test_only_what_holds_today_is_offered(db, client, asked, give, kinds, head, resident, now):
    revoke(db, head, give(kinds.letter), reason="salah", now=now)
    give(kinds.letter, valid_until=date(2020, 1, 1))
    give(kinds.desk)
    give(kinds.plain)

    assert offered(client.sign_in(resident).get(asked).text) == []


def test_nobody_is_offered_or_given_the_paper_of_another(db, client, asked, give, kinds, resident, people):
    give(kinds.letter)
    [token] = offered(client.sign_in(resident).get(asked).text)
    client.sign_in(people.resident())

    assert offered(client.get(asked).text) == []
    assert client.post(asked, data={"kartu-dokumen": [token]}).status_code == 422
    assert offered(client.sign_out().get(asked).text) == []

"""Questions that hang on others, in a real browser."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

import pendopo
from pendopo.identity import ANONYMOUS
from pendopo.kit import forms

pytestmark = [pytest.mark.browser, pytest.mark.once]
TEMPLATE = """{% from "layout/ui.html" import field, question_group with context %}<html lang="id"><body><form>
{{ field(form.kerja) }}{{ question_group(form, "Tempat kerja", ["tempat", "npwp", "nomor"]) }}</form></body></html>"""


class WorkForm(forms.Form):
    kerja = forms.RadioField("Bekerja?", [forms.required()], choices=[("ya", "Ya"), ("tidak", "Tidak")])
    tempat = forms.StringField("Nama perusahaan", [forms.required()], when=("kerja", "ya"))
    npwp = forms.BooleanField("Punya NPWP", when=("kerja", "ya"))
    nomor = forms.StringField("Nomor NPWP", [forms.required()], when=("npwp", True))


@pytest.fixture
def page(portal):
    """The form as it is drawn, woken as pages wake their parts."""
    from pathlib import Path

    from playwright.sync_api import sync_playwright

    request = SimpleNamespace(method="GET", scope={}, state=SimpleNamespace(db=None), user=ANONYMOUS)
    drawn = portal.pages.env.from_string(TEMPLATE).render(form=WorkForm(request))
    module = (Path(pendopo.__file__).parent / "layout/static/kit/when.js").read_text("utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.set_default_timeout(20_000)
        page.set_content(drawn)
        assert page.get_by_label("Nomor NPWP").is_visible()  # before any script: everything can be answered
        page.add_script_tag(type="module", content=f"{module}; document.querySelectorAll('[data-when]').forEach(wake); document.body.dataset.awake = 'true'")
        page.locator("body[data-awake]").wait_for()
        yield page
        browser.close()


def test_questions_come_and_go_with_the_answers_they_hang_on(page):
    company, number = page.get_by_label("Nama perusahaan"), page.get_by_label("Nomor NPWP")
    assert not company.is_visible()
    assert not number.is_visible()

    page.get_by_role("radio", name="Ya").check()
    company.wait_for()
    assert not number.is_visible()
    page.get_by_label("Punya NPWP").check()
    number.wait_for()
    assert not page.get_by_text("Isi bila").first.is_visible()

    page.get_by_role("radio", name="Tidak").check()  # and what hangs on what is gone goes too
    number.wait_for(state="hidden")
    assert not company.is_visible()

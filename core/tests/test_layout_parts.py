"""Components: what they tell to assistive technology, icons, the one stylesheet, static files."""

from __future__ import annotations

import gzip
import re
from html.parser import HTMLParser

import pytest

from pendopo.pages import Icons
from pendopo.statics import StaticFiles, squeeze

STYLES_MOST_BYTES = 18_000


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, {name: value or "" for name, value in attrs}))

    def ids(self):
        return [attributes["id"] for _, attributes in self.found if "id" in attributes]

    def by_id(self, name):
        return next(attributes for _, attributes in self.found if attributes.get("id") == name)


@pytest.fixture
def guide(client) -> Elements:
    return Elements(client.get("/-/gaya").text)


def test_no_id_stands_twice_on_the_page_of_all_components(guide):
    assert len(guide.ids()) == len(set(guide.ids()))


def test_whatever_is_referred_to_is_there(guide):
    ids = set(guide.ids())
    for _tag, attributes in guide.found:
        for name in ("aria-describedby", "aria-labelledby", "for", "popovertarget"):
            assert set(attributes.get(name, "").split()) <= ids, (name, attributes)


def test_a_wrong_field_names_its_hint_and_its_error(guide):
    title = guide.by_id("title")

    assert title["aria-invalid"] == "true"
    assert title["aria-describedby"].split() == ["title-bantuan", "title-salah"]


def test_a_field_that_is_right_claims_no_error(guide):
    assert "aria-invalid" not in guide.by_id("text")


def test_the_error_summary_leads_to_each_wrong_field(guide):
    links = [attributes["href"][1:] for tag, attributes in guide.found if tag == "a" and attributes.get("href", "").startswith("#")]

    assert {"title", "manner"} <= set(links) <= set(guide.ids()) | {"main"}


def test_choices_of_one_question_stand_in_a_fieldset(guide):
    assert ("fieldset", "manner") in [(tag, attributes.get("id")) for tag, attributes in guide.found]
    assert ("fieldset", "times") in [(tag, attributes.get("id")) for tag, attributes in guide.found]


def test_no_attribute_says_none_and_no_choice_of_several_is_required_by_itself(guide):
    assert not [attributes for _, attributes in guide.found if "None" in attributes.values()]
    assert any(attributes.get("type") == "checkbox" for _, attributes in guide.found)
    assert not [attributes for _, attributes in guide.found if attributes.get("type") == "checkbox" and "required" in attributes and "-" in attributes.get("id", "")]


def test_a_chart_is_a_table_that_can_be_read(client):
    text = client.get("/-/gaya").text
    chart = text[text.index('<figure class="chart') : text.index("</figure>")]

    assert "<caption>" in chart and '<th scope="row">Kramatwatu</th>' in chart and "<span>120" in chart
    assert chart.count('aria-hidden="true"') == 4


def test_icons_are_silent_and_an_unknown_one_breaks_nothing(tmp_path):
    path = tmp_path / "icons.json"
    path.write_text('{"house": "<path d=\\"M0 0\\"/>", "layout-grid": "<rect/>"}')
    icon = Icons(path)

    assert '<path d="M0 0"/>' in icon("house") and 'aria-hidden="true"' in icon("house")
    assert "<rect/>" in icon('"><script>')
    assert 'class="icon &#34;x"' in icon("house", '"x')
    assert "<svg" in Icons(tmp_path / "none.json")("house")


def test_the_stylesheet_is_one_small_file(client):
    address = re.search(r'href="([^"]*/css/pendopo.css)"', client.get("/").text)[1]
    answer = client.get(address, headers={"Accept-Encoding": "gzip"})

    assert len(gzip.compress(answer.content, 6)) < STYLES_MOST_BYTES
    assert "immutable" in answer.headers["cache-control"]
    assert "/*" not in answer.text and "@layer vendor" in answer.text


def test_every_address_in_the_stylesheet_leads_to_a_file(client):
    address = re.search(r'href="([^"]*/css/pendopo.css)"', client.get("/").text)[1]
    folder = address.rsplit("/", 2)[0]

    for target in re.findall(r'url\("\.\./([^"]+)"\)', client.get(address).text):
        assert client.get(f"{folder}/{target}").status_code == 200, target


def test_a_made_file_changes_the_address_of_all(tmp_path):
    first, second = (StaticFiles([tmp_path], made={"a.css": body}) for body in (b"a{}", b"b{}"))

    assert first.address("a.css") != second.address("a.css")
    with pytest.raises(LookupError):
        first.address("tidak-ada.css")


def test_squeezing_keeps_the_rules():
    assert squeeze("/* kata */\n  a {\n    b: c;\n  }\n") == "a {\nb: c;\n}"

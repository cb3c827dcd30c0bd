"""GeoReport v2: documents as the standard describes them, and refusals as error documents."""

from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import fromstring
from zoneinfo import ZoneInfo

import pytest

from gawe_pelaporan import keys
from gawe_pelaporan.open311 import documents
from gawe_pelaporan.open311.documents import Refused
from gawe_pelaporan.open311.parsing import sent, wanted
from pendopo.kit.berkas import move_berkas

V2 = "/pelaporan/open311/v2"
JAKARTA = ZoneInfo("Asia/Jakarta")
NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
FIELDS = [
    "service_request_id",
    "status",
    "status_notes",
    "service_name",
    "service_code",
    "description",
    "agency_responsible",
    "service_notice",
    "requested_datetime",
    "updated_datetime",
    "expected_datetime",
    "address",
    "address_id",
    "zipcode",
    "lat",
    "long",
    "media_url",
]
SENT = {
    "service_code": "JLN-RSK",
    "lat": "-6.08",
    "long": "105.925",
    "description": "Jalan berlubang di depan pasar, dalam sekali.",
    "attribute[panjang_km]": "1.5",
    "attribute[lebar_m]": "5.5",
    "jurisdiction_id": "serangkab.go.id",
    "first_name": "Siti",
    "email": "siti@contoh.id",
}


@pytest.fixture
def key(db, verifier, now):
    _row, key = keys.make_key(db, verifier, "Aplikasi warga", "dev@contoh.id", now=now)
    db.commit()
    return key


@pytest.fixture
def published(db, receive, verifier):
    def make(at=None, **changes):
        at = at or datetime.now(UTC) - timedelta(hours=1)
        laporan = receive(at=at, **changes)
        move_berkas(db, verifier, laporan.berkas_id, "disposisi", now=at)
        db.commit()
        return laporan

    return make


def error_of(answer):
    """`(status, code, description)` of an error document in either format."""
    if "json" in answer.headers["content-type"]:
        first = answer.json()[0]
        return answer.status_code, first["code"], first["description"]
    root = fromstring(answer.content)
    assert root.tag == "errors"
    return answer.status_code, int(root.findtext("error/code")), root.findtext("error/description")


def test_discovery_leads_to_the_endpoint(client):
    root = fromstring(client.get(f"{V2}/discovery.xml").content)

    assert root.tag == "discovery"
    assert root.findtext("endpoints/endpoint/url") == f"http://testserver{V2}"
    assert root.findtext("endpoints/endpoint/specification") == "http://wiki.open311.org/GeoReport_v2"
    assert client.get(f"{V2}/discovery.json").json()["endpoints"][0]["formats"] == ["text/xml", "application/json"]


def test_services_are_the_same_in_both_formats(client):
    root = fromstring(client.get(f"{V2}/services.xml").content)
    rows = client.get(f"{V2}/services.json").json()

    assert [s.findtext("service_code") for s in root.findall("service")] == [row["service_code"] for row in rows]
    assert len(rows) == 12
    assert set(rows[0]) == {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
    assert {row["type"] for row in rows} <= {"realtime", "batch", "blackbox"}
    assert root.find("service/metadata").text in ("true", "false")


def test_a_definition_describes_its_attributes(client):
    root = fromstring(client.get(f"{V2}/services/JLN-RSK.xml").content)
    found = {a.findtext("code"): a for a in root.findall("attributes/attribute")}

    assert root.tag == "service_definition"
    assert found["panjang_km"].findtext("required") == "true"
    assert found["jenis"].findtext("datatype") == "singlevaluelist"
    assert found["jenis"].findtext("values/value/key") == "lubang"
    assert client.get(f"{V2}/services/JLN-RSK.json").json()["service_code"] == "JLN-RSK"


def test_a_report_is_sent_and_found_again(client, db, key, verifier, offices, now):
    answer = client.post(f"{V2}/requests.json", data={**SENT, "api_key": key})
    (row,) = answer.json()
    assert answer.status_code == 200
    assert row["service_request_id"].startswith("JLN-")

    (again,) = client.get(f"{V2}/tokens/{row['token']}.json").json()
    assert again == {"service_request_id": row["service_request_id"], "token": row["token"]}
    assert error_of(client.get(f"{V2}/requests/{row['service_request_id']}.json"))[0] == 404  # nobody has verified it yet


def test_an_accepted_report_in_xml_has_its_number(client, key, offices):
    root = fromstring(client.post(f"{V2}/requests.xml", data={**SENT, "api_key": key}).content)

    assert root.tag == "service_requests"
    assert root.findtext("request/service_request_id").startswith("JLN-")


def test_a_published_report_has_every_field_of_the_standard(client, published):
    laporan = published()
    (row,) = client.get(f"{V2}/requests/{laporan.berkas.register}.json").json()
    root = fromstring(client.get(f"{V2}/requests/{laporan.berkas.register}.xml").content)

    assert list(row) == FIELDS
    assert [child.tag for child in root.find("request")] == FIELDS
    assert (row["status"], row["service_code"], row["lat"], row["long"]) == ("open", "JLN-RSK", -6.08, 105.925)
    assert row["requested_datetime"].endswith("+07:00")
    assert datetime.fromisoformat(row["expected_datetime"]) == laporan.class_due_at if row["expected_datetime"] else laporan.class_due_at is None


def test_a_private_report_tells_neither_words_nor_exact_place(client, published):
    laporan = published(private=True, lat=-6.081234, lon=105.925678)
    (row,) = client.get(f"{V2}/requests/{laporan.berkas.register}.json").json()

    assert row["description"] is None
    assert (row["lat"], row["long"]) == (-6.081, 105.926)


def test_unverified_reports_are_not_listed(client, receive):
    receive(at=datetime.now(UTC))

    assert client.get(f"{V2}/requests.json").json() == []


def test_filters_narrow_the_list(client, published):
    road, lamp = published(), published(service_code="PJU-MTI", road=None)
    old = published(at=datetime.now(UTC) - timedelta(days=60))

    def found(**query):
        return {row["service_request_id"] for row in client.get(f"{V2}/requests.json", params=query).json()}

    everything = {road.berkas.register, lamp.berkas.register, old.berkas.register}
    assert found() == everything
    assert found(service_code="PJU-MTI") == {lamp.berkas.register}
    assert found(service_code="PJU-MTI,JLN-RSK") == everything
    assert found(status="closed") == set()
    assert found(status="open,closed") == everything
    assert found(start_date=(datetime.now(UTC) - timedelta(days=2)).isoformat()) == {road.berkas.register, lamp.berkas.register}
    assert found(end_date=(datetime.now(UTC) - timedelta(days=2)).isoformat()) == {old.berkas.register}
    assert found(service_request_id=f"{road.berkas.register},{old.berkas.register}") == {road.berkas.register, old.berkas.register}
    assert found(updated_after=(datetime.now(UTC) - timedelta(days=1)).isoformat()) == {road.berkas.register, lamp.berkas.register}
    assert found(service_code="TIDAK-ADA") == set()


def test_the_list_comes_in_pages_with_links(client, published):
    registers = [published(at=datetime.now(UTC) - timedelta(hours=n + 1)).berkas.register for n in range(3)]
    first = client.get(f"{V2}/requests.json?page_size=2&status=open")
    second = client.get(f"{V2}/requests.json?page_size=2&page=2")

    assert [row["service_request_id"] for row in first.json() + second.json()] == registers
    assert first.headers["x-total-count"] == "3"
    assert 'rel="next"' in first.headers["link"]
    assert "page=2" in first.headers["link"]
    assert 'rel="prev"' in second.headers["link"]
    assert client.get(f"{V2}/requests.json?page=99").json() == []


def test_extensions_tell_more_when_asked(client, published):
    laporan = published()
    (row,) = client.get(f"{V2}/requests/{laporan.berkas.register}.json?extensions=true").json()

    assert row["extended_attributes"]["length_km"] == 1.5


@pytest.mark.parametrize("kind", ["json", "xml"])
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("services.{kind}?jurisdiction_id=lain.go.id", 404),
        ("services/XXX.{kind}", 404),
        ("requests/JLN-2026-999999-9.{kind}", 404),
        ("requests/%27%22.{kind}", 404),
        ("tokens/tidakada.{kind}", 404),
        ("requests.{kind}?status=setengah", 400),
        ("requests.{kind}?start_date=kemarin", 400),
        ("requests.{kind}?start_date=2026-11-02T00:00:00Z&end_date=2026-11-01T00:00:00Z", 400),
        ("requests.{kind}?page=0", 400),
        ("requests.{kind}?page_size=x", 400),
        ("requests.{kind}?start_date=9999-12-31T23:59:59-23:59", 400),
        ("requests.{kind}?end_date=0001-01-01T00:00:00Z", 400),
    ],
)
def test_refusals_are_error_documents(client, kind, path, status):
    told, code, description = error_of(client.get(f"{V2}/{path.format(kind=kind)}"))

    assert (told, code) == (status, status)
    assert description


def test_another_format_is_refused(client):
    assert error_of(client.get(f"{V2}/services.yaml"))[0] == 400


@pytest.mark.parametrize("given", [None, "", "salah", "lapor_" + "x" * 36])
def test_a_report_without_a_valid_key_is_forbidden(client, offices, given):
    data = SENT if given is None else {**SENT, "api_key": given}

    assert error_of(client.post(f"{V2}/requests.json", data=data))[:2] == (403, 403)


def test_a_revoked_key_is_forbidden(client, db, key, verifier, now):
    keys.revoke_key(db, verifier, 1, now=now)
    db.commit()

    assert client.post(f"{V2}/requests.json", data={**SENT, "api_key": key}).status_code == 403


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"service_code": ""}, 400),
        ({"service_code": "XXX"}, 404),
        ({"description": "pendek"}, 400),
        ({"lat": "", "long": ""}, 400),
        ({"lat": "x"}, 400),
        ({"lat": "105.925", "long": "-6.08"}, 400),
        ({"lat": "NaN"}, 400),
        ({"lat": "inf"}, 400),
        ({"lat": "-7.9", "long": "110.3"}, 400),
        ({"attribute[panjang_km]": "0"}, 400),
        ({"attribute[panjang_km]": "99"}, 400),
        ({"attribute[panjang_km]": "1e400"}, 400),
        ({"attribute[panjang_km]": ""}, 400),
        ({"attribute[jenis]": "gaib"}, 400),
        ({"attribute[warna]": "merah"}, 400),
        ({"attribute[sta_awal]": "dua"}, 400),
        ({"media_url": "javascript:alert(1)"}, 400),
        ({"media_url": "http://[x"}, 400),
        ({"email": "bukan"}, 400),
        ({"address_id": "99.99.99.9999"}, 400),
        ({"jurisdiction_id": "lain.go.id"}, 404),
    ],
)
def test_bad_reports_are_refused_with_the_right_status(client, key, offices, changes, status):
    assert error_of(client.post(f"{V2}/requests.json", data={**SENT, "api_key": key, **changes}))[:2] == (status, status)


def test_a_duplicate_is_accepted_not_refused(client, key, published):
    published()

    assert client.post(f"{V2}/requests.json", data={**SENT, "api_key": key}).status_code == 200


def test_every_fault_is_told_at_once():
    with pytest.raises(Refused) as refused:
        sent({"service_code": "JLN-RSK", "description": "x", "lat": "a", "long": "b"})
    assert len(refused.value.errors) == 3


def test_without_dates_the_last_ninety_days_are_meant():
    asked = wanted({}, now=NOW, zone=JAKARTA, span_days=90, most=1000)

    assert (asked.start, asked.end) == (NOW - timedelta(days=90), NOW)


def test_a_longer_span_is_cut():
    asked = wanted({"start_date": "2026-01-01T00:00:00+07:00", "end_date": "2026-12-31T00:00:00+07:00"}, now=NOW, zone=JAKARTA, span_days=90, most=1000)

    assert asked.end - asked.start == timedelta(days=90)


def test_a_time_without_offset_is_the_clock_of_the_regency():
    asked = wanted({"start_date": "2026-11-01T00:00:00"}, now=NOW, zone=JAKARTA, span_days=90, most=1000)

    assert asked.start == datetime(2026, 10, 31, 17, 0, tzinfo=UTC)


def test_a_page_is_never_larger_than_allowed():
    assert wanted({"page_size": "99999"}, now=NOW, zone=JAKARTA, span_days=90, most=1000).page_size == 1000


def test_characters_that_xml_forbids_are_left_out():
    body = documents.render("xml", "errors", documents.Listing("error", [{"code": 400, "description": "a\x00\x0bb\ufffe"}]))

    assert fromstring(body).findtext("error/description") == "ab"

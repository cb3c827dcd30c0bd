"""Officers' pages, an inspection without JavaScript, supervision."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from gawe_simponie.models import Bap, Izin

from .conftest import MONDAY, SMALL_HOUSE

STAFF = ["", "?semua=1&q=contoh&status=diajukan", "papan", "papan?di=DPMPTSP", "izin", "izin?q=070"]


@pytest.mark.parametrize("path", STAFF)
def test_officers_pages_answer_whole_and_as_fragments(client, db, apply_for, issued, head, path):
    issued()
    apply_for()
    db.commit()
    client.sign_in(head)
    whole, piece = client.get(f"/kerja/simponie/{path}"), client.fragment(f"/kerja/simponie/{path}")

    assert (whole.status_code, piece.status_code) == (200, 200)
    assert "<html" not in piece.text


@pytest.mark.parametrize("path", ["", "papan", "izin", "jenis", "jenis/baru", "jenis/json", "risiko"])
def test_officers_without_a_part_in_it_are_refused(client, offices, people, path):
    client.sign_in(people.officer("pelaporan.read", opd="dpmptsp"))

    assert client.get(f"/kerja/simponie/{path}").status_code == 403


def test_an_officer_sees_an_application_with_its_steps_and_days(client, db, apply_for, front):
    row = apply_for("REKLAME", lat=-6.08, lon=105.9)
    db.commit()
    client.sign_in(front)
    text = client.get(f"/kerja/simponie/{row.berkas_id}").text

    assert "Lengkap, teruskan ke dinas teknis" in text
    assert "Lengkap, tetapkan retribusi" not in text
    assert "Di meja siapa, berapa lama" in text


def test_an_officer_corrects_the_measures_on_a_page(client, db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("PBG"), (front, "lengkap"), at=now)
    db.commit()
    client.sign_in(surveyor)
    assert "5.407.500" in client.get(f"/kerja/simponie/{row.berkas_id}/retribusi").text
    assert client.post(f"/kerja/simponie/{row.berkas_id}/retribusi", data=SMALL_HOUSE).status_code == 303

    assert "270.000" in client.get(f"/kerja/simponie/{row.berkas_id}").text


def test_a_visit_is_a_plain_form_without_javascript(client, db, apply_for, walk, front, surveyor, now, picture):
    row = walk(apply_for("REKLAME"), (front, "lengkap"), (surveyor, "tinjau", {"data": {"inspect_on": now.date()}}), at=now)
    db.commit()
    client.sign_in(surveyor)
    path = f"/kerja/simponie/{row.berkas_id}/lapangan"
    key = re.search(r'name="client_key"[^>]*value="([^"]+)"', client.get(path).text)[1]
    typed = {
        "client_key": key,
        "inspected_at": "2026-11-24T10:00",
        "posisi-lat": "-6.08",
        "posisi-lon": "105.9",
        "team": "Surveyor",
        "result": "sesuai",
        "findings": "Sesuai gambar.",
    }
    sent = client.post(path, data=typed, files={"photos": ("foto.jpg", picture, "image/jpeg")})
    again = client.post(path, data=typed)

    assert (sent.status_code, again.status_code) == (303, 303)
    assert len(list(db.scalars(select(Bap)))) == 1
    assert "Sesuai gambar." in client.get(f"/kerja/simponie/{row.berkas_id}").text


def test_a_visit_that_lacks_its_findings_is_kept_in_the_form(client, db, apply_for, walk, front, surveyor, now):
    row = walk(apply_for("REKLAME"), (front, "lengkap"), (surveyor, "tinjau", {"data": {"inspect_on": now.date()}}), at=now)
    db.commit()
    client.sign_in(surveyor)
    answer = client.post(f"/kerja/simponie/{row.berkas_id}/lapangan", data={"team": "Surveyor Contoh", "inspected_at": "2026-11-24T10:00", "result": "sesuai"})

    assert answer.status_code == 422
    assert "Surveyor Contoh" in answer.text and "findings-salah" in answer.text


def test_supervision_is_planned_and_its_result_kept_once(client, db, issued, front, now):
    issued()
    client.sign_in(front)
    izin = db.scalar(select(Izin))
    planned = client.post(f"/kerja/simponie/izin/{izin.id}/pengawasan", data={"rencana-planned_on": "2026-12-10"})
    assert planned.status_code == 303
    path = f"/kerja/simponie/izin/{izin.id}/pengawasan/1"
    first = client.post(path, data={"temuan-finding": "Sesuai ketentuan.", "temuan-sanction": ""})
    second = client.post(path, data={"temuan-finding": "Lain lagi.", "temuan-sanction": "teguran"})

    assert (first.status_code, second.status_code) == (303, 409)
    assert "Sesuai ketentuan." in client.get(f"/kerja/simponie/izin/{izin.id}").text


def test_a_permit_leads_to_its_application_only_whoever_may_read_it(client, db, issued, front, surveyor):
    issued()
    link, path = "Buka permohonannya", f"/kerja/simponie/izin/{db.scalar(select(Izin.id))}"

    assert link in client.sign_in(front).get(path).text
    assert link not in client.sign_in(surveyor).get(path).text


def test_the_board_can_show_what_is_late_only(client, db, apply_for, walk, front, head):
    late = walk(apply_for(at=MONDAY), (front, "lengkap"), at=MONDAY)
    fresh = apply_for(at=datetime.now(UTC))
    db.commit()
    client.sign_in(head)
    everything, late_only = (client.get(f"/kerja/simponie/papan{query}").text for query in ("", "?lewat=1"))

    assert late.berkas.register in everything and fresh.berkas.register in everything
    assert late.berkas.register in late_only and fresh.berkas.register not in late_only

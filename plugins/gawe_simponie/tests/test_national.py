"""Cases of OSS and SIMBG: told by a signed message, once, in their order."""

import json

import pytest
from sqlalchemy import select

from gawe_simponie import national
from gawe_simponie.models import Kasus, KasusLangkah
from gawe_simponie.national import sign
from pendopo.kit.settings import set_value

SECRET = "kunci-bersama-untuk-uji-yang-panjang-sekali"


@pytest.fixture
def opened(db, types, people, now):
    admin = people.officer("core.manage_settings", opd="dpmptsp", scope="regency")
    set_value(db, admin, "simponie.rahasia_oss", SECRET, effective_from=now.date(), now=now)
    set_value(db, admin, "simponie.peniru", "ya", effective_from=now.date(), now=now)
    db.commit()


def message(**changes):
    return {"event_id": "e1", "reference": "1234567890123", "status": "diperiksa", "at": "2026-11-24T03:00:00+00:00", "office": "DPMPTSP", **changes}


def tell(client, data, *, secret=SECRET, at=None, channel="oss"):
    import time

    body, stamp = json.dumps(data).encode(), str(int(at or time.time()))
    headers = {"content-type": "application/json", "x-simponie-timestamp": stamp, "x-simponie-signature": f"sha256={sign(secret, stamp, body)}"}
    return client.post(f"/simponie/webhook/{channel}", content=body, headers=headers)


def test_a_signed_message_is_taken_in_once(client, db, opened):
    answers = [tell(client, message()).status_code for _n in range(3)]

    assert answers == [202, 202, 202]
    assert len(list(db.scalars(select(Kasus)))) == len(list(db.scalars(select(KasusLangkah)))) == 1


def test_an_older_message_does_not_turn_a_case_back(client, db, opened):
    tell(client, message(event_id="e2", status="terbit", at="2026-11-24T05:00:00+00:00"))
    tell(client, message())

    assert db.scalar(select(Kasus.status)) == "terbit"


@pytest.mark.parametrize(
    ("how", "status"),
    [({"secret": "salah" * 10}, 403), ({"at": 1_000_000_000}, 403), ({"channel": "simbg"}, 503), ({"channel": "gaib"}, 404)],
)
def test_a_forged_old_or_stray_message_is_refused(client, db, opened, how, status):
    assert tell(client, message(), **how).status_code == status
    assert db.scalar(select(Kasus)) is None


@pytest.mark.parametrize(
    "wrong", [{"status": "gaib"}, {"at": "kemarin"}, {"at": "2026-11-24T03:00:00"}, {"reference": "x"}, {"event_id": ""}, {"note": "a\0b"}]
)
def test_a_message_that_makes_no_sense_is_refused(client, opened, wrong):
    assert tell(client, message(**wrong)).status_code == 422


def test_who_follows_a_case_is_told_of_it(client, db, opened, resident, deliver):
    tell(client, message())
    client.sign_in(resident)
    assert client.post("/simponie/nasional", data={"channel": "oss", "reference": "1234567890123"}).status_code == 303
    client.sign_out() if hasattr(client, "sign_out") else client.cookies.clear()
    tell(client, message(event_id="e2", status="terbit", at="2026-11-24T05:00:00+00:00"))
    deliver()

    from pendopo.notifications.models import InboxMessage

    told = db.scalars(select(InboxMessage).where(InboxMessage.account_id == resident.account_id, InboxMessage.topic == "simponie.nasional")).all()
    assert len(told) == 1


def test_a_case_is_seen_by_who_knows_its_number_only(client, db, opened):
    tell(client, message())
    case = db.scalar(select(Kasus))

    assert client.get(f"/simponie/nasional/{case.id}").status_code == 404
    assert client.get(f"/simponie/nasional/{case.id}?nomor=1234567890123").status_code == 200


def test_the_simulator_answers_only_for_numbers_that_say_so(db, opened):
    assert national.look_up(db, "simbg", "tiruan-0001").title.startswith("Kasus tiruan")
    with pytest.raises(Exception, match="belum dikenal"):
        national.look_up(db, "simbg", "360401-0001")


def test_the_simulator_is_silent_until_it_is_switched_on(db, types):
    assert national.simulated(db, "oss", "TIRUAN-0001") is None

"""The inbox and its choices, as pages."""

import pytest
from sqlalchemy import select

from pendopo import Topic
from pendopo.notifications import notify
from pendopo.notifications.models import InboxMessage, Preference, QuietHours
from pendopo.registry import current


@pytest.fixture
def siti(client, resident):
    for topic in (Topic("uji.kabar", "Kabar uji"), Topic("uji.wajib", "Kabar wajib", mandatory=True), Topic("uji.kantor", "Kabar kantor", audience="pegawai")):
        current().topics[topic.slug] = topic
    client.sign_in(resident)
    return resident


def tell(db, actor, key="satu", url="/akun/"):
    context = {"officer": "Budi", "office": "", "reason": f"alasan {key}"}
    notify(db, topic="uji.kabar", to=[actor.account_id], template="identity/notify/on_behalf", context=context, url=url, key=key)
    return db.scalars(select(InboxMessage).order_by(InboxMessage.id.desc())).first()


def test_the_badge_counts_what_is_unread(client, siti, db):
    tell(db, siti)
    tell(db, siti, "dua")
    assert '<span class="count" data-badge="inbox">2</span>' in client.get("/inbox/").text
    client.post("/inbox/semua-dibaca")
    assert '<span class="count" data-badge="inbox" hidden>0</span>' in client.get("/inbox/").text


def test_opening_a_message_marks_it_and_goes_where_it_points(client, siti, db):
    message = tell(db, siti)

    assert client.get(f"/inbox/{message.id}").status_code == 200
    assert client.post(f"/inbox/{message.id}/dibaca", data={"go": "1"}).headers["location"] == "/akun/"
    db.refresh(message)
    assert message.read_at is not None
    assert client.post(f"/inbox/{message.id}/belum-dibaca").status_code == 303
    db.refresh(message)
    assert message.read_at is None


def test_a_message_never_leads_to_another_site(client, siti, db):
    message = tell(db, siti, url="//jahat.example/")

    assert client.post(f"/inbox/{message.id}/dibaca", data={"go": "1"}).headers["location"] == "/inbox/"


def test_only_ones_own_messages_are_there(client, siti, db, people):
    message = tell(db, people.resident("Ani Contoh"))

    assert "alasan satu" not in client.get("/inbox/").text
    assert client.get(f"/inbox/{message.id}").status_code == 404
    for verb in ("dibaca", "belum-dibaca"):
        assert client.post(f"/inbox/{message.id}/{verb}").status_code == 404
    assert client.get("/inbox/99999999999").status_code == 404


def test_a_long_inbox_is_read_page_by_page(client, siti, db):
    for n in range(25):
        tell(db, siti, f"nomor-{n:02d}")
    first = client.get("/inbox/").text

    assert "nomor-24" in first
    assert "nomor-04" not in first
    oldest = db.scalars(select(InboxMessage.id).order_by(InboxMessage.id.desc()).offset(19)).first()
    assert f"sebelum={oldest}" in first
    assert "nomor-04" in client.get(f"/inbox/?sebelum={oldest}").text
    assert client.get("/inbox/?sebelum=abc").status_code == 200


def test_unread_only(client, siti, db):
    first = tell(db, siti)
    tell(db, siti, "dua")
    client.post(f"/inbox/{first.id}/dibaca")
    text = client.get("/inbox/?belum=1").text

    assert "alasan dua" in text
    assert "alasan satu" not in text


def test_choices_are_kept_per_topic_and_channel(client, siti, db):
    answer = client.post("/inbox/pilihan/simpan", data={"on": ["uji.kabar|inbox"], "start": "21:00", "end": "05:00"})
    kept = {(row.topic, row.channel): row.on for row in db.scalars(select(Preference))}

    assert answer.status_code == 303
    assert kept[("uji.kabar", "email")] is False
    assert ("uji.kabar", "inbox") not in kept
    assert ("uji.wajib", "inbox") not in kept, "a mandatory topic keeps its inbox copy"
    assert ("uji.kantor", "email") not in kept, "what is for staff is not this person's to choose"
    assert db.get(QuietHours, siti.account_id).start == "21:00"
    assert 'value="uji.kabar|email" aria-label="Kabar uji: Surel">' in client.get("/inbox/pilihan").text
    client.post("/inbox/pilihan/simpan", data={"start": "", "end": ""})
    assert db.get(QuietHours, siti.account_id, populate_existing=True) is None


@pytest.mark.parametrize(("start", "end"), [("25:00", "05:00"), ("21:00", ""), ("", "05:00"), ("sembilan", "lima")])
def test_hours_that_are_none_are_told_and_nothing_typed_is_lost(client, siti, db, start, end):
    answer = client.post("/inbox/pilihan/simpan", data={"on": ["uji.kabar|email"], "start": start, "end": end})

    assert answer.status_code == 422
    assert "Tulis kedua jam seperti 21:00 dan 05:00" in answer.text
    assert f'name="start" type="time" value="{start}"' in answer.text
    assert 'value="uji.kabar|email" aria-label="Kabar uji: Surel" checked' in answer.text
    assert 'value="uji.kabar|inbox" aria-label="Kabar uji: Kotak pesan">' in answer.text
    assert db.scalars(select(Preference)).all() == []


def test_the_old_address_of_the_choices_still_leads_there(client, siti):
    assert client.get("/akun/pemberitahuan").headers["location"] == "/inbox/pilihan"

"""What stands above every page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from gawe_radio import banners
from gawe_radio.announcements import cancel_announcement
from pendopo.identity import ANONYMOUS
from pendopo.live import LiveMessage

ANYAR, CIRUAS = "36.04.30", "36.04.09"


@pytest.fixture(autouse=True)
def fresh():
    banners.forget_cache()


def titles(db, actor, now):
    return [banner.title for banner in banners.notice(db, actor, now).context["announcements"]]


def test_who_lives_elsewhere_is_spared_and_who_said_nothing_is_told(db, people, publish, now):
    publish("penting", areas=(ANYAR,), title="Anyar")
    near, far = people.resident(desa_code=f"{ANYAR}.2001"), people.resident(desa_code=f"{CIRUAS}.2001")
    assert [titles(db, who, now) for who in (near, far, ANONYMOUS)] == [["Anyar"], [], ["Anyar"]]
    assert banners.notice(db, far, now).topic == f"public:siaran:{CIRUAS}"


def test_plain_words_leave_the_banner_after_two_hours_and_grave_ones_at_their_end(db, publish, now):
    publish("info", title="Biasa")
    publish("penting", title="Penting")
    assert set(titles(db, ANONYMOUS, now)) == {"Biasa", "Penting"}
    banners.forget_cache()
    assert titles(db, ANONYMOUS, now + timedelta(hours=3)) == ["Penting"]
    assert titles(db, ANONYMOUS, now + timedelta(hours=7)) == []


def test_open_pages_get_the_words_of_their_area_in_their_language(db, publish):
    publish("penting", areas=(ANYAR,), title="Anyar saja")
    db.commit()
    sent = {row.topic: row.payload["html"] for row in db.scalars(select(LiveMessage).where(LiveMessage.topic.startswith("public:siaran")))}
    assert "Anyar saja" in sent[f"public:siaran:{ANYAR}"]["id"]
    assert "Anyar saja" not in sent[f"public:siaran:{CIRUAS}"]["id"]
    assert "Penting:" in sent["public:siaran"]["id"]
    assert 'id="siaran"' in sent["public:siaran"]["en"]


def test_a_withdrawn_word_leaves_open_pages(db, announcer, publish, now):
    word = publish("penting", title="Salah kabar")
    cancel_announcement(db, announcer, word.id, "keliru", now=now)
    db.commit()
    last = db.scalars(select(LiveMessage).where(LiveMessage.topic == "public:siaran").order_by(LiveMessage.id.desc())).first()
    assert "Salah kabar" not in last.payload["html"]["id"]


def test_a_page_without_javascript_shows_it_too(db, client, announcer):
    from gawe_radio.announcements import Words, write_announcement

    present = datetime.now(UTC)
    write_announcement(db, announcer, Words("Jembatan <b>ditutup</b>", {"id": "Lewat jalan lain."}, "penting"), now=present)
    text = client.get("/radio/").text
    assert "Jembatan &lt;b&gt;ditutup" in text
    assert text.index('id="siaran"') < text.index("Jembatan &lt;b&gt;ditutup") < text.index('id="main"')

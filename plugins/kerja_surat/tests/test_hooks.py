"""What the house and other plugins ask of letters, and what letters tell them."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from sqlalchemy import select

from kerja_surat import disposisi, outgoing, registers
from kerja_surat.models import SuratMasuk
from pendopo import PluginCard, hookimpl, outbox
from pendopo.identity import Actor


class Source:
    """A plugin with a matter of its own that goes down by disposisi."""

    def __init__(self):
        self.heard = []

    @hookimpl
    def plugin_card(self):
        return PluginCard("sumberuji", "Sumber uji", "gawe", "Mengirim perkara ke buku agenda.")

    @hookimpl
    def disposisi_finished(self, db, key, source, berkas_id, result, note, actor_id, at):
        if source == "sumberuji":
            self.heard.append((berkas_id, result, note))


@pytest.fixture
def source(portal):
    before = dict(portal.host.plugins)
    plugin = Source()
    portal.host.add("gawe_sumberuji", plugin)
    yield plugin
    portal.host.pm.unregister(name="gawe_sumberuji")
    portal.host.plugins = before
    portal.host._index()


def ask_for_disposisi(db, office, key="sumberuji:7"):
    outbox.tell(
        db,
        "surat_requested",
        key=key,
        source="sumberuji",
        berkas_id=7,
        perihal="Jalan berlubang",
        summary="Di depan pasar",
        opd_id=office.opd["dpupr"],
        actor_id=None,
        derajat="penting",
    )


def test_a_matter_of_another_plugin_is_registered_and_its_plugin_hears_each_step(db, office, source, deliver, send, now):
    ask_for_disposisi(db, office)
    deliver()
    letter = db.scalar(select(SuratMasuk))
    kadis, kabid = office.kadis, office.kabid

    assert (letter.perihal, letter.source, letter.derajat, letter.status) == ("Jalan berlubang", "aplikasi:sumberuji", "penting", "didisposisi")
    disposisi.mark_read(db, kadis, letter.id, now=now)
    one = send(letter, "kadis", "kabid")
    disposisi.start(db, kabid, one.id, now=now)
    disposisi.finish(db, kabid, one.id, result="Lubang sudah ditambal", now=now)
    first = disposisi.my_disposisi(db, kadis)[0]
    disposisi.finish(db, kadis, first.id, result="Selesai ditangani", now=now)
    deliver()

    assert source.heard == [(7, "dicatat", "1/2026"), (7, "dibaca", ""), (7, "diproses", ""), (7, "selesai", "Selesai ditangani")]


def test_a_matter_told_twice_is_registered_once(db, office, source, deliver):
    ask_for_disposisi(db, office)
    deliver()
    ask_for_disposisi(db, office, key="sumberuji:7:lagi")
    deliver()

    assert len(db.scalars(select(SuratMasuk)).all()) == 1


def test_live_topics_open_only_to_whom_they_concern(portal, db, office, a_letter, resident):
    letter = a_letter(sifat="rahasia")

    def may(actor, topic):
        return portal.host.ask("may_join", db=db, topic=topic, actor=actor)

    kadis, kabid = office.kadis, office.kabid
    assert may(kadis, f"surat:{letter.id}") is True
    assert may(kabid, f"surat:{letter.id}") is False
    assert may(kadis, f"surat-meja:{kadis.account_id}") is True
    assert may(kabid, f"surat-meja:{kadis.account_id}") is False
    assert may(kabid, f"surat-unit:{office.opd['dpupr']}") is True
    assert may(kabid, f"surat-unit:{office.opd['dinkes']}") is False
    assert may(resident, "surat-agenda:semua") is False
    assert may(kabid, "surat:bukan-angka") is False
    assert may(kabid, "lain:1") is None


def test_badge_card_and_search_show_what_is_ones_own(portal, db, office, a_letter, a_draft, now):
    a_letter(sifat="rahasia", perihal="Rahasia sekali")
    draft = a_draft()
    outgoing.submit(db, office.petugas, draft.id, now=now)
    kadis, kabid = office.kadis, office.kabid

    def badges(actor):
        return dict(portal.host.call_each("badge_counts", db=db, actor=actor))["surat"]

    def found(actor, query):
        return [r.title for r in portal.host.call_each("search_results", db=db, query=query, actor=actor, limit=5) if r.href.startswith("/kerja/surat/")]

    assert (badges(kadis), badges(kabid)) == (1, 1)
    assert found(kadis, "rahasia sekali") == ["Rahasia sekali"]
    assert found(kabid, "rahasia sekali") == []
    assert found(kabid, "jawaban") == ["Jawaban perbaikan jalan"]
    assert found(Actor(), "jawaban") == []


def test_ones_own_calendar_shows_ones_own_agenda(portal, db, office, now):
    from kerja_surat import agenda

    sekda = office.sekda
    start, end = datetime(2026, 11, 25, 2, tzinfo=UTC), datetime(2026, 11, 25, 3, tzinfo=UTC)
    agenda.add_acara(db, sekda, title="Rapat", start=start, end=end, place="Pendopo", jabatan_ids=[office.posts["kadis"]], now=now)

    def entries(actor):
        return [e.title for e in portal.host.call_each("calendar_entries", db=db, actor=actor, start=start, end=end)]

    assert entries(office.kadis) == ["Rapat"]
    assert entries(sekda) == []


def test_a_person_is_told_what_letters_hold_of_them(portal, db, office, a_letter, send, sealed):
    send(a_letter(), "kadis", "kabid", catatan="Segera")
    sealed()

    def held(key):
        return [
            d.title
            for d in portal.host.call_each("personal_data", db=db, account_id=office.__dict__[f"_{key}"])
            if "Surat yang" in d.title or "Disposisi" in d.title
        ]

    assert held("tu") == ["Surat yang Anda catat", "Disposisi yang Anda kirim"]
    assert held("kadis") == ["Disposisi yang Anda kirim", "Surat yang Anda tandatangani"]
    assert held("petugas") == ["Surat yang Anda susun atau ubah"]


@pytest.mark.parametrize("pattern", ["{salah}", "{klasifikasi}/{urut}/{tahun}", "{klasifikasi}/{urut}/{unit}"])
def test_a_pattern_of_numbers_that_will_fail_shows_in_health(portal, db, pattern):
    from datetime import date

    from pendopo.kit.settings import SettingValue, forget_cache

    def fine():
        return [h.ok for h in portal.host.call_each("health", db=db) if h.slug == "surat"]

    assert fine() == [True]
    db.add(SettingValue(name="surat.pola_nomor", value=pattern, effective_from=date(2020, 1, 1), set_at=datetime(2026, 1, 1, tzinfo=UTC)))
    db.flush()
    forget_cache()
    assert fine() == [False]


def test_deadlines_follow_the_setting_of_their_day(db, office, a_letter):
    from datetime import date

    from pendopo.kit.settings import SettingValue, forget_cache

    received = datetime(2026, 3, 27, 8, 0, tzinfo=UTC)
    before = registers.due_for(db, "segera", received)
    db.add(SettingValue(name="surat.batas_segera_hk", value=1, effective_from=date(2026, 3, 28), set_at=datetime(2026, 1, 1, tzinfo=UTC)))
    db.flush()
    forget_cache()

    assert registers.due_for(db, "segera", received) == before
    assert registers.due_for(db, "segera", datetime(2026, 3, 30, 8, 0, tzinfo=UTC)) == datetime(2026, 3, 31, 8, 0, tzinfo=UTC)


def test_demo_data_fill_the_desks_of_the_demo_accounts(portal, db):
    from kerja_surat.demo import fill
    from pendopo.demo import make_people
    from pendopo.identity import Account, load_actor, open_session

    moment = datetime(2026, 11, 24, 3, tzinfo=UTC)
    make_people(db, seed=1, now=moment, scale=0.02)
    fill(db, seed=1, now=moment, scale=0.05)

    def actor(handle):
        account = db.scalar(select(Account).where(Account.handle == handle))
        return load_actor(db, open_session(db, account.id, now=moment), now=moment, roles=portal.roles())

    assert all(disposisi.count_waiting(db, actor(handle)) >= 1 for handle in ("pimpinan", "kabid", "petugas"))
    assert len(outgoing.waiting_for_me(db, actor("kabid"))) == 3
    numbers = db.execute(select(SuratMasuk.opd_id, SuratMasuk.agenda_number).order_by(SuratMasuk.opd_id, SuratMasuk.agenda_number)).all()
    assert all(after[1] == before[1] + 1 for before, after in pairwise(numbers) if before[0] == after[0])

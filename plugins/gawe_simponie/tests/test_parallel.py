"""Many at once, on either database: one decision wins, numbers have no gaps, a draft is one BAP, a type has one version that holds."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, update

from gawe_simponie import catalogue
from gawe_simponie.applications import Application, receive_application
from gawe_simponie.decisions import waiting_signatures
from gawe_simponie.documents import PERMIT
from gawe_simponie.inspections import Visit, record_visit
from gawe_simponie.models import Bap, Izin, Jenis, Permohonan, Tahap
from pendopo.kit.berkas import Berkas, move_berkas
from pendopo.kit.documents import desk, document_of
from pendopo.testing.parallel import all_at_once

from .conftest import VALUES

MANY, FIFTY = 8, 50
NOW = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def ready(walk, apply_for, front, researcher):
    return walk(apply_for(), (front, "lengkap"), (researcher, "rekomendasi"), (front, "ajukan_ttd"), at=NOW).berkas_id


def test_of_signing_and_refusing_at_once_one_decides(db, portal, apply_for, walk, front, researcher, head, deliver):
    berkas_id = ready(walk, apply_for, front, researcher)
    signature = waiting_signatures(db, head)[0][0].id
    sign = lambda db: desk.sign(portal, head, signature, now=NOW).refusal is None  # noqa: E731
    refuse = lambda db: move_berkas(db, head, berkas_id, "tolak", note="Bersamaan.", now=NOW).state  # noqa: E731
    all_at_once(portal, [sign, refuse] * (MANY // 2))
    deliver()
    db.expire_all()

    state = db.scalar(select(Berkas.state).where(Berkas.id == berkas_id))
    holds = document_of(db, PERMIT, berkas_id).status == "berlaku"
    assert (state, holds) in (("terbit", True), ("ditolak", False))
    assert db.scalar(select(func.count()).select_from(Izin)) == (1 if state == "terbit" else 0)
    assert db.scalar(select(func.count()).select_from(Tahap).where(Tahap.berkas_id == berkas_id, Tahap.until.is_(None))) == 0


def test_fifty_decisions_brought_to_the_desk_at_once_have_numbers_without_gaps(db, portal, apply_for, front, head):
    ids = [apply_for().berkas_id for _n in range(FIFTY)]
    db.execute(update(Berkas).where(Berkas.id.in_(ids)).values(state="draf_izin"))
    given, refused = all_at_once(portal, [lambda db, one=one: move_berkas(db, front, one, "ajukan_ttd", now=NOW).state for one in ids])

    assert (given, refused) == (["ttd"] * FIFTY, [])
    papers = [paper for _one, paper in waiting_signatures(db, head)]
    assert sorted(int(paper.number.split("/")[1]) for paper in papers) == list(range(1, FIFTY + 1))


def test_a_draft_sent_from_two_tabs_is_one_bap(db, portal, apply_for, walk, front, surveyor, now):
    berkas_id = walk(apply_for("REKLAME"), (front, "lengkap"), (surveyor, "tinjau", {"data": {"inspect_on": now.date() + timedelta(days=1)}}), at=now).berkas_id
    visit = Visit("kunci", now, "sesuai", "Sesuai gambar.", "Surveyor")
    given, _refused = all_at_once(portal, [lambda db: record_visit(db, surveyor, berkas_id, visit, now=now).id for _n in range(MANY)])

    assert len(set(given)) == 1
    assert db.scalar(select(func.count()).select_from(Bap)) == 1


def test_many_applications_at_once_are_all_received(db, portal, types, people, now):
    jenis_id = types["PENELITIAN"].id
    actors = [people.resident(f"Pemohon {n}") for n in range(MANY)]

    def apply(db, actor):
        return receive_application(db, actor, Application(db.get_one(Jenis, jenis_id), actor.name, VALUES["PENELITIAN"]), now=now).berkas.register

    given, _refused = all_at_once(portal, [lambda db, actor=actor: apply(db, actor) for actor in actors])

    assert len(set(given)) == MANY
    assert db.scalar(select(func.count()).select_from(Permohonan)) == MANY


def test_of_two_who_publish_one_version_holds(db, portal, types, keeper, now):
    draft_id = catalogue.keep_type(db, keeper, {**types["PENELITIAN"].data, "sla_hk": 9}, now=now).id
    given, refused = all_at_once(portal, [lambda db: catalogue.publish_type(db, keeper, draft_id, now=now).versi for _n in range(4)])

    assert (given, refused) == ([2], ["Conflict"] * 3)
    assert db.scalar(select(func.count()).select_from(Jenis).where(Jenis.kode == "PENELITIAN", Jenis.state == "berlaku")) == 1

"""Many at once, on either database: one decision wins, numbers have no gaps, a draft is one BAP, a type has one version that holds."""

import threading
from datetime import timedelta

from sqlalchemy import func, select

from gawe_simponie import catalogue
from gawe_simponie.applications import Application, receive_application
from gawe_simponie.inspections import Visit, record_visit
from gawe_simponie.models import Bap, Izin, Jenis, Permohonan, Tahap
from pendopo import DomainError
from pendopo.kit.berkas import Berkas, move_berkas
from pendopo.testing.people import settle

from .conftest import VALUES

MANY = 8


def all_at_once(portal, acts):
    """Each act in a thread and transaction of its own; what each gave, or the name of its refusal."""
    start, results = threading.Barrier(len(acts)), []

    def run(act):
        start.wait()
        try:
            with portal.db.session() as db:
                results.append(act(db))
        except DomainError as refusal:
            results.append(type(refusal).__name__)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(results) == len(acts)
    return results


def test_of_signing_and_refusing_at_once_one_decides(db, portal, apply_for, walk, front, researcher, head, now):
    berkas_id = walk(apply_for(), (front, "lengkap"), (researcher, "rekomendasi"), (front, "ajukan_ttd"), at=now).berkas_id
    settle()
    acts = [lambda db, step=step: move_berkas(db, head, berkas_id, step, note="Bersamaan.", now=now).state for step in ("tandatangani", "tolak") * (MANY // 2)]
    results = all_at_once(portal, acts)
    settle()
    db.expire_all()

    decided = [result for result in results if result in ("terbit", "ditolak")]
    assert len(decided) == 1
    assert db.scalar(select(Berkas.state).where(Berkas.id == berkas_id)) == decided[0]
    assert db.scalar(select(func.count()).select_from(Izin)) == (1 if decided == ["terbit"] else 0)
    assert db.scalar(select(func.count()).select_from(Tahap).where(Tahap.berkas_id == berkas_id, Tahap.until.is_(None))) == 0


def test_permits_signed_at_once_have_numbers_without_gaps(db, portal, apply_for, walk, front, researcher, head, now):
    ids = [walk(apply_for(), (front, "lengkap"), (researcher, "rekomendasi"), (front, "ajukan_ttd"), at=now).berkas_id for _n in range(MANY)]
    settle()
    results = all_at_once(portal, [lambda db, one=one: move_berkas(db, head, one, "tandatangani", now=now).state for one in ids])
    settle()

    assert results == ["terbit"] * MANY
    assert sorted(int(number.split("/")[1]) for number in db.scalars(select(Izin.number))) == list(range(1, MANY + 1))


def test_a_draft_sent_from_two_tabs_is_one_bap(db, portal, apply_for, walk, front, surveyor, now):
    berkas_id = walk(apply_for("REKLAME"), (front, "lengkap"), (surveyor, "tinjau", {"data": {"inspect_on": now.date() + timedelta(days=1)}}), at=now).berkas_id
    settle()
    visit = Visit("kunci", now, "sesuai", "Sesuai gambar.", "Surveyor")
    results = all_at_once(portal, [lambda db: record_visit(db, surveyor, berkas_id, visit, now=now).id for _n in range(MANY)])
    settle()

    assert len({result for result in results if isinstance(result, int)}) == 1
    assert db.scalar(select(func.count()).select_from(Bap)) == 1


def test_many_applications_at_once_are_all_received(db, portal, types, people, now):
    jenis_id = types["PENELITIAN"].id
    actors = [people.resident(f"Pemohon {n}") for n in range(MANY)]
    settle()

    def apply(db, actor):
        return receive_application(db, actor, Application(db.get_one(Jenis, jenis_id), actor.name, VALUES["PENELITIAN"]), now=now).berkas.register

    results = all_at_once(portal, [lambda db, actor=actor: apply(db, actor) for actor in actors])
    settle()

    assert len(set(results)) == MANY
    assert db.scalar(select(func.count()).select_from(Permohonan)) == MANY


def test_of_two_who_publish_one_version_holds(db, portal, types, keeper, now):
    draft_id = catalogue.keep_type(db, keeper, {**types["PENELITIAN"].data, "sla_hk": 9}, now=now).id
    settle()
    results = all_at_once(portal, [lambda db: catalogue.publish_type(db, keeper, draft_id, now=now).versi for _n in range(4)])
    settle()

    assert sorted(map(str, results)) == ["2", "Conflict", "Conflict", "Conflict"]
    assert db.scalar(select(func.count()).select_from(Jenis).where(Jenis.kode == "PENELITIAN", Jenis.state == "berlaku")) == 1

"""Positions, who holds them and what follows from it."""

from datetime import UTC, date, datetime

import pytest

from pendopo import PermissionRefused, RoleSpec
from pendopo.errors import Conflict, InvalidInput
from pendopo.identity import Account, Jabatan, Opd, as_system, holder_of, holders_of, load_actor, open_session, people_with
from pendopo.identity.loading import regency_day
from pendopo.identity.offices import assign, end_assignment, set_roles
from pendopo.identity.staff import save_jabatan, save_opd, set_disabled

SYSTEM = as_system("uji")
NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
START, DAY, END = date(2026, 11, 1), date(2026, 11, 24), date(2026, 11, 30)


@pytest.fixture
def house(db, portal):
    """A dinas with a bidang below it, a neighbour, and three civil servants."""
    portal.roles().update({
        "pemeriksa": RoleSpec("pemeriksa", "Pemeriksa", ("uji.periksa",)), "semua": RoleSpec("semua", "Semua", ("uji.semua",), "regency"),
        "kepegawaian": RoleSpec("kepegawaian", "Kepegawaian OPD", ("core.manage_people",)),
    })
    dinas, other = Opd(code="dinas", name="Dinas", short_name="D", kind="dinas"), Opd(code="lain", name="Lain", short_name="L", kind="dinas")
    db.add_all([dinas, other])
    db.flush()
    bidang = Opd(code="bidang", name="Bidang", short_name="B", kind="bidang", parent_id=dinas.id)
    db.add(bidang)
    db.flush()
    chairs = [Jabatan(opd_id=dinas.id, name="Kepala", roles=["pemeriksa"]), Jabatan(opd_id=other.id, name="Tetangga", roles=["semua"])]
    db.add_all(chairs)
    people = [
        Account(kind="pegawai", name=f"Pegawai {n}", nip=f"19900101201503100{n}", created_at=NOON, email_confirmed_at=NOON) for n in range(3)
    ]
    db.add_all(people)
    db.flush()

    class House:
        pass

    house = House()
    house.dinas, house.bidang, house.other = dinas.id, bidang.id, other.id
    house.head, house.neighbour = (chair.id for chair in chairs)
    house.a, house.b, house.c = (person.id for person in people)
    return house


def give(db, account_id, jabatan_id, kind="definitif", starts_on=START, ends_on=None, actor=SYSTEM):
    return assign(db, actor, account_id=account_id, jabatan_id=jabatan_id, kind=kind, starts_on=starts_on, ends_on=ends_on, now=NOON)


def as_actor(db, portal, account_id, now=NOON):
    return load_actor(db, open_session(db, account_id, now=now), now=now, roles=portal.roles())


def test_a_role_holds_in_its_opd_and_below_and_nowhere_else(db, portal, house):
    give(db, house.a, house.head)
    actor = as_actor(db, portal, house.a)

    assert actor.can("uji.periksa", house.dinas)
    assert actor.can("uji.periksa", house.bidang)
    assert not actor.can("uji.periksa", house.other)
    with pytest.raises(PermissionRefused):
        actor.require("uji.periksa", house.other)


def test_a_role_of_the_regency_holds_everywhere(db, portal, house):
    give(db, house.a, house.neighbour)
    actor = as_actor(db, portal, house.a)

    assert actor.can("uji.semua", house.bidang)
    assert actor.opd_scope("uji.semua") is None
    assert actor.opd_scope("uji.periksa") == frozenset()


@pytest.mark.parametrize("kind", ["plt", "plh"])
def test_who_stands_in_holds_the_position_in_those_days_only(db, portal, house, kind):
    give(db, house.a, house.head)
    give(db, house.b, house.head, kind, date(2026, 11, 20), date(2026, 11, 25))

    assert holders_of(db, house.head, date(2026, 11, 19)) == [house.a]
    assert holders_of(db, house.head, date(2026, 11, 20)) == [house.b]
    assert holder_of(db, house.head, date(2026, 11, 25)) == house.b
    assert holder_of(db, house.head, date(2026, 11, 26)) == house.a
    assert people_with(db, "uji.periksa", house.bidang, on=DAY) == [house.b]
    actor = as_actor(db, portal, house.b)
    assert [post.kind for post in actor.posts] == [kind]
    assert actor.can("uji.periksa", house.dinas)
    assert not as_actor(db, portal, house.b, datetime(2026, 11, 26, 5, tzinfo=UTC)).can("uji.periksa")


def test_positions_change_at_midnight_of_the_regency(db, portal, house):
    give(db, house.b, house.head, "plh", DAY, DAY)

    assert regency_day(datetime(2026, 11, 23, 17, 30, tzinfo=UTC)) == DAY
    assert as_actor(db, portal, house.b, datetime(2026, 11, 23, 17, 30, tzinfo=UTC)).can("uji.periksa")
    assert not as_actor(db, portal, house.b, datetime(2026, 11, 24, 17, 30, tzinfo=UTC)).can("uji.periksa")


def test_a_transfer_counts_from_the_next_request_on(db, portal, house):
    penugasan = give(db, house.a, house.head)
    token = open_session(db, house.a, now=NOON)
    assert load_actor(db, token, now=NOON, roles=portal.roles()).can("uji.periksa")
    end_assignment(db, SYSTEM, penugasan.id, on=date(2026, 11, 23), now=NOON)
    assert not load_actor(db, token, now=NOON, roles=portal.roles()).can("uji.periksa")
    set_roles(db, SYSTEM, house.head, ["semua"], now=NOON)
    give(db, house.a, house.head, starts_on=DAY)
    assert load_actor(db, token, now=NOON, roles=portal.roles()).can("uji.semua")


def test_nobody_is_asked_whose_account_is_closed(db, house):
    give(db, house.a, house.head)
    set_disabled(db, SYSTEM, house.a, True, now=NOON)

    assert people_with(db, "uji.periksa", house.dinas, on=DAY) == []


@pytest.mark.parametrize(("kind", "starts_on", "ends_on", "field"), [
    ("plt", START, None, "ends_on"), ("definitif", END, START, "ends_on"), ("tamu", START, END, "kind"),
])
def test_an_assignment_without_sense_is_refused(db, house, kind, starts_on, ends_on, field):
    with pytest.raises(InvalidInput) as refusal:
        give(db, house.a, house.head, kind, starts_on, ends_on)

    assert refusal.value.field == field


def test_citizens_hold_no_position(db, house):
    db.get(Account, house.a).nip = None
    db.flush()

    with pytest.raises(InvalidInput):
        give(db, house.a, house.head)


def test_one_holder_and_one_stand_in_at_a_time(db, house):
    give(db, house.a, house.head)
    give(db, house.b, house.head, "plt", START, DAY)

    for kind in ("definitif", "plh"):
        with pytest.raises(Conflict):
            give(db, house.c, house.head, kind, DAY, END)
    give(db, house.c, house.head, "plh", date(2026, 11, 25), END)


def test_who_manages_one_office_has_no_hand_in_another(db, portal, house):
    db.get(Jabatan, house.head).roles = ["kepegawaian"]
    give(db, house.a, house.head)
    give(db, house.b, house.neighbour)
    manager = as_actor(db, portal, house.a)
    chair = save_jabatan(db, manager, None, opd_id=house.bidang, name="Staf", eselon="", atasan_id=house.head)

    give(db, house.c, chair.id, actor=manager)
    for forbidden in (
        lambda: give(db, house.c, house.neighbour, "plh", START, END, manager),
        lambda: set_roles(db, manager, chair.id, ["semua"], now=NOON),
        lambda: set_disabled(db, manager, house.b, True, now=NOON),
        lambda: save_jabatan(db, manager, None, opd_id=house.other, name="Staf", eselon="", atasan_id=None),
        lambda: save_opd(db, manager, house.other, code="", name="Lain", short_name="L", kind="dinas", parent_id=None),
    ):
        with pytest.raises(PermissionRefused):
            forbidden()


def test_an_office_or_a_position_never_stands_above_itself(db, house):
    staff = save_jabatan(db, SYSTEM, None, opd_id=house.dinas, name="Staf", eselon="", atasan_id=house.head)

    with pytest.raises(InvalidInput):
        save_jabatan(db, SYSTEM, house.head, opd_id=house.dinas, name="Kepala", eselon="II.b", atasan_id=staff.id)
    with pytest.raises(InvalidInput):
        save_opd(db, SYSTEM, house.dinas, code="", name="Dinas", short_name="D", kind="dinas", parent_id=house.bidang)


def test_without_the_permission_nothing_of_this_is_possible(db, portal, house):
    give(db, house.a, house.head)
    actor = as_actor(db, portal, house.a)

    for forbidden in (
        lambda: give(db, house.b, house.neighbour, actor=actor), lambda: set_roles(db, actor, house.head, [], now=NOON),
        lambda: set_disabled(db, actor, house.b, True, now=NOON), lambda: end_assignment(db, actor, 1, on=DAY, now=NOON),
    ):
        with pytest.raises(PermissionRefused):
            forbidden()

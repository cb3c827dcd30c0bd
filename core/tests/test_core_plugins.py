"""Plugins are found, checked, ordered and isolated; what one breaks, the others do not notice."""

from importlib import metadata
from types import ModuleType, SimpleNamespace

import pluggy
import pytest
from sqlalchemy import select, text
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from pendopo import Conflict, DashboardCard, Fixture, MenuEntry, PluginCard, hookspec
from pendopo.contract import Health, Job, Permission
from pendopo.http import page
from pendopo.jobs import JobRun, run_job
from pendopo.plugin_switches import StoredFault, switch_plugin
from pendopo.plugins import PluginHost
from pendopo.testing.people import settle


def raise_(error):
    raise error


def hello(request):
    return PlainTextResponse("halo")


def point(name, module, monkeypatch):
    """An entry point whose import runs `module`, a callable."""

    class Point:
        dist = None

        def load(self):
            return module()

    Point.name = name
    return Point()


GOOD = {"routes": lambda: [Route("/", hello, name="baik:index")]}


# ------------------------------------------------------------------------------------------------ finding and checking


@pytest.mark.parametrize("error", [ImportError("no module"), SyntaxError("bad"), SystemExit(3), RuntimeError("at import"), RecursionError()])
def test_a_plugin_that_fails_to_import_is_listed_as_broken(error, monkeypatch):
    host = PluginHost()
    host.load(builtin=(), entry_points=[point("gawe_rusak", lambda: raise_(error), monkeypatch)])

    assert host.plugins["gawe_rusak"].state == "broken"
    assert type(error).__name__ in host.plugins["gawe_rusak"].broken
    assert host.plugins["gawe_rusak"].faults[0].where == "import"


def test_ctrl_c_during_an_import_still_stops_the_command(monkeypatch):
    with pytest.raises(KeyboardInterrupt):
        PluginHost().load(builtin=(), entry_points=[point("gawe_rusak", lambda: raise_(KeyboardInterrupt()), monkeypatch)])


def test_a_missing_module_of_an_entry_point_breaks_only_that_plugin():
    host = PluginHost()
    host.load(builtin=(), entry_points=[metadata.EntryPoint("gawe_rusak", "tidak_ada.plugin", "pendopo.plugins")])

    assert "ModuleNotFoundError" in host.plugins["gawe_rusak"].broken


def test_a_misspelt_hook_is_an_error_that_names_it(house):
    portal = house(gawe_rusak={"menu_entry": lambda actor: []}, gawe_baik=GOOD).portal_here

    assert portal.host.plugins["gawe_rusak"].broken == "unknown hook: menu_entry"
    assert portal.host.plugins["gawe_baik"].state == "enabled"


def test_a_hook_with_an_argument_that_does_not_exist_is_refused(house):
    portal = house(gawe_rusak={"menu_entries": lambda visitor: []}, gawe_baik=GOOD).portal_here

    assert "visitor" in portal.host.plugins["gawe_rusak"].broken
    assert portal.host.plugins["gawe_baik"].state == "enabled"


@pytest.mark.parametrize(("card", "reason"), [
    (None, "has no plugin_card"),
    (lambda: {"slug": "rusak"}, "must return a PluginCard"),
    (lambda: PluginCard("rusak", "Rusak", "gawe", "", core=">=99"), "needs pendopo >=99"),
    (lambda: PluginCard("rusak", "Rusak", "gawe", "", core="sembarang"), "can't read core requirement"),
    (lambda: PluginCard("baik", "Rusak", "gawe", ""), "slug 'baik' is taken by gawe_baik"),
    (lambda: PluginCard("rusak", "Rusak", "gawe", "", requires=("gawe_lain",)), "needs the plugin gawe_lain"),
    (lambda: 1 / 0, "ZeroDivisionError"),
])
def test_a_wrong_card_breaks_the_plugin_with_its_reason(house, card, reason):
    portal = house(gawe_baik=GOOD, gawe_rusak={"plugin_card": card}).portal_here

    assert reason in portal.host.plugins["gawe_rusak"].broken
    assert portal.host.plugins["gawe_baik"].state == "enabled"


def test_who_needs_a_broken_plugin_is_broken_too(house):
    needs = lambda slug, *names: {"plugin_card": lambda: PluginCard(slug, slug, "gawe", "", requires=names)}  # noqa: E731
    host = house(gawe_a=needs("a", "gawe_b"), gawe_b=needs("b", "gawe_c"), gawe_d=needs("d")).portal_here.host

    assert [host.plugins[name].state for name in ("gawe_a", "gawe_b", "gawe_d")] == ["broken", "broken", "enabled"]


def test_a_plugin_may_not_take_an_address_of_the_house(house):
    client = house(gawe_inbox={"routes": lambda: [Route("/", hello)], "plugin_card": lambda: PluginCard("inbox2", "Kotak", "gawe", "")},
                   gawe_masuk={"routes": lambda: [Route("/", hello)]})

    assert "belongs to identity" in client.portal_here.host.plugins["gawe_masuk"].broken
    assert client.get("/masuk").status_code == 200


def test_the_order_is_faces_then_names_whoever_came_first(house):
    host = house(kerja_b={}, gawe_z={}, kerja_a={}, gawe_c={}).portal_here.host

    assert [plugin.name for plugin in host if not plugin.builtin] == ["gawe_c", "gawe_z", "kerja_a", "kerja_b"]


# ------------------------------------------------------------------------------------------------ calling


def test_a_raising_plugin_loses_only_its_own_entries(house, resident):
    entry = lambda label: lambda actor: [MenuEntry(label, "/")]  # noqa: E731
    host = house(gawe_a={"menu_entries": entry("A")}, gawe_b={"menu_entries": lambda actor: 1 / 0}, gawe_c={"menu_entries": entry("C")}).portal_here.host

    assert [e.label for e in host.call_each("menu_entries", actor=resident) if e.label in "ABC"] == ["A", "C"]
    assert host.plugins["gawe_b"].faults[0].where == "hook:menu_entries"
    assert host.plugins["gawe_b"].state == "enabled"


@pytest.mark.parametrize("answer", [5, ["kata"], "kata", [None], [MenuEntry("A", "/"), {"label": "A"}]])
def test_a_plugin_that_answers_with_something_else_loses_only_its_own_entries(house, answer):
    client = house(gawe_a={"menu_entries": lambda actor: answer}, gawe_b={"menu_entries": lambda actor: [MenuEntry("Bagian B", "/")]})

    assert "Bagian B" in client.get("/").text
    assert client.portal_here.host.plugins["gawe_a"].faults[0].where == "hook:menu_entries"


def test_a_question_takes_the_first_answer_and_passes_over_who_raises(house):
    silent, broken, known = {"road_owner": lambda lat: None}, {"road_owner": lambda lat: 1 / 0}, {"road_owner": lambda lat: {"authority": "desa"}}
    host = house(gawe_a=silent, gawe_b=broken, gawe_c=known).portal_here.host

    assert host.ask("road_owner", db=None, lat=0, lon=0) == {"authority": "desa"}
    assert host.ask("verify_document", default="nobody", db=None, token="") == "nobody"


def test_a_veto_joins_all_reasons_and_who_raises_objects(house):
    says = lambda *reasons: {"berkas_objections": lambda berkas_id: list(reasons)}  # noqa: E731
    host = house(gawe_a=says("satu"), gawe_b={"berkas_objections": lambda berkas_id: 1 / 0}, gawe_c=says("dua", "tiga")).portal_here.host

    reasons = host.objections("berkas_objections", db=None, berkas_id=1, kind="", transition="", actor=None)
    assert reasons == ["satu", "gawe_b: ZeroDivisionError", "dua", "tiga"]


def test_hook_times_are_kept(house, resident):
    host = house(gawe_a={"menu_entries": lambda actor: []}).portal_here.host
    host.call_each("menu_entries", actor=resident)

    assert host.plugins["gawe_a"].times["menu_entries"].calls == 1


def test_plugins_meet_through_hooks_of_their_own(house):
    specs = ModuleType("specs")
    specs.peta_layers = hookspec(lambda wanted: None)
    host = house(gawe_peta={"plugin_hookspecs": lambda: [specs]}, kerja_aset={"peta_layers": lambda wanted: [f"aset {wanted}"]}).portal_here.host

    assert host.call_each("peta_layers", wanted="jalan") == ["aset jalan"]


def test_without_the_plugin_that_declares_a_hook_its_answerer_may_say_so(house):
    optional = pluggy.HookimplMarker("pendopo")(optionalhook=True)
    module = {"plugin_card": lambda: PluginCard("aset", "Aset", "kerja", "")}
    host = house(kerja_aset=module).portal_here.host
    extra = ModuleType("kerja_lain.plugin")
    extra.plugin_card = pluggy.HookimplMarker("pendopo")(lambda: PluginCard("lain", "Lain", "kerja", ""))
    extra.peta_layers = optional(lambda: ["lain"])
    host.add("kerja_lain", extra)

    assert host.plugins["kerja_lain"].state == "enabled"


# ------------------------------------------------------------------------------------------------ each kind of fault


def assert_others_answer(client):
    assert client.get("/baik/").text == "halo"
    for path in ("/", "/masuk", "/healthz"):
        assert client.get(path).status_code in (200, 303), path


def test_a_fault_in_giving_routes_breaks_that_plugin_only(house):
    client = house(gawe_baik=GOOD, gawe_rusak={"routes": lambda: 1 / 0})

    assert client.get("/rusak/").status_code == 404
    assert client.portal_here.host.plugins["gawe_rusak"].broken.startswith("hook:routes")
    assert_others_answer(client)


def test_a_mount_or_a_foreign_object_is_no_route(house):
    host = house(gawe_a={"routes": lambda: [Mount("/x", routes=[])]}, gawe_b={"routes": lambda: ["/"]}).portal_here.host

    assert "plain routes" in host.plugins["gawe_a"].broken
    assert host.plugins["gawe_b"].broken


def test_a_raising_route_is_a_themed_500_that_the_operator_sees(house):
    client = house(gawe_baik=GOOD, gawe_rusak={"routes": lambda: [Route("/", lambda request: 1 / 0), Route("/async", broken_async)]})

    for path in ("/rusak/", "/rusak/async"):
        answer = client.get(path)
        assert answer.status_code == 500
        assert "layanan lain tetap berjalan" in answer.text
        assert "ZeroDivision" not in answer.text
    fault = client.portal_here.host.plugins["gawe_rusak"].faults[0]
    assert (fault.where, fault.summary) == ("route:/rusak/", "ZeroDivisionError: division by zero")
    assert client.get("/rusak/", headers={"Accept": "application/json"}).json()["status"] == 500
    assert_others_answer(client)


async def broken_async(request):
    raise ZeroDivisionError()


def test_a_broken_template_loses_its_page_only(house, tmp_path):
    client = house(gawe_baik=GOOD, gawe_rusak={"routes": lambda: [Route("/", lambda request: page(request, "gawe_rusak/tidak_ada.html"))]})

    assert client.get("/rusak/").status_code == 500
    assert "TemplateNotFound" in client.portal_here.host.plugins["gawe_rusak"].faults[0].summary
    assert_others_answer(client)


def test_a_raising_hook_of_a_page_leaves_the_page(house, resident):
    hooks = {name: (lambda: 1 / 0) for name in ("menu_entries", "dashboard_cards", "badge_counts", "page_fixtures", "topics", "permissions", "jobs", "statistics", "health")}
    client = house(gawe_baik=GOOD, gawe_rusak=hooks)

    assert_others_answer(client)
    assert client.portal_here.host.plugins["gawe_rusak"].state == "enabled"


def test_a_service_that_is_unwell_is_told_and_takes_no_process_out_of_service(house):
    client = house(gawe_sakit={"health": lambda: [Health("sakit", False, "mesin berhenti")]})
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert {"name": "sakit", "ok": False, "detail": "mesin berhenti"} in answer.json()["checks"]


def test_a_house_that_is_unwell_is_not_ready(house):
    client = house()
    client.portal_here.host._impls["health"] = [
        (plugin, SimpleNamespace(function=lambda db: [Health("kit", False, "kalender kosong")], argnames=("db",))) for plugin, _ in client.portal_here.host.impls("health")
    ]
    assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_hook_that_spoils_its_query_leaves_the_transaction_of_the_page(house, resident, method):
    def spoil(db, actor):
        return db.execute(text("SELECT * FROM no_such_table")).all()

    def read(request):
        request.app.state.portal.host.call_each("badge_counts", db=request.state.db, actor=request.user)
        return PlainTextResponse(request.state.db.scalar(text("SELECT name FROM core_account")))

    def write(request):
        request.state.db.execute(text("UPDATE core_account SET name = 'Ditulis'"))
        return read(request)

    routes = [Route("/", hello), Route("/write", write, methods=["POST"]), Route("/write", read)]
    client = house(gawe_baik={"routes": lambda: routes}, gawe_rusak={"badge_counts": spoil, "dashboard_cards": spoil})
    client.sign_in(resident)

    assert client.request(method, "/baik/write").text == ("Ditulis" if method == "post" else "Siti Contoh")
    assert_others_answer(client)
    assert client.portal_here.host.plugins["gawe_rusak"].faults


def test_a_fixture_or_card_that_can_not_be_drawn_is_left_out(house, resident):
    hooks = {"page_fixtures": lambda: [Fixture("x", "gawe_rusak/tidak_ada.html")], "dashboard_cards": lambda: [DashboardCard("x", "X", "gawe_rusak/tidak_ada.html")]}
    client = house(gawe_baik=GOOD, gawe_rusak=hooks)

    assert_others_answer(client)
    places = {fault.where for fault in client.portal_here.host.plugins["gawe_rusak"].faults}
    assert places == {"template:gawe_rusak/tidak_ada.html"}


def test_a_raising_socket_is_closed_with_1011(house):
    async def broken(websocket):
        await websocket.accept()
        raise ZeroDivisionError()

    client = house(gawe_baik=GOOD, gawe_rusak={"routes": lambda: [WebSocketRoute("/ws", broken)]})
    with client.websocket_connect("/rusak/ws") as socket:
        assert socket.receive()["code"] == 1011

    assert client.portal_here.host.plugins["gawe_rusak"].faults[0].where == "socket:/rusak/ws"
    assert_others_answer(client)


def test_a_socket_for_staff_refuses_residents(house, resident):
    async def welcome(websocket):
        await websocket.accept()
        await websocket.close()

    client = house(kerja_uji={"staff_routes": lambda: [WebSocketRoute("/ws", welcome)]})
    with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect("/kerja/uji/ws"):
        pass
    assert refused.value.code == 1008


def test_a_raising_job_is_noted_and_raised_for_the_next_try(house):
    client = house(gawe_rusak={"jobs": lambda: [Job("gagal", "Gagal", lambda portal, now: 1 / 0)]})
    portal = client.portal_here
    with pytest.raises(ZeroDivisionError):
        run_job(portal, "gagal")

    with portal.db.session(write=False) as db:
        assert [(run.slug, run.ok, run.error) for run in db.scalars(select(JobRun))] == [("gagal", False, "ZeroDivisionError: division by zero")]
    assert portal.host.plugins["gawe_rusak"].faults[0].where == "job:gagal"


def test_a_fault_never_shows_a_nik(house):
    client = house(gawe_rusak={"routes": lambda: [Route("/", lambda request: raise_(ValueError("orang 3604010101900000 tidak ada")))]})
    client.get("/rusak/")

    fault = client.portal_here.host.plugins["gawe_rusak"].faults[0]
    assert "3604010101900000" not in fault.summary + fault.detail


def test_faults_reach_the_database_for_operators_of_every_process(house):
    client = house(gawe_rusak={"routes": lambda: [Route("/", lambda request: 1 / 0)]})
    portal = client.portal_here
    with client:  # with the lifespan: everything that runs in the background
        assert client.get("/rusak/").status_code == 500
        assert portal.background is not None

    with portal.db.session(write=False) as db:
        assert ("gawe_rusak", "route:/rusak/") in [(fault.plugin, fault.place) for fault in db.scalars(select(StoredFault))]


# ------------------------------------------------------------------------------------------------ switching


def test_a_plugin_is_switched_off_and_on_with_its_data_left(house, db, officer, now):
    client = house(gawe_baik={**GOOD, "permissions": lambda: [Permission("baik.x", "X")], "menu_entries": lambda actor: [MenuEntry("Layanan Baik", "/baik/")]})
    portal = client.portal_here
    operator = officer("core.manage_plugins", scope="regency")
    assert "Layanan Baik" in client.get("/").text

    for enabled, code in ((False, 404), (True, 200)):
        settle()
        with portal.db.session() as session:
            switch_plugin(session, operator, "gawe_baik", enabled, now=now)
        assert portal.load_switches()
        portal.refresh()
        assert client.get("/baik/").status_code == code
        assert ("Layanan Baik" in client.get("/").text) is enabled


def test_what_others_need_is_not_switched_off(house, db, officer, now):
    client = house(gawe_baik=GOOD, gawe_perlu={"plugin_card": lambda: PluginCard("perlu", "Perlu", "gawe", "", requires=("gawe_baik",))})
    operator = officer("core.manage_plugins", scope="regency")
    settle()
    with pytest.raises(Conflict), client.portal_here.db.session() as session:
        switch_plugin(session, operator, "gawe_baik", False, now=now)

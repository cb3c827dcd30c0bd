"""What monitoring reads."""

import re

from starlette.testclient import TestClient

from pendopo import MenuEntry
from pendopo.outbox import put

LINE = re.compile(r'[a-z_]+(\{([a-z]+="[^"\n]*",?)+\})? [0-9.e+-]+')


def test_figures_are_given_as_prometheus_reads_them(house):
    client = house(gawe_uji={"menu_entries": lambda actor: [MenuEntry("Uji", "/uji/")]})
    with client.portal_here.db.session() as db:
        put(db, "hook", target="gawe_uji:person_erased", key="k")
    client.get("/")
    answer = TestClient(client.app, client=("127.0.0.1", 5)).get("/metrics")

    assert answer.status_code == 200
    lines = answer.text.splitlines()
    assert 'pendopo_outbox_rows{state="waiting"} 1' in lines
    assert 'pendopo_plugin_enabled{plugin="gawe_uji"} 1' in lines
    assert any(line.startswith('pendopo_hook_calls_total{plugin="gawe_uji",hook="menu_entries"}') for line in lines)
    assert all(line.startswith("#") or LINE.fullmatch(line) for line in lines)
    declared = [line.split()[2] for line in lines if line.startswith("# TYPE")]
    assert len(declared) == len(set(declared))


def test_strangers_see_no_figures_and_operators_do(house, officer, resident):
    client = house()
    outside = TestClient(client.app, base_url="http://testserver", client=("203.0.113.7", 5))
    assert outside.get("/metrics").status_code == 404
    for who, status in ((resident, 404), (officer("core.manage_plugins", scope="regency"), 200)):
        client.sign_in(who)
        name = client.portal_here.session_cookie
        assert outside.get("/metrics", headers={"Cookie": f"{name}={client.cookies[name]}"}).status_code == status

"""The code keeps its own rules: hooks are documented, plugins use public names, each history goes up and down."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest
from sqlalchemy import inspect as look

from pendopo import hookspecs, migrate
from pendopo.plugins import ITEMS

ROOT = Path(__file__).parents[2]
HOOKS = {name: function for name, function in vars(hookspecs).items() if hasattr(function, "pendopo_spec")}
PAST = re.compile(r"_(moved|published|requested|finished|erased|office|closed|opened|changed|paid|issued|revoked|cancelled)$")


@pytest.mark.once
@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_says_what_and_when(name):
    text = inspect.getdoc(HOOKS[name]) or ""

    assert len(text) > 40
    assert re.search(r"\b(Called|Asked|asked|Told|told|asks|once)\b", text), "when is it called?"
    arguments = inspect.signature(HOOKS[name]).parameters
    assert all(argument.annotation is not inspect.Parameter.empty for argument in arguments.values())
    assert inspect.signature(HOOKS[name]).return_annotation is not inspect.Signature.empty


@pytest.mark.once
@pytest.mark.parametrize("name", HOOKS)
def test_the_kind_of_a_hook_is_told_by_its_name(name):
    gives = inspect.signature(HOOKS[name]).return_annotation
    if HOOKS[name].pendopo_spec["firstresult"]:
        assert "None" in gives
    elif gives == "None":
        assert PAST.search(name) or name == "demo_data"
        assert name == "demo_data" or "key" in inspect.signature(HOOKS[name]).parameters
    elif gives.startswith("list["):
        assert name.endswith("s") or name in ("personal_data", "health")


@pytest.mark.once
def test_every_hook_is_asked_by_somebody():
    folders = [ROOT / "core" / "pendopo", *(ROOT / "plugins").iterdir()]
    texts = [path.read_text("utf-8") for folder in folders for path in folder.rglob("*.py") if "tests" not in path.parts and "testing" not in path.parts]
    code = re.sub(r"ITEMS: .*?\n}", "", "\n".join(texts), flags=re.S)

    assert [name for name in HOOKS if f'"{name}"' not in code] == []


@pytest.mark.once
def test_the_host_checks_the_items_of_every_collect_hook_of_the_contract():
    for name, wanted in ITEMS.items():
        gives = inspect.signature(HOOKS[name]).return_annotation
        assert isinstance(wanted, type)
        assert wanted.__name__ in gives, name


def imports_of(folder):
    for path in folder.rglob("*.py"):
        if "tests" not in path.parts:
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module and not node.level and node.module.split(".")[0] == "pendopo":
                    yield path.relative_to(ROOT), node.module, [alias.name for alias in node.names]


@pytest.mark.once
@pytest.mark.parametrize("folder", [path.parent.name for path in sorted(ROOT.glob("plugins/*/pyproject.toml"))])
def test_a_plugin_imports_only_public_names(folder):
    for path, module, names in imports_of(ROOT / "plugins" / folder):
        public = getattr(importlib.import_module(module), "__all__", None)
        for name in names:
            if public is None or name not in public:  # a room is public when it says what of it is
                room = importlib.import_module(f"{module}.{name}")
                assert hasattr(room, "__all__"), f"{path}: {module}.{name}"


@pytest.mark.once
@pytest.mark.parametrize("module", ["pendopo", "pendopo.db", "pendopo.http", "pendopo.i18n", "pendopo.live", "pendopo.outbox", "pendopo.jobs", "pendopo.identity"])
def test_public_names_exist(module):
    room = importlib.import_module(module)

    assert all(hasattr(room, name) for name in room.__all__)


def test_every_history_goes_up_down_and_up_and_touches_no_other(portal):
    engine = portal.db.engine
    for history in migrate.histories(portal.host)[1:]:
        others = {table for table in look(engine).get_table_names() if not table.startswith(history.prefix)}
        migrate.downgrade(engine, history)
        left = set(look(engine).get_table_names())
        assert not [table for table in left if table.startswith(history.prefix)], history.name
        assert others <= left
        assert migrate.upgrade(engine, history)
        assert migrate.current(engine, history) == migrate.head(history)


def test_the_core_goes_down_and_up_again(portal):
    engine = portal.db.engine
    for history in reversed(migrate.histories(portal.host)):
        migrate.downgrade(engine, history)
    assert all(table.startswith("alembic_") for table in look(engine).get_table_names())
    migrate.migrate_all(engine, portal.host)

    assert migrate.current(engine, migrate.CORE_HISTORY) == migrate.head(migrate.CORE_HISTORY)
    assert migrate.migrate_all(engine, portal.host)["core"] == []


def test_a_failing_migration_breaks_its_plugin_and_leaves_the_others(portal, contoh, contoh_importable, tmp_path):
    from pendopo.plugins import PluginHost

    host = PluginHost()
    host.load(entry_points=[contoh_importable])
    host.plugins["gawe_contoh"].broken = ""
    broken = migrate.History("gawe_contoh", tmp_path)
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "one.py").write_text('revision = "a"\ndown_revision = None\ndef upgrade():\n    raise RuntimeError("gagal")\ndef downgrade():\n    pass\n')
    histories = migrate.histories
    try:
        migrate.histories = lambda host: [migrate.CORE_HISTORY, broken]
        done = migrate.migrate_all(portal.db.engine, host)
    finally:
        migrate.histories = histories

    assert list(done) == ["core"]
    assert host.plugins["gawe_contoh"].broken == "migration: RuntimeError: gagal"
    assert migrate.migrate_all(portal.db.engine, host) == {"core": []}

"""One Alembic history and version table per plugin (`alembic_<name>`), run in the plugins' order.

A plugin keeps its revisions in `<package>/migrations/versions/` and needs nothing else: environment and configuration
are given here. Removing a plugin leaves its tables alone. No foreign key leads from one plugin to another, only to core.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, text

from .db import Base, table_prefix

if TYPE_CHECKING:
    from .plugins import PluginHost

CORE = "core"


@dataclass(frozen=True)
class History:
    """The migrations of the core or of one plugin."""

    name: str
    folder: Path

    @property
    def version_table(self) -> str:
        return f"alembic_{self.name}"

    @property
    def prefix(self) -> str:
        return table_prefix(self.name)


CORE_HISTORY = History(CORE, Path(__file__).parent / "migrations")


def histories(host: PluginHost) -> list[History]:
    """The core's history, then each plugin's that has one."""
    found = [CORE_HISTORY]
    for plugin in host:
        if not plugin.builtin and plugin.folder and (plugin.folder / "migrations" / "versions").is_dir():
            found.append(History(plugin.name, plugin.folder / "migrations"))
    return found


def _run(engine: Engine, history: History, command: str, target: str) -> list[str]:
    """Run `command` (upgrade or downgrade) to `target`; return the revisions stepped through."""
    from alembic.config import Config
    from alembic.migration import MigrationContext
    from alembic.operations import Operations
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(history.folder).replace("%", "%%"))
    config.set_main_option("version_locations", str(history.folder / "versions").replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    script = ScriptDirectory.from_config(config)
    steps: list[str] = []
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":  # batch mode rebuilds tables: foreign keys must rest meanwhile
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.commit()
        else:
            connection.execute(text("SELECT pg_advisory_lock(7403604)"))
            connection.commit()
        try:
            context = MigrationContext.configure(
                connection,
                opts={
                    "version_table": history.version_table,
                    "target_metadata": Base.metadata,
                    "render_as_batch": True,
                    "fn": lambda rev, ctx: _remembering(script, command, target, rev, steps),
                },
            )
            with context.begin_transaction(), Operations.context(context):
                context.run_migrations()
            connection.commit()
        finally:
            connection.rollback()
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA foreign_keys=ON")
            else:
                connection.execute(text("SELECT pg_advisory_unlock(7403604)"))
                connection.commit()
    return steps


def _remembering(script, command: str, target: str, rev, steps: list[str]):
    plan = script._upgrade_revs(target, rev) if command == "upgrade" else script._downgrade_revs(target, rev)
    steps += [step.revision.revision for step in plan]
    return plan


def upgrade(engine: Engine, history: History, target: str = "heads") -> list[str]:
    return _run(engine, history, "upgrade", target)


def downgrade(engine: Engine, history: History, target: str = "base") -> list[str]:
    return _run(engine, history, "downgrade", target)


def current(engine: Engine, history: History) -> str:
    """The revision that the database stands at, or "" before the first."""
    from alembic.migration import MigrationContext

    with engine.connect() as connection:
        heads = MigrationContext.configure(connection, opts={"version_table": history.version_table}).get_current_heads()
    return ", ".join(heads)


def head(history: History) -> str:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(history.folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return ", ".join(ScriptDirectory.from_config(config).get_heads())


def migrate_all(engine: Engine, host: PluginHost) -> dict[str, list[str]]:
    """Bring everything up to date. A plugin whose migration fails is marked broken; the others go on.

    The core's failure is raised: without its tables there is no portal.
    """
    done: dict[str, list[str]] = {}
    for history in histories(host):
        if history.name == CORE:
            done[CORE] = upgrade(engine, history)
            continue
        plugin = host.plugins[history.name]
        if plugin.broken:
            continue
        try:
            done[history.name] = upgrade(engine, history)
        except Exception as error:  # noqa: BLE001
            host.mark_broken(plugin, "migration", error)
    return done


def import_models(host: PluginHost) -> None:
    """Import every plugin's tables, so that `Base.metadata` is complete."""
    for plugin in host:
        if plugin.module is None or plugin.builtin:
            continue
        try:
            importlib.import_module(f"{plugin.package}.models")
        except ModuleNotFoundError as error:
            if error.name != f"{plugin.package}.models":
                host.mark_broken(plugin, "import", error)
        except Exception as error:  # noqa: BLE001
            host.mark_broken(plugin, "import", error)

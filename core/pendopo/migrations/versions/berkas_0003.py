"""What was told to be near its deadline has an index of its own, and PostgreSQL keeps the words of a matter beside it.

To compute the words of ten thousand rows again for every search took longer than everything else on the page; and of
`(due_at IS NULL)` PostgreSQL makes something else, for which it finds no index.
"""

from alembic import op

revision = "berkas_0003"
down_revision = "berkas_0002"
branch_labels = None
depends_on = None

URGENCY = "(CASE clock WHEN 'run' THEN 0 WHEN 'pause' THEN 1 ELSE 2 END)"
WORDS = "to_tsvector('simple', regexp_replace(title || ' ' || register, '[^[:alnum:]]+', ' ', 'g'))"
NEVER_DUE = "(CASE WHEN due_at IS NULL THEN 1 ELSE 0 END)"
REST = "due_at, id, kind, opd_id, officer_id, kecamatan_code, state, warn_at, clock"


def _run(*statements: str) -> None:
    for statement in statements:
        op.get_bind().exec_driver_sql(statement)


def upgrade() -> None:
    _run(
        "DROP INDEX ix_core_berkas_urgent",
        f"CREATE INDEX ix_core_berkas_urgent ON core_berkas (is_open, {URGENCY}, {NEVER_DUE}, {REST})",
        f"CREATE INDEX ix_core_berkas_near ON core_berkas (is_open, {URGENCY}, {NEVER_DUE}, due_at, id) WHERE escalation = 1",
    )
    if op.get_bind().dialect.name == "postgresql":
        _run(
            "DROP INDEX ix_core_berkas_words",
            f"ALTER TABLE core_berkas ADD COLUMN words tsvector GENERATED ALWAYS AS ({WORDS}) STORED",
            "CREATE INDEX ix_core_berkas_words ON core_berkas USING gin (words)",
        )


def downgrade() -> None:
    _run(
        "DROP INDEX ix_core_berkas_near",
        "DROP INDEX ix_core_berkas_urgent",
        f"CREATE INDEX ix_core_berkas_urgent ON core_berkas (is_open, {URGENCY}, (due_at IS NULL), {REST})",
    )
    if op.get_bind().dialect.name == "postgresql":
        _run("ALTER TABLE core_berkas DROP COLUMN words", f"CREATE INDEX ix_core_berkas_words ON core_berkas USING gin ({WORDS})")

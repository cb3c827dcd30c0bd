"""A desk of a hundred thousand matters: its orders are indexes, and words are found without reading every title.

SQLite keeps the words in a table of its own (FTS5) that three triggers renew; whoever rebuilds core_berkas must make the
triggers again. PostgreSQL keeps them in an index over an expression.
"""

from alembic import op

revision = "berkas_0002"
down_revision = "appointments_0001"
branch_labels = None
depends_on = None

URGENCY = "(CASE clock WHEN 'run' THEN 0 WHEN 'pause' THEN 1 ELSE 2 END)"
INDEXES = {
    "urgent": f"is_open, {URGENCY}, (due_at IS NULL), due_at, id, kind, opd_id, officer_id, kecamatan_code, state, warn_at, clock",
    "state": "is_open, kind, state, opd_id, officer_id, clock",
    "opened": "is_open, opened_at, id, kind, opd_id, officer_id",
    "closed": "is_open, closed_at, id, kind, opd_id, officer_id",
}
WORDS = "to_tsvector('simple', regexp_replace(title || ' ' || register, '[^[:alnum:]]+', ' ', 'g'))"
OLD = "INSERT INTO core_berkas_words(core_berkas_words, rowid, title, register) VALUES ('delete', old.id, old.title, old.register);"
NEW = "INSERT INTO core_berkas_words(rowid, title, register) VALUES (new.id, new.title, new.register);"
TRIGGERS = {"ai": f"AFTER INSERT ON core_berkas BEGIN {NEW} END", "ad": f"AFTER DELETE ON core_berkas BEGIN {OLD} END",
            "au": f"AFTER UPDATE OF title, register ON core_berkas BEGIN {OLD} {NEW} END"}


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    for name, columns in INDEXES.items():
        run(f"CREATE INDEX ix_core_berkas_{name} ON core_berkas ({columns})")
    if not _is_sqlite():
        run(f"CREATE INDEX ix_core_berkas_words ON core_berkas USING gin ({WORDS})")
        return
    run("CREATE VIRTUAL TABLE core_berkas_words USING fts5(title, register, content='core_berkas', content_rowid='id')")
    run("INSERT INTO core_berkas_words(core_berkas_words) VALUES ('rebuild')")
    for name, what in TRIGGERS.items():
        run(f"CREATE TRIGGER core_berkas_words_{name} {what}")


def downgrade() -> None:
    run = op.get_bind().exec_driver_sql
    if _is_sqlite():
        for name in TRIGGERS:
            run(f"DROP TRIGGER core_berkas_words_{name}")
        run("DROP TABLE core_berkas_words")
    else:
        run("DROP INDEX ix_core_berkas_words")
    for name in INDEXES:
        run(f"DROP INDEX ix_core_berkas_{name}")

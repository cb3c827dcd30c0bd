"""A paper that lay in nobody's wallet may get its holder, once: a school applied, and its pupil has an account now."""

from alembic import op

revision = "documents_0003"
down_revision = "documents_0002"
branch_labels = None
depends_on = None

REFUSAL = "a paper never changes"
FIXED = (
    "token", "plugin", "kind", "title", "number", "opd_id", "berkas_id", "ref", "signing", "dated", "issued_at", "issued_by", "valid_from", "valid_until",
    "replaces_id",
)
TRIGGER = "core_document_sealed"


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _changed(*columns: str) -> str:
    differs = "IS NOT" if _is_sqlite() else "IS DISTINCT FROM"
    return "(" + " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns) + ")"


def _refuse(holder: str) -> None:
    """`holder`: when it may not change, beside that it may always go."""
    text = "" if _is_sqlite() else "::text"
    changed = " OR ".join((
        _changed(*FIXED),
        f"(OLD.sealed_at IS NOT NULL AND {_changed('sha256', 'sealed_at')})",
        f"(OLD.status IN ('diganti', 'dicabut') AND {_changed('status', 'reason', 'closed_at')})",
        "(OLD.sealed_at IS NOT NULL AND NEW.status = 'menunggu')",
        f"(OLD.data{text} <> NEW.data{text} AND NEW.data{text} <> '{{}}')",
        f"(NEW.holder_id IS NOT NULL AND {_changed('holder_id')} AND {holder.format(text=text)})",
    ))
    if _is_sqlite():
        op.execute(f"DROP TRIGGER {TRIGGER}")
        op.execute(f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON core_document WHEN {changed} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
        return
    op.execute(f"DROP TRIGGER {TRIGGER} ON core_document")
    op.execute(f"CREATE TRIGGER {TRIGGER} BEFORE UPDATE ON core_document FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION core_document_refuse()")


def upgrade() -> None:
    _refuse("(OLD.holder_id IS NOT NULL OR OLD.data{text} = '{{}}')")


def downgrade() -> None:
    _refuse("1 = 1")

"""Papers, their signatures and their number books. Sealed papers never change, in the database too."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "documents_0001"
down_revision = "identity_0002"
branch_labels = None
depends_on = None

REFUSAL = "a paper never changes"
FIXED = (
    "token", "plugin", "kind", "title", "number", "opd_id", "berkas_id", "ref", "signing", "dated", "issued_at", "issued_by", "valid_from", "valid_until",
    "replaces_id",
)
SEALED = ("sha256", "sealed_at")
SIGNED = ("document_id", "place", "by_hand", "jabatan_id", "account_id", "name", "post", "nip", "signed_at", "sha256", "certificate")


def upgrade() -> None:
    op.create_table(
        "core_document",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("token", sa.String(40), nullable=False, unique=True),
        sa.Column("plugin", sa.String(60), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("number", sa.String(120), nullable=False),
        sa.Column("opd_id", sa.Integer, sa.ForeignKey("core_opd.id")),
        sa.Column("holder_id", sa.Integer, sa.ForeignKey("core_account.id")),
        sa.Column("berkas_id", sa.Integer, sa.ForeignKey("core_berkas.id"), index=True),
        sa.Column("ref", sa.Integer),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("signing", sa.String(10), nullable=False),
        sa.Column("data", sa.JSON, nullable=False),
        sa.Column("dated", sa.Date, nullable=False),
        sa.Column("issued_at", TimestampUTC, nullable=False),
        sa.Column("issued_by", sa.Integer),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_until", sa.Date),
        sa.Column("replaces_id", sa.Integer, sa.ForeignKey("core_document.id"), unique=True),
        sa.Column("sha256", sa.String(64), nullable=False, index=True),
        sa.Column("sealed_at", TimestampUTC),
        sa.Column("closed_at", TimestampUTC),
        sa.UniqueConstraint("plugin", "kind", "number"),
    )
    op.create_index("ix_core_document_holder", "core_document", ["holder_id", "issued_at"])
    op.create_index("ix_core_document_ref", "core_document", ["plugin", "kind", "ref"])
    op.create_table(
        "core_document_signature",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("document_id", sa.Integer, sa.ForeignKey("core_document.id"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("by_hand", sa.Boolean, nullable=False),
        sa.Column("jabatan_id", sa.Integer, sa.ForeignKey("core_jabatan.id")),
        sa.Column("account_id", sa.Integer, sa.ForeignKey("core_account.id")),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("post", sa.String(200), nullable=False),
        sa.Column("nip", sa.String(18), nullable=False),
        sa.Column("signed_at", TimestampUTC),
        sa.Column("sha256", sa.String(64), nullable=False, index=True),
        sa.Column("certificate", sa.String(300), nullable=False),
        sa.UniqueConstraint("document_id", "place"),
    )
    op.create_index("ix_core_document_signature_desk", "core_document_signature", ["jabatan_id", "signed_at"])
    op.create_table(
        "core_document_book",
        sa.Column("plugin", sa.String(60), primary_key=True),
        sa.Column("kind", sa.String(120), primary_key=True),
        sa.Column("opd_id", sa.Integer, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    _refuse("core_document", _document_changed())
    _refuse("core_document_signature", _signature_changed())


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _changed(columns: tuple[str, ...]) -> str:
    differs = "IS NOT" if _is_sqlite() else "IS DISTINCT FROM"
    return "(" + " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns) + ")"


def _document_changed() -> str:
    """What of a paper may not change: its words, its file once sealed, its end; data and holder may only go."""
    text = "" if _is_sqlite() else "::text"
    return " OR ".join((
        _changed(FIXED),
        f"(OLD.sealed_at IS NOT NULL AND {_changed(SEALED)})",
        f"(OLD.status IN ('diganti', 'dicabut') AND {_changed(('status', 'reason', 'closed_at'))})",
        "(OLD.sealed_at IS NOT NULL AND NEW.status = 'menunggu')",
        f"(OLD.data{text} <> NEW.data{text} AND NEW.data{text} <> '{{}}')",
        f"(NEW.holder_id IS NOT NULL AND {_changed(('holder_id',))})",
    ))


def _signature_changed() -> str:
    return f"(OLD.signed_at IS NOT NULL AND {_changed(SIGNED)})"


def _refuse(table: str, changed: str) -> None:
    if _is_sqlite():
        op.execute(f"CREATE TRIGGER {table}_sealed BEFORE UPDATE ON {table} WHEN {changed} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
        op.execute(f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
        return
    op.execute(f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$")
    op.execute(f"CREATE TRIGGER {table}_sealed BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION {table}_refuse()")
    op.execute(f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_refuse()")


def downgrade() -> None:
    for table in ("core_document_book", "core_document_signature", "core_document"):
        op.drop_table(table)
    if not _is_sqlite():
        for table in ("core_document_signature", "core_document"):
            op.execute(f"DROP FUNCTION {table}_refuse()")

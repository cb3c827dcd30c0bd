"""Bills, payments, the ledger, excess, tills and bank statements."""

import sqlalchemy as sa
from alembic import op

from pendopo.db import TimestampUTC

revision = "payments_0001"
down_revision = "documents_0001"
branch_labels = None
depends_on = None

REFUSAL = "core_ledger is append-only"
TABLES = (
    "core_bank_contact", "core_snap_call", "core_bank_line", "core_bank_statement", "core_cash_closing", "core_excess", "core_ledger", "core_payment",
    "core_payment_request", "core_bill",
)


def money(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def text(name: str, length: int, *, nullable: bool = False, **options) -> sa.Column:
    return sa.Column(name, sa.String(length), nullable=nullable, **options)


def number(name: str, *, nullable: bool = True, **options) -> sa.Column:
    return sa.Column(name, sa.Integer, nullable=nullable, **options)


def to(name: str, target: str, *, nullable: bool = False, **options) -> sa.Column:
    return sa.Column(name, sa.Integer, sa.ForeignKey(f"{target}.id"), nullable=nullable, **options)


def when(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, TimestampUTC, nullable=nullable)


def key() -> sa.Column:
    return sa.Column("id", sa.Integer, primary_key=True)


def upgrade() -> None:
    _bills()
    _ledger()
    _treasury()
    _bank()


def _bills() -> None:
    op.create_table(
        "core_bill",
        key(), text("kode_bayar", 12, unique=True), text("key", 200, unique=True), text("kind", 60), text("plugin", 60), number("ref", nullable=False),
        text("account", 40), text("penalty_account", 40), money("amount"), to("payer_id", "core_account", nullable=True), text("payer_name", 160),
        text("desc", 300), sa.Column("due", sa.Date),
        to("opd_id", "core_opd", nullable=True), text("status", 20), when("created_at"), when("expires_at", nullable=True), when("closed_at", nullable=True),
        text("reason", 300), when("paid_at", nullable=True), money("paid_amount", nullable=True), money("paid_penalty", nullable=True),
        text("ntpd", 16, nullable=True, unique=True), money("refunded"), sa.CheckConstraint("amount > 0", name="amount"),
    )
    op.create_index("ix_core_bill_payer", "core_bill", ["payer_id", "status", "due"])
    op.create_index("ix_core_bill_ref", "core_bill", ["kind", "ref"])
    op.create_index("ix_core_bill_due", "core_bill", ["status", "due"])
    op.create_index("ix_core_bill_expiry", "core_bill", ["status", "expires_at"])
    op.create_table(
        "core_payment_request",
        key(), to("bill_id", "core_bill"), text("way", 10), text("provider", 30), money("amount"), money("penalty"), text("status", 10),
        text("reference", 64), sa.Column("content", sa.Text, nullable=False), when("created_at"), when("expires_at"),
    )
    op.create_index("ix_core_payment_request_bill", "core_payment_request", ["bill_id", "way"])
    op.create_table(
        "core_payment",
        key(), to("bill_id", "core_bill", index=True), text("kode_bayar", 12), text("ref_bank", 64, index=True), text("way", 10), text("provider", 30),
        money("amount"), when("paid_at"), when("received_at"), text("outcome", 20), to("officer_id", "core_account", nullable=True, index=True),
        number("line_id", unique=True), sa.UniqueConstraint("kode_bayar", "ref_bank"), sa.CheckConstraint("amount > 0", name="amount"),
    )
    op.create_index("ix_core_payment_open", "core_payment", ["way", "line_id", "paid_at"])


def _ledger() -> None:
    op.create_table(
        "core_ledger",
        key(), text("entry", 60), sa.Column("day", sa.Date, nullable=False), when("at"), text("debit", 40), text("credit", 40), money("amount"),
        text("text", 200), number("actor_id"), sa.UniqueConstraint("entry", "debit", "credit"), sa.CheckConstraint("amount > 0", name="amount"),
        sa.CheckConstraint("debit <> credit", name="accounts"),
    )
    op.create_index("ix_core_ledger_debit", "core_ledger", ["debit", "day"])
    op.create_index("ix_core_ledger_credit", "core_ledger", ["credit", "day"])
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER core_ledger_no_{verb.lower()} BEFORE {verb} ON core_ledger BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
        return
    op.execute(f"CREATE FUNCTION core_ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$")
    op.execute("CREATE TRIGGER core_ledger_append_only BEFORE UPDATE OR DELETE ON core_ledger FOR EACH ROW EXECUTE FUNCTION core_ledger_refuse()")


def _treasury() -> None:
    op.create_table(
        "core_excess",
        key(), to("bill_id", "core_bill", index=True), to("payment_id", "core_payment", nullable=True), text("key", 200, unique=True), money("amount"),
        text("reason", 20), text("note", 300), text("status", 20), when("created_at"), text("bank", 60), text("account_number", 40), text("account_name", 160),
        number("proposed_by"), when("proposed_at", nullable=True), number("approved_by"), when("approved_at", nullable=True), number("sent_by"),
        when("sent_at", nullable=True), text("ref_bank", 64), number("line_id", unique=True), sa.CheckConstraint("amount > 0", name="amount"),
    )
    op.create_index("ix_core_excess_status", "core_excess", ["status", "created_at"])
    op.create_table(
        "core_cash_closing",
        key(), to("officer_id", "core_account"), sa.Column("day", sa.Date, nullable=False), number("payments", nullable=False), money("expected"),
        money("counted"), text("note", 300), text("sts", 30, unique=True), when("closed_at"), number("line_id", unique=True),
        sa.UniqueConstraint("officer_id", "day"),
    )


def _bank() -> None:
    op.create_table(
        "core_bank_statement",
        key(), text("sha256", 64, unique=True), text("filename", 160), text("account", 40), sa.Column("first_day", sa.Date, nullable=False),
        sa.Column("last_day", sa.Date, nullable=False), money("closing", nullable=True), number("uploaded_by"), when("uploaded_at"),
    )
    op.create_table(
        "core_bank_line",
        key(), to("statement_id", "core_bank_statement", index=True), text("key", 64, unique=True), sa.Column("day", sa.Date, nullable=False), money("amount"),
        text("ref_bank", 64, index=True), text("text", 300), text("kode_bayar", 12), text("status", 20),
        when("asked_at", nullable=True),
    )
    op.create_index("ix_core_bank_line_status", "core_bank_line", ["status", "day"])
    op.create_table(
        "core_snap_call",
        key(), text("client_id", 64), sa.Column("day", sa.Date, nullable=False), text("external_id", 64), text("path", 120), text("body_sha256", 64),
        number("status", nullable=False), sa.Column("answer", sa.JSON, nullable=False), when("at"), sa.UniqueConstraint("client_id", "day", "external_id"),
    )
    op.create_table(
        "core_bank_contact", sa.Column("provider", sa.String(30), primary_key=True), when("at"), sa.Column("ok", sa.Boolean, nullable=False),
        text("detail", 300),
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER core_ledger_no_{verb}")
    else:
        op.execute("DROP TRIGGER core_ledger_append_only ON core_ledger")
        op.execute("DROP FUNCTION core_ledger_refuse()")
    for table in TABLES:
        op.drop_table(table)

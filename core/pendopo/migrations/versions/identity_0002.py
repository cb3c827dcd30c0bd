"""The audit trail is append-only in the database too, and its end is sealed."""

import sqlalchemy as sa
from alembic import op

revision = "identity_0002"
down_revision = "host_0001"
branch_labels = None
depends_on = None

REFUSAL = "core_audit is append-only"


def upgrade() -> None:
    op.create_table(
        "core_audit_seal",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("seal", sa.String(64), nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER core_audit_no_{verb.lower()} BEFORE {verb} ON core_audit BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
        return
    op.execute(f"CREATE FUNCTION core_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$")
    op.execute("CREATE TRIGGER core_audit_append_only BEFORE UPDATE OR DELETE ON core_audit FOR EACH ROW EXECUTE FUNCTION core_audit_refuse()")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete"):
            op.execute(f"DROP TRIGGER core_audit_no_{verb}")
    else:
        op.execute("DROP TRIGGER core_audit_append_only ON core_audit")
        op.execute("DROP FUNCTION core_audit_refuse()")
    op.drop_table("core_audit_seal")

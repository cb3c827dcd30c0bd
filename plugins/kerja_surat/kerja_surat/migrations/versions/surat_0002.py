"""Letters that went out are papers of the documents room."""

import sqlalchemy as sa
from alembic import op

revision = "surat_0002"
down_revision = "surat_0001"
branch_labels = None
depends_on = None

GONE = ("signer_name", "signer_post", "signer_nip", "token", "sha256")


def upgrade() -> None:
    with op.batch_alter_table("kerja_surat_keluar") as table:
        for column in GONE:
            table.drop_column(column)
        table.add_column(sa.Column("document_id", sa.Integer))
        table.create_foreign_key("fk_kerja_surat_keluar_document", "core_document", ["document_id"], ["id"])
        table.create_index("ix_kerja_surat_keluar_document_id", ["document_id"])


def downgrade() -> None:
    with op.batch_alter_table("kerja_surat_keluar", reflect_kwargs={"resolve_fks": False}) as table:  # only this table is read
        table.drop_index("ix_kerja_surat_keluar_document_id")
        table.drop_constraint("fk_kerja_surat_keluar_document", type_="foreignkey")
        table.drop_column("document_id")
        table.add_column(sa.Column("token", sa.String(40)))
        for column, length in (("signer_name", 200), ("signer_post", 200), ("signer_nip", 18), ("sha256", 64)):
            table.add_column(sa.Column(column, sa.String(length), nullable=False, server_default=""))
        table.create_unique_constraint("uq_kerja_surat_keluar_token", ["token"])

"""Facts are chained, branches stay"""

import sqlalchemy as sa
from alembic import op

from records.types import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("deals") as deals:
        deals.add_column(sa.Column("head", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("facts") as facts:
        facts.add_column(sa.Column("digest", sa.String(), nullable=False, server_default=""))
        facts.add_column(sa.Column("prev", sa.String(), nullable=False, server_default=""))
    with op.batch_alter_table("lines") as lines:
        lines.add_column(sa.Column("told_at", Moment(), nullable=True))
    op.execute("UPDATE lines SET told_at = (SELECT updated_at FROM deals WHERE deals.number = lines.deal)")

    with op.batch_alter_table("deals") as deals:
        deals.alter_column("head", server_default=None)
    with op.batch_alter_table("facts") as facts:
        facts.drop_constraint("pk_facts", type_="primary")
        facts.create_primary_key("pk_facts", ["deal", "seq", "digest"])
        facts.alter_column("digest", server_default=None)
        facts.alter_column("prev", server_default=None)
    with op.batch_alter_table("lines") as lines:
        lines.alter_column("told_at", existing_type=Moment(), nullable=False)


def downgrade() -> None:
    """Keeps of each fact's place one branch."""
    op.execute(
        "DELETE FROM facts WHERE EXISTS (SELECT 1 FROM facts AS other"
        " WHERE other.deal = facts.deal AND other.seq = facts.seq AND other.digest > facts.digest)"
    )
    with op.batch_alter_table("lines") as lines:
        lines.drop_column("told_at")
    with op.batch_alter_table("facts") as facts:
        facts.drop_constraint("pk_facts", type_="primary")
        facts.create_primary_key("pk_facts", ["deal", "seq"])
        facts.drop_column("prev")
        facts.drop_column("digest")
    with op.batch_alter_table("deals") as deals:
        deals.drop_column("head")

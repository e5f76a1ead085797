"""deferred writes"""

import sqlalchemy as sa
from alembic import op

from records.types import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deferred_writes",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deal", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_deferred_writes")),
    )
    with op.batch_alter_table("deferred_writes", schema=None) as batch_op:
        batch_op.create_index("ix_deferred_writes_due_at", ["due_at"], unique=False)
        batch_op.create_index("ux_deferred_writes_deal_key", ["deal", "key"], unique=True)


def downgrade() -> None:
    op.drop_table("deferred_writes")

"""what is escalated"""

import sqlalchemy as sa
from alembic import op

from records.types import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("open_items", schema=None) as batch_op:
        batch_op.add_column(sa.Column("escalated_at", Moment(), nullable=True))
        batch_op.add_column(sa.Column("escalated_to", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("seen_until", Moment(), nullable=True))
        batch_op.create_index(
            batch_op.f("ix_open_items_escalated_to_due_at"), ["escalated_to", "due_at"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("open_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_open_items_escalated_to_due_at"))
        batch_op.drop_column("seen_until")
        batch_op.drop_column("escalated_to")
        batch_op.drop_column("escalated_at")

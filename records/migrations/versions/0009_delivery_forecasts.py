"""when deliveries are promised and expected"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lines", sa.Column("promised_on", sa.Date(), nullable=True))
    op.add_column("lines", sa.Column("expected_on", sa.Date(), nullable=True))
    op.add_column("lines", sa.Column("late_days", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    for column in ("late_days", "expected_on", "promised_on"):
        op.drop_column("lines", column)

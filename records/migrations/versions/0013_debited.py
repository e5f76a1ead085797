"""the day on which a bank payment left its payer's account"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bank_payments", sa.Column("debited", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("bank_payments", "debited")

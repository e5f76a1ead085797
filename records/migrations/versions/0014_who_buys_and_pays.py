"""who buys and who pays, by their numbers"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deals", sa.Column("known_by", sa.String(), nullable=True))
    op.add_column("deals", sa.Column("payer_inn", sa.String(), nullable=True))
    op.execute("UPDATE deals SET known_by = inn")
    op.create_index("ix_deals_known_by", "deals", ["known_by"])


def downgrade() -> None:
    op.drop_index("ix_deals_known_by", "deals")
    for column in ("payer_inn", "known_by"):
        op.drop_column("deals", column)

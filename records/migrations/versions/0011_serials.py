"""serial numbers of goods that were accepted"""

import sqlalchemy as sa
from alembic import op

from records.types import Moment

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "serials",
        sa.Column("deal", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("good", sa.String(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["deal"], ["deals.number"], name="fk_serials_deals_deal"),
        sa.PrimaryKeyConstraint("deal", "line", "key", name="pk_serials"),
    )
    op.create_index("ix_serials_good_key", "serials", ["good", "key"])


def downgrade() -> None:
    op.drop_table("serials")

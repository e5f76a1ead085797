"""what a line is counted or measured in, and quantities with decimals"""

import sqlalchemy as sa
from alembic import op

from records.types import Much

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lines", sa.Column("unit", sa.String(), nullable=False, server_default="796"))
    if op.get_bind().dialect.name != "sqlite":  # whose columns take any number
        op.alter_column("lines", "quantity", type_=Much(), existing_nullable=False)
        op.alter_column("lines", "unit", server_default=None)


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("lines", "quantity", type_=sa.Integer(), existing_nullable=False)
    op.drop_column("lines", "unit")

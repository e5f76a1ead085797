"""bank payments that no deal took, and what payments go by"""

import sqlalchemy as sa
from alembic import op

from records.types import Moment, Money

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bank_payments",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("kind", "key", "order_key")),
        sa.Column("amount", Money(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("document_date", sa.Date(), nullable=True),
        sa.Column("payer", sa.String(), nullable=False),
        sa.Column("payer_inn", sa.String(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("named", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=True),
        sa.Column("reverses", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("candidates", sa.Text(), nullable=False),
        sa.Column("deal", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_bank_payments")),
    )
    op.create_index("ux_bank_payments_kind_key_named", "bank_payments", ["kind", "key", "named"], unique=True)
    op.create_index("ix_bank_payments_order_key", "bank_payments", ["order_key"])
    op.create_index("ix_bank_payments_status", "bank_payments", ["status", "seq"])
    for column in ("payer_inn", "account", "order_key"):
        op.add_column("payments", sa.Column(column, sa.String(), nullable=False, server_default=""))
    op.create_index("ix_payments_order_key", "payments", ["order_key"])


def downgrade() -> None:
    op.drop_index("ix_payments_order_key", "payments")
    for column in ("order_key", "account", "payer_inn"):
        op.drop_column("payments", column)
    op.drop_table("bank_payments")

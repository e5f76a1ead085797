"""The open items: one table where there were three ideas of what is open. `deal rebuild` fills it for deals told before."""

import sqlalchemy as sa
from alembic import op

from records.types import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "open_items",
        sa.Column("deal", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title_ru", sa.String(), nullable=False),
        sa.Column("title_en", sa.String(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["deal"], ["deals.number"], name=op.f("fk_open_items_deals")),
        sa.PrimaryKeyConstraint("deal", "line", "kind", "id", "role", "person", name=op.f("pk_open_items")),
    )
    with op.batch_alter_table("open_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_open_items_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_open_items_person_due_at"), ["person", "due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_open_items_role_deal"), ["role", "deal"], unique=False)

    with op.batch_alter_table("waits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_waits_person_deal"))
        batch_op.drop_index(batch_op.f("ix_waits_role_deal"))

    op.drop_table("waits")
    with op.batch_alter_table("asks", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_asks_open"), sqlite_where=sa.text("open"), postgresql_where=sa.text("open")
        )
        batch_op.drop_column("due_at")
        batch_op.drop_column("open")

    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.drop_index(
            batch_op.f("ix_assignments_open"), sqlite_where=sa.text("open"), postgresql_where=sa.text("open")
        )
        batch_op.drop_column("open")


def downgrade() -> None:
    with op.batch_alter_table("assignments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("open", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_index(
            batch_op.f("ix_assignments_open"),
            ["assignee", "due_at"],
            unique=False,
            sqlite_where=sa.text("open"),
            postgresql_where=sa.text("open"),
        )

    with op.batch_alter_table("asks", schema=None) as batch_op:
        batch_op.add_column(sa.Column("open", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("due_at", Moment(), nullable=False, server_default="1970-01-01"))
        batch_op.create_index(
            batch_op.f("ix_asks_open"),
            ["person", "due_at"],
            unique=False,
            sqlite_where=sa.text("open"),
            postgresql_where=sa.text("open"),
        )

    op.create_table(
        "waits",
        sa.Column("deal", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["deal"], ["deals.number"], name=op.f("fk_waits_deals")),
        sa.PrimaryKeyConstraint("deal", "line", "role", "person", name=op.f("pk_waits")),
    )
    with op.batch_alter_table("waits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_waits_role_deal"), ["role", "deal"], unique=False)
        batch_op.create_index(batch_op.f("ix_waits_person_deal"), ["person", "deal"], unique=False)

    with op.batch_alter_table("open_items", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_open_items_role_deal"))
        batch_op.drop_index(batch_op.f("ix_open_items_person_due_at"))
        batch_op.drop_index(batch_op.f("ix_open_items_due_at"))

    op.drop_table("open_items")

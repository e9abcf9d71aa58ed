"""Create runs"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("vehicle", sa.String(120), nullable=False),
        sa.Column("peak_power_kw", sa.Float(), nullable=False),
        sa.Column("peak_torque_nm", sa.Float(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.func.now(),
            nullable=False,
        ),
        sa.CheckConstraint("peak_power_kw > 0", name=op.f("ck_runs_peak_power_kw_positive")),
        sa.CheckConstraint("peak_torque_nm > 0", name=op.f("ck_runs_peak_torque_nm_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_runs")),
    )
    op.create_index(op.f("ix_runs_vehicle"), "runs", ["vehicle"])


def downgrade() -> None:
    op.drop_index(op.f("ix_runs_vehicle"), table_name="runs")
    op.drop_table("runs")

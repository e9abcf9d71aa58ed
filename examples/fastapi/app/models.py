from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, MetaData, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    # Names that a migration can drop again.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Run(Base):
    """One pull of a vehicle on the dynamometer."""

    __tablename__ = "runs"
    __table_args__ = (
        CheckConstraint("peak_power_kw > 0", name="peak_power_kw_positive"),
        CheckConstraint("peak_torque_nm > 0", name="peak_torque_nm_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vehicle: Mapped[str] = mapped_column(String(120), index=True)
    peak_power_kw: Mapped[float]
    peak_torque_nm: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())

"""Some runs to look at on a new machine: python -m app.seed"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import get_engine
from app.models import Run

RUNS = (
    ("Alpine A110", 185.0, 320.0),
    ("Mazda MX-5", 135.0, 205.0),
    ("Toyota GR Yaris", 206.0, 390.0),
)


def seed(session: Session) -> int:
    """Adds what is not there yet, and says how many were added."""
    known = set(session.scalars(select(Run.vehicle)))
    new = [run for run in RUNS if run[0] not in known]
    session.add_all(
        Run(vehicle=vehicle, peak_power_kw=power, peak_torque_nm=torque)
        for vehicle, power, torque in new
    )
    return len(new)


if __name__ == "__main__":
    with Session(get_engine()) as session, session.begin():
        print(f"{seed(session)} runs added")

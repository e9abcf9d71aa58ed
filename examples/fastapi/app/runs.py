from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, status
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import get_session
from app.models import Run
from app.schemas import NewRun, StoredRun

router = APIRouter(prefix="/runs", tags=["runs"])
DatabaseSession = Annotated[Session, Depends(get_session)]


@router.post("", status_code=status.HTTP_201_CREATED)
def create_run(new_run: NewRun, session: DatabaseSession) -> StoredRun:
    run = Run(**new_run.model_dump())
    session.add(run)
    session.flush()
    return StoredRun.model_validate(run)


@router.get("")
def list_runs(
    session: DatabaseSession,
    vehicle: str | None = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> list[StoredRun]:
    """The newest first."""
    query = select(Run).order_by(Run.id.desc()).limit(limit)
    if vehicle is not None:
        query = query.where(Run.vehicle == vehicle)
    return [StoredRun.model_validate(run) for run in session.scalars(query)]


@router.get("/{run_id}")
def read_run(run_id: int, session: DatabaseSession) -> StoredRun:
    run = session.get(Run, run_id)
    if run is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, f"There is no run {run_id}.")
    return StoredRun.model_validate(run)

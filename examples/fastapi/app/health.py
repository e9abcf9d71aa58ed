from typing import Annotated

from fastapi import APIRouter, Depends
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.database import get_session
from app.settings import Settings, get_settings

router = APIRouter(prefix="/health", tags=["health"])


@router.get("")
def health(settings: Annotated[Settings, Depends(get_settings)]) -> dict[str, str]:
    """For the load balancer: this process answers.

    It does not ask the database: where that is down for a minute, ECS must not replace every task.
    """
    return {"status": "ok", "version": settings.git_sha}


@router.get("/database")
def database_health(session: Annotated[Session, Depends(get_session)]) -> dict[str, str]:
    """For the check after a deploy: this process reaches the database."""
    session.execute(text("SELECT 1"))
    return {"status": "ok"}

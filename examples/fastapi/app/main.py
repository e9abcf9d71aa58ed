from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from prometheus_fastapi_instrumentator import Instrumentator

from app import health, runs
from app.settings import get_settings


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """A setting that is missing ends the start, not the first request."""
    get_settings()
    yield


app = FastAPI(title="dyno-agent", lifespan=lifespan)
app.include_router(health.router)
app.include_router(runs.router)
Instrumentator(excluded_handlers=["/health.*", "/metrics"]).instrument(app).expose(
    app, include_in_schema=False
)

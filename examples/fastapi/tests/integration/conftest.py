import pytest
from alembic import command
from alembic.config import Config
from fastapi.testclient import TestClient
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from app.database import get_engine, get_session
from app.main import app


def migrate(connection: Connection, revision: str) -> None:
    config = Config("alembic.ini")
    config.attributes["connection"] = connection
    if revision == "base":
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


@pytest.fixture
def connection():
    """A connection to an empty schema of the real database; all is undone after the test."""
    with get_engine().connect() as connection:
        transaction = connection.begin()
        connection.execute(text("CREATE SCHEMA test"))
        connection.execute(text("SET LOCAL search_path TO test"))
        yield connection
        transaction.rollback()


@pytest.fixture
def session(connection):
    migrate(connection, "head")
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        yield session


@pytest.fixture
def client(session):
    app.dependency_overrides[get_session] = lambda: session
    yield TestClient(app)
    app.dependency_overrides.clear()

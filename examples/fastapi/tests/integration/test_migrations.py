from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from app.models import Base
from tests.integration.conftest import migrate


def test_migrations_make_what_the_models_say(connection):
    migrate(connection, "head")
    context = MigrationContext.configure(connection)
    assert compare_metadata(context, Base.metadata) == []


def test_migrations_can_be_undone_and_done_again(connection):
    migrate(connection, "head")
    migrate(connection, "base")
    assert inspect(connection).get_table_names() == ["alembic_version"]
    migrate(connection, "head")
    assert "runs" in inspect(connection).get_table_names()

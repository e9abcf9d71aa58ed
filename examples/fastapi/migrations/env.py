from logging.config import fileConfig

from alembic import context

from app.database import get_engine
from app.models import Base

# The tests hand over a connection of their own.
connection = context.config.attributes.get("connection")

if connection is None and context.config.config_file_name is not None:
    fileConfig(context.config.config_file_name)


def migrate(connection) -> None:
    context.configure(connection=connection, target_metadata=Base.metadata)
    with context.begin_transaction():
        context.run_migrations()


if connection is not None:
    migrate(connection)
else:
    with get_engine().begin() as connection:
        # A second migration that starts meanwhile waits here, and then finds nothing to do.
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(8210)")
        migrate(connection)

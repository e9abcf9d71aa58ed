from functools import lru_cache

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import URL


class Settings(BaseSettings):
    """What the environment says. What has no default here stops the start if it is missing."""

    # What is said of a wrong setting goes to the log, where no password belongs.
    model_config = SettingsConfigDict(hide_input_in_errors=True)

    database_host: str
    database_port: int = 5432
    database_name: str
    database_user: str
    database_password: SecretStr
    # Amazon RDS refuses a connection without TLS; the database of compose.yaml has none.
    database_sslmode: str = "require"
    git_sha: str = "unknown"

    @property
    def database_url(self) -> URL:
        return URL.create(
            "postgresql+psycopg",
            username=self.database_user,
            password=self.database_password.get_secret_value(),
            host=self.database_host,
            port=self.database_port,
            database=self.database_name,
            query={"sslmode": self.database_sslmode, "connect_timeout": "5"},
        )


@lru_cache
def get_settings() -> Settings:
    return Settings()

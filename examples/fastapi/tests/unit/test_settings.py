import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from app.main import app
from app.settings import Settings, get_settings

COMPLETE = {
    "database_host": "localhost",
    "database_name": "dyno",
    "database_user": "dyno",
    "database_password": "p@ss/word",
}


def test_the_url_quotes_the_password():
    url = Settings(**COMPLETE).database_url
    assert url.password == "p@ss/word"
    assert "p%40ss%2Fword" in url.render_as_string(hide_password=False)


def test_the_password_is_not_printed():
    assert "p@ss/word" not in repr(Settings(**COMPLETE))


def test_the_connection_is_encrypted_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("DATABASE_SSLMODE", raising=False)
    assert Settings(**COMPLETE).database_url.query["sslmode"] == "require"


@pytest.mark.parametrize("name", COMPLETE)
def test_what_is_missing_stops_the_start(name, monkeypatch):
    for key, value in COMPLETE.items():
        monkeypatch.setenv(key.upper(), value)
    monkeypatch.delenv(name.upper())
    get_settings.cache_clear()
    with pytest.raises(ValidationError, match=name) as raised, TestClient(app):
        pass
    assert COMPLETE["database_password"] not in str(raised.value)

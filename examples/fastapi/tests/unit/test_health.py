from fastapi.testclient import TestClient

from app.main import app
from app.settings import Settings, get_settings

SETTINGS = Settings(
    database_host="localhost",
    database_name="dyno",
    database_user="dyno",
    database_password="p@ss/word",
    git_sha="4f9c2e1",
)


def test_health_needs_no_database():
    app.dependency_overrides[get_settings] = lambda: SETTINGS
    try:
        answer = TestClient(app).get("/health")
    finally:
        app.dependency_overrides.clear()
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "version": "4f9c2e1"}


def test_metrics_count_requests():
    client = TestClient(app)
    client.get("/nowhere")
    assert "http_requests_total" in client.get("/metrics").text

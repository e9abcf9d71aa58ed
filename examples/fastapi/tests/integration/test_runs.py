import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from app.models import Run
from app.seed import RUNS, seed

RUN = {"vehicle": "Mazda MX-5", "peak_power_kw": 135.0, "peak_torque_nm": 205.0}


def test_a_run_is_stored_and_read_back(client):
    created = client.post("/runs", json=RUN)
    assert created.status_code == 201
    stored = created.json()
    assert stored | RUN == stored
    assert client.get(f"/runs/{stored['id']}").json() == stored


def test_runs_come_newest_first_and_by_vehicle(client):
    for vehicle in ("Alpine A110", "Mazda MX-5", "Alpine A110"):
        client.post("/runs", json=RUN | {"vehicle": vehicle})
    ids = [run["id"] for run in client.get("/runs", params={"limit": 3}).json()]
    assert ids == sorted(ids, reverse=True)
    alpines = client.get("/runs", params={"vehicle": "Alpine A110"}).json()
    assert [run["vehicle"] for run in alpines] == ["Alpine A110", "Alpine A110"]


def test_a_run_that_is_not_there_is_a_404(client):
    assert client.get("/runs/2147483647").status_code == 404


def test_the_database_refuses_what_can_not_be(session):
    session.add(Run(vehicle="x", peak_power_kw=-1, peak_torque_nm=1))
    with pytest.raises(IntegrityError, match="ck_runs_peak_power_kw_positive"):
        session.flush()


def test_the_database_answers(client):
    assert client.get("/health/database").json() == {"status": "ok"}


def test_seeding_twice_adds_once(session):
    assert seed(session) == len(RUNS)
    assert seed(session) == 0
    assert session.scalar(select(func.count()).select_from(Run)) == len(RUNS)

import pytest
from pydantic import ValidationError

from app.schemas import NewRun

RUN = {"vehicle": "Mazda MX-5", "peak_power_kw": 135, "peak_torque_nm": 205}


@pytest.mark.parametrize(
    "wrong",
    [
        {"vehicle": ""},
        {"vehicle": "x" * 121},
        {"peak_power_kw": 0},
        {"peak_torque_nm": -1},
        {"peak_torque_nm": "much"},
    ],
)
def test_a_run_that_can_not_be_is_refused(wrong):
    with pytest.raises(ValidationError):
        NewRun(**RUN | wrong)


def test_a_run_is_taken_as_it_is():
    assert NewRun(**RUN).model_dump() == RUN

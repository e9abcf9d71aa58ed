from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, PositiveFloat


class NewRun(BaseModel):
    vehicle: str = Field(min_length=1, max_length=120)
    peak_power_kw: PositiveFloat
    peak_torque_nm: PositiveFloat


class StoredRun(NewRun):
    model_config = ConfigDict(from_attributes=True)

    id: int
    created_at: datetime

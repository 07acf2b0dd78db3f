"""What is answered, as models: frozen, and times in UTC."""

from datetime import UTC
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class Told(BaseModel):
    """What a system tells of one thing, as far as it's of interest."""

    model_config = ConfigDict(frozen=True)

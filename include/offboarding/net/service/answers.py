"""What is answered: models, frozen and with times in UTC; and whatever object stands in an answer."""

from datetime import UTC
from typing import Annotated, Any, cast

import httpx
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict

Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class Told(BaseModel):
    """What a system tells of one thing, as far as it's of interest."""

    model_config = ConfigDict(frozen=True)


def object_in(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object that an answer is; {} for anything else."""
    try:
        body = cast("object", answer.json())
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", body) if isinstance(body, dict) else {}

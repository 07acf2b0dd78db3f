"""Why nothing is begun by a form that was sent."""

from offboarding.model.errors import RetriableError


class AirflowAwayError(RetriableError):
    """It can't be asked, or answers what it shouldn't."""


class RefusedByAirflowError(Exception):
    """It begins no run, since what is given isn't what the DAG asks for."""


class SentBeforeError(Exception):
    """A run of this name was begun with something else: a form's token stands for what it was sent with first."""

    def __init__(self) -> None:
        super().__init__(
            "this form was sent already, with other content, and that stands. Here it is anew, with what you chose now:"
            " look at it, and send it if you mean this as well."
        )

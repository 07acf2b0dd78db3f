"""How many changes were pushed, kept in Airflow's database by the API server: outside the store, as anchor.py does.

A push is no event of the record. A copy of the store from before a push counts fewer, and a leaver may be active in it.
"""

from offboarding.model.errors import FatalError, RetriableError

PUSHES = "offboarding_pushes"
"""The variable."""
_DIGITS = 18
"""What a bigint holds at least."""


class PushesInAirflow:
    """The variable, for the API server, which alone may read Airflow's database itself."""

    def read(self) -> int | None:
        """Return the number; None before the first push.

        Raises RetriableError where Airflow's database can't be read, FatalError where the variable is no number.
        """
        from airflow.models.variable import Variable  # noqa: PLC0415 - only the API server is ever asked
        from airflow.utils.session import create_session  # noqa: PLC0415 - the same
        from sqlalchemy import select  # noqa: PLC0415 - the same
        from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - the same

        # Variable.get takes a database that does not answer for one without the variable.
        try:
            with create_session() as session:
                found = session.scalar(select(Variable).where(Variable.key == PUSHES))
                return None if found is None else read_changes(found.val)
        except SQLAlchemyError as error:
            raise _away() from error

    def write(self, changes: int) -> None:
        """Replace the number. Raises RetriableError where Airflow's database can't be written."""
        from airflow.models.variable import Variable  # noqa: PLC0415 - only the API server is ever asked
        from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - the same

        try:
            Variable.set(PUSHES, str(changes))
        except SQLAlchemyError as error:
            raise _away() from error


PUSHES_IN_AIRFLOW = PushesInAirflow()


def read_changes(text: str | None) -> int:
    """Return the number that the variable holds. Raises FatalError where it is none."""
    if text is None or not (text.isascii() and text.isdecimal()) or len(text) > _DIGITS:
        raise FatalError(f"Airflow's variable {PUSHES} holds no number. Remove it: the next push writes it again.")
    return int(text)


def _away() -> RetriableError:
    return RetriableError(f"Airflow's database does not answer, and its variable {PUSHES} is not compared or kept.")

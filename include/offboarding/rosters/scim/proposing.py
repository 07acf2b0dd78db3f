"""A first configuration of a roster that an identity provider pushes. Nothing has been pushed yet: people say it."""

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.rosters.scim.settings import COLUMNS
from offboarding.rosters.scim.tokens import digests

PATH = "/offboarding-scim/v2"
"""Of the endpoint, behind Airflow's own address."""
_NUMBERS = ("employeeNumber", "externalId")


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """Which attribute is the worker's number. Raises ConfigError for what nobody says, and for a connection that would
    let nobody push.
    """
    del where
    digests(connection, "init")
    question = "Which attribute of a user is HR's number of the worker"
    number = asker.choose("columns.worker_id", question, _NUMBERS, proposed=_NUMBERS[0], confirm=True)
    settings: dict[str, object] = {"coverage": "active"}
    if number != _NUMBERS[0]:
        columns = {name: text if isinstance(text, str) else list(text) for name, text in COLUMNS.items()}
        settings["columns"] = {**columns, "worker_id": number}
    return Proposal(
        settings=settings,
        notes=(
            f"The identity provider pushes to Airflow's own address and {PATH}, by a token of its own.",
            "Until it has pushed everybody, each night says so, and concludes nothing.",
        ),
    )

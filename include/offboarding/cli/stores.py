"""The store, for commands that need no more of the configuration than which it is."""

from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from offboarding import wiring
from offboarding.config import loading
from offboarding.config.loading import Loaded, StoreChoice
from offboarding.config.settings import STORE_CONNECTION
from offboarding.model.errors import ConfigError, OffboardingError
from offboarding.report.wording import COMMAND
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.runs import usable_rosters


class UnreachableError(Exception):
    """There is a store, and it can't be used now."""


@contextmanager
def reading_store() -> Generator[tuple[Session, str]]:
    """A session on the store, and the company's zone. Raises as `session_on`."""
    choice = loading.store_choice()
    with session_on(choice) as session:
        yield session, choice.time_zone


def nothing_yet() -> str:
    """The sentence for a store without any run: where we looked, and what fills it."""
    choice = loading.store_choice()
    store = f"the connection {STORE_CONNECTION}"
    if choice.store == "embedded":
        store = (
            f"{wiring.embedded_folder(choice)}, the store of {choice.path}. A file that was moved or copied has one of"
            " its own, by its path"
        )
    return (
        f"Nothing has been checked yet. Looked in {store}. Run `{COMMAND} nightly`, or the DAG offboarding_nightly;"
        " `make demo` checks an invented company."
    )


@contextmanager
def session_on(chosen: Loaded | StoreChoice) -> Generator[Session]:
    """A session on the store. Raises ConfigError where none is configured, UnreachableError where it can't be used."""
    with _reached(wiring.store(chosen)) as session:
        yield session


@contextmanager
def trial_on(loaded: Loaded) -> Generator[Session]:
    """A session on an empty schema beside the store's own, gone afterwards. Raises as `session_on`."""
    with _reached(wiring.trial_store(loaded)) as session:
        yield session


@contextmanager
def _reached(opening: AbstractContextManager[Session]) -> Generator[Session]:
    with ExitStack() as stack:
        try:
            session = stack.enter_context(opening)
        except ConfigError:
            raise
        except OffboardingError as error:
            raise UnreachableError(str(error)) from error
        yield session


def people_unread(session: Session) -> str:
    """Why nothing can be said of people, however few are found; "" where a roster was read."""
    if usable_rosters(session):
        return ""
    return f"No roster has been read yet. Why: {COMMAND} report" if reading.runs(session, last=1) else nothing_yet()

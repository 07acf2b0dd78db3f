"""Advisory locks, so that two runs at once do each other no harm."""

import hashlib
from collections.abc import Generator
from contextlib import contextmanager

from psycopg.errors import LockNotAvailable

from offboarding.model.errors import RetriableError
from offboarding.store.session import Session

PATIENCE = "60s"
"""So long another hand on revocations is waited for, as PostgreSQL writes a time."""


def lock_roster(session: Session, roster: str) -> None:
    """One merge of a roster at a time; held to the end of the transaction."""
    _lock(session, f"roster:{roster}")


def lock_realm(session: Session, realm: str) -> None:
    """One merge of a realm at a time; held to the end of the transaction."""
    _lock(session, f"realm:{realm}")


def lock_correlation(session: Session) -> None:
    """One correlation at a time; held to the end of the transaction."""
    _lock(session, "correlation")


def lock_register(session: Session) -> None:
    """One merge of the custody register at a time; held to the end of the transaction."""
    _lock(session, "register")


def lock_findings(session: Session) -> None:
    """One hand on findings and their event chain at a time; held to the end of the transaction."""
    _lock(session, "findings")


def lock_looks(session: Session) -> None:
    """One look at a person or key written down at a time; held to the end of the transaction."""
    _lock(session, "looks")


@contextmanager
def ticket_held(session: Session, ticket_key: str) -> Generator[None]:
    """One hand a ticket, over calls to the tracker outside any transaction. Ends with the session, come what may."""
    session.execute("select pg_advisory_lock(%s)", (_number(f"ticket:{ticket_key}"),))
    try:
        yield
    finally:
        session.execute("select pg_advisory_unlock(%s)", (_number(f"ticket:{ticket_key}"),))


@contextmanager
def alerts_held(session: Session) -> Generator[None]:
    """One hand on what people are told at once, over calls to mail servers outside any transaction."""
    session.execute("select pg_advisory_lock(%s)", (_number("alerts"),))
    try:
        yield
    finally:
        session.execute("select pg_advisory_unlock(%s)", (_number("alerts"),))


@contextmanager
def pages_held(session: Session) -> Generator[None]:
    """One hand on who is called, as `alerts_held`."""
    session.execute("select pg_advisory_lock(%s)", (_number("pages"),))
    try:
        yield
    finally:
        session.execute("select pg_advisory_unlock(%s)", (_number("pages"),))


@contextmanager
def pushes_held(session: Session) -> Generator[None]:
    """One writer of the number of pushes in Airflow at a time, during calls to Airflow outside any transaction."""
    session.execute("select pg_advisory_lock(%s)", (_number("pushes"),))
    try:
        yield
    finally:
        session.execute("select pg_advisory_unlock(%s)", (_number("pushes"),))


@contextmanager
def revocations_held(session: Session) -> Generator[None]:
    """One hand on what is shut or opened again, over calls to its system outside any transaction.

    Raises RetriableError where another one stays on it for longer than PATIENCE.
    """
    try:
        with session.transaction():
            session.execute("select set_config('lock_timeout', %s, true)", (PATIENCE,))
            session.execute("select pg_advisory_lock(%s)", (_number("revocations"),))
    except LockNotAvailable:
        raise RetriableError(
            f"something else is being shut or opened again, for longer than {PATIENCE}, and nothing was done. See what"
            " runs in Airflow (offboarding_release), end its task where it hangs, and try again."
        ) from None
    try:
        yield
    finally:
        session.execute("select pg_advisory_unlock(%s)", (_number("revocations"),))


def _lock(session: Session, name: str) -> None:
    session.execute("select pg_advisory_xact_lock(%s)", (_number(name),))


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)

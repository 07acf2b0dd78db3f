"""A pooler between us and the server: whether it leaves a session ours."""

from select import select

from psycopg import pq

from offboarding.store.session import Session

WAIT_SECONDS = 5
"""For another session of the pool. Who has to wait for one shows that ours is kept for us."""


def is_shared(session: Session, conninfo: str) -> bool:
    """Whether it's given to another client between two transactions, with our settings, temporary tables and locks.

    A pooler shows by the process id that it makes up for a client; that it shares, by the process that the next client
    gets, or that we get while that one is busy.
    """
    ours = _process(session)
    if ours == session.info.backend_pid:
        return False
    another = pq.PGconn.connect(conninfo.encode())
    try:
        another.send_query(b"begin; select pg_backend_pid()")
        if not select([another.socket], [], [], WAIT_SECONDS)[0]:
            return False
        another.get_result()
        answered = another.get_result()
        theirs = answered.get_value(0, 0) if answered and answered.ntuples else None
        return theirs == str(ours).encode() or _process(session) != ours
    finally:
        another.finish()


def _process(session: Session) -> int:
    found = session.execute("select pg_backend_pid()").fetchone()
    assert found is not None
    return int(str(found[0]))

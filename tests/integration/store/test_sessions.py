"""A session on the store, as the server sees it."""

from offboarding.store.connect import Session


def test_the_server_looks_after_us_itself(store: Session) -> None:
    """On a socket of the same machine it has no need to: the values show as 0, but who set them shows."""
    rows = store.execute("select name from pg_settings where name like 'tcp_keepalives%' and source = 'session'")

    assert {name for (name,) in rows.fetchall()} == {f"tcp_keepalives_{part}" for part in ("idle", "interval", "count")}

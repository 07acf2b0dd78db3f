"""What doesn't stand in the store as the record says: one list for `audit verify` and for evidence packs."""

from offboarding.model.keys import short_finding
from offboarding.store import keyed, looks, recorded, run_ends
from offboarding.store.connect import Session
from offboarding.store.correlation import recorded_links


def otherwise(session: Session) -> list[str]:
    """Return a clause for each row, state, key and link that stands otherwise than its event says."""
    states = [*_states(session), *map(str, recorded.severities_changed(session))]
    states += map(str, recorded.moments_changed(session))
    return [*map(str, recorded.troubles(session)), *states, *_keys(session), *_links(session)]


def runs_otherwise(session: Session) -> list[str]:
    """Return a clause for each run whose row or reads differ from its last event."""
    return run_ends.troubles(session)


def looks_broken(session: Session) -> str:
    """Return where the chain of looks at people and keys is broken, as a clause; "" where it is whole."""
    look = looks.broken_at(session)
    if look is None:
        return ""
    return (
        f"the looks at people and keys are broken at look {look}: it, or one before it, was edited or removed after it"
        " was written"
    )


def _states(session: Session) -> list[str]:
    return [
        f"finding {short_finding(change.finding_key)} stands {change.from_state}, and its last event says"
        f" {change.to_state}"
        for change in recorded.states_changed(session)
    ]


def _keys(session: Session) -> list[str]:
    return [*map(str, keyed.misfits(session)), *map(str, keyed.other_episodes(session))]


def _links(session: Session) -> list[str]:
    edited = sorted(recorded_links.changed(session))
    return [f"{each} stand otherwise than the last correlation left them" for each in edited]

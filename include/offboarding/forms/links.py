"""Whose an account is."""

from include.offboarding.deciding.links import Verb, decide_link, revoke_link
from include.offboarding.forms.fields import Account, Number, Reason, Source, Worker
from include.offboarding.forms.kinds import Desk, Ids, decision


@decision("link confirm")
def confirm(desk: Desk, *, source: Source, account: Account, worker: Worker, reason: Reason) -> Ids:
    """The account is this person's."""
    return _decided(desk, "confirm", source, account, worker, reason)


@decision("link reject")
def reject(desk: Desk, *, source: Source, account: Account, worker: Worker, reason: Reason) -> Ids:
    """The account is not this person's."""
    return _decided(desk, "reject", source, account, worker, reason)


@decision("link revoke")
def revoke(desk: Desk, *, number: Number) -> Ids:
    """A decision no longer counts."""
    revoked = revoke_link(desk.session, number, author=desk.author)
    return {"number": revoked.decision_id, "realm": revoked.realm, "account": revoked.native_id}


def _decided(desk: Desk, verb: Verb, source: str, account: str, worker: str, reason: str) -> Ids:
    made = decide_link(
        desk.session, verb, source=source, account=account, worker=worker, reason=reason, author=desk.author
    )
    whose = f"{made.worker.id_space}:{made.worker.worker_id}"
    return {
        "number": made.decision_id,
        "realm": made.account.realm,
        "account": made.account.native_id,
        "worker": whose,
    }

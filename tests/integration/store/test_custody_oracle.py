"""Who may have held which key: the SQL against a plain second opinion, on random companies.

More of them: ORACLE_EXAMPLES=2000 python -m pytest tests/integration/store/test_custody_oracle.py
"""

import os
from uuid import UUID

from hypothesis import HealthCheck, given, settings

from offboarding.model import Access, CustodyEvidence, Holder, KeyCase
from offboarding.store.cases import Looked
from offboarding.store.connect import Session
from offboarding.store.key_cases import key_cases
from tests.support.database import undone
from tests.support.held.drawing_all import records
from tests.support.held.oracle import Verdict, Way, judge
from tests.support.held.reasons import ZONE, Reason
from tests.support.held.records import Records
from tests.support.held.stored import RESERVED, store_all

EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "0"))
RANDOM = settings(
    max_examples=EXAMPLES or 12,
    deadline=None,
    database=None,
    derandomize=not EXAMPLES,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)


@RANDOM
@given(told=records())
def test_the_join_says_what_the_oracle_says(lasting_store: Session, told: Records) -> None:
    looked = Looked(as_of=told.as_of, since=told.as_of, moved_days=30, zone=ZONE.key, reserved=RESERVED)

    with undone(lasting_store):
        store_all(lasting_store, told)
        cases = [case for case in key_cases(lasting_store, looked) if isinstance(case, KeyCase)]

    found = {(case.material, UUID(holder.person_uid)): _verdict(holder) for case in cases for holder in case.holders}
    assert found == judge(told)


def _verdict(holder: Holder) -> Verdict:
    return Verdict(
        held=tuple(map(_reason, holder.held)),
        uses=tuple(map(_reason, holder.uses)),
        access=tuple(sorted(map(_way, holder.access))),
        newer=holder.newer,
    )


def _reason(held: CustodyEvidence) -> Reason:
    return held.grade.value, held.text, held.at, held.event_id, held.action


def _way(access: Access) -> Way:
    return access.principal, access.action, access.carries, access.standing.value, access.reason, access.fresh

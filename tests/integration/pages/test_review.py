"""The review: accounts of which a person must say whose they are, with what speaks for each."""

import html
import json
import re
from collections.abc import Sequence
from datetime import timedelta

import pytest

from offboarding.model import AccountKey, IdentityKeyKind, IdentityKeyOrigin
from offboarding.report.pages import AskedInVainError, Onlooker, review
from offboarding.runs import pipeline
from offboarding.store import looks, reading
from offboarding.store.connect import Session
from tests.support import filled
from tests.support.shown_pages import HOSTILE, MORNING, VIEWER, ZONE, Get, Tags, get, night, one_night, store_template

__all__ = ["get", "night", "one_night", "store_template"]

pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
HIDDEN = [*filled.NAMES, "@corp.example", "adm-spoe", "spoe", filled.DOE_DN]


def page_of(session: Session, *, named: bool = False, **asked: str) -> review.ReviewPage:
    return review.review(session, Onlooker(name=VIEWER, zone=ZONE, now=MORNING, named=named), **asked)


def disputed(session: Session) -> None:
    """Doe's entry in the directory claims to be Lee's as well, by a mail."""
    mail = AccountKey(
        kind=IdentityKeyKind.MAIL, value="klee@corp.example", origin=IdentityKeyOrigin.ATTRIBUTE, name="mail"
    )
    entries = filled.directory()
    both = filled.account(
        filled.DIRECTORY, filled.STRAY, "uid=ops,dc=corp,dc=example", "ops", filled.number("E1042"), mail, used=None
    )
    entries[3] = both
    run = filled.spend_night(session, filled.Seen(directory=entries), caller="disputed", later=timedelta(days=1))
    pipeline.report(session, filled.settings(), run)


def keys(page: review.ReviewPage) -> Sequence[str]:
    return [row.rule for question in page.questions for row in question.rows]


def test_what_is_probably_a_leavers_stands_with_its_evidence(night: Session) -> None:
    (masked,), (whole,) = (page_of(night, named=named).questions for named in (False, True))

    assert (masked.source, masked.native_id, masked.label) == ("corp-ldap", filled.POE_MAYBE, "")
    assert [row.rule for row in masked.rows] == ["probable-account"]
    assert masked.standing[0].startswith("it works (last read")
    (claim,) = masked.claims
    assert claim.worker == "hr:E1043"
    assert "gone since 2026-11-03 00:00 KST: probable, score 0." in claim.says
    assert whole.claims[0].name == "Sam Poe"
    assert whole.claims[0].why
    assert not set(whole.claims[0].why) & set(claim.why), "evidence quotes, so that it's for whoever sees names"
    assert whole.label == "uid=adm-spoe,ou=people,dc=corp,dc=example"
    assert whole.seen == masked.seen


def test_who_else_claims_it_stands_beside(night: Session) -> None:
    disputed(night)

    first = next(each for each in page_of(night, named=True).questions if each.native_id == filled.STRAY)
    masked = next(each for each in page_of(night).questions if each.native_id == filled.STRAY)

    assert [row.rule for row in first.rows] == ["disputed-account"]
    assert sorted(first.people) == ["hr:E1042", "hr:E1044"]
    column = {worker: number for number, worker in enumerate(first.people)}
    told = {each.what: each for each in first.compared}
    assert told["mail (mail)"].bears == "klee@corp.example"
    assert told["mail (mail)"].cells[column["hr:E1044"]] == "the same: klee@corp.example"
    assert told["mail (mail)"].cells[column["hr:E1042"]].startswith("another: ")
    assert told["number (employeeNumber)"].cells[column["hr:E1042"]].startswith("the same")
    assert {each.cells[column["hr:E1044"]] for each in masked.compared if each.what == "mail (mail)"} == {"the same"}
    assert {each.bears for each in masked.compared} == {""}


def test_names_are_for_whoever_may_decide(night: Session, get: Get) -> None:
    disputed(night)
    masked, whole = (html.unescape(get("/review", named=named).text) for named in (False, True))

    assert [word for word in HIDDEN if word.lower() in masked.lower()] == []
    assert filled.POE_MAYBE in masked
    assert [word for word in ("Sam Poe", "Kim Lee", "adm-spoe") if word not in whole] == []


def test_whom_it_shows_with_names_is_a_look(night: Session, get: Get) -> None:
    uid = reading.worker_called(night, "hr:E1043").person_uid

    get("/review")
    get("/review", named=True)

    kept = night.execute("select viewer, kind, subject, named from look order by seq").fetchall()
    assert kept == [(VIEWER, "worker", uid, True)]
    assert looks.broken_at(night) is None


def test_what_speaks_for_somebody_makes_another_digest(night: Session) -> None:
    (before,) = page_of(night).questions

    night.execute("update account set observed_at = observed_at + interval '1 day'")
    assert page_of(night).questions[0].seen == before.seen
    for change in (
        "update link set score = score + 1",
        """update link set evidence = evidence || '["more"]'""",
        "update account set label = label || '.'",
        "update account set standing = 'unknown'",
        "update departure set left_at = left_at - interval '1 day'",
        "update worker_key set raw = raw || '.' where kind = 'login'",
    ):
        seen = page_of(night).questions[0].seen
        night.execute(change.encode())
        assert page_of(night).questions[0].seen != seen, change


def test_pages_hold_each_once(night: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    disputed(night)
    whole = keys(page_of(night))
    monkeypatch.setattr(review, "PAGE", 1)

    page = page_of(night)
    found = list(keys(page))
    while page.next_after:
        page = page_of(night, after=page.next_after)
        found += keys(page)

    assert found == whole
    assert len(whole) == 2


def test_one_finding_has_its_own(night: Session, get: Get) -> None:
    (probable,) = reading.findings(night, rule="probable-account")
    (other,) = reading.findings(night, rule="used-after-departure")

    assert keys(page_of(night, finding=probable.finding_key[:8])) == ["probable-account"]
    with pytest.raises(AskedInVainError, match="waits for nobody"):
        page_of(night, finding=other.finding_key)
    assert f'href="../review?finding=f-{probable.finding_key[:8]}"' in get(f"/findings/{probable.finding_key}").text
    assert "../review?" not in get(f"/findings/{other.finding_key}").text
    assert get("/review?finding=f-00000000").status_code == 404


def test_without_a_question_it_says_so(store: Session) -> None:
    assert page_of(store).questions == ()


@pytest.mark.slow
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_whatever_an_account_bears_is_text(night: Session, get: Get, value: str) -> None:
    night.execute("update account set label = %s, standing_reason = %s", (value, value))
    night.execute("update worker set name = %s", (value,))
    night.execute("update worker_key set raw = %s where kind = 'login'", (value,))
    night.execute("update link set evidence = jsonb_build_array(%s::text)", (value,))

    for named in (False, True):
        # What an attribute is called, everybody sees; what it holds, not.
        key = ["login", value, "", "attribute", value if named else "uid", value]
        night.execute("update account set keys = %s::jsonb", (json.dumps([key]),))
        page = get("/review", named=named)
        assert page.status_code == 200
        assert Tags(page.text).foreign() == []
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028\x01\x1b]", page.text)
        assert named or value[:40] not in html.unescape(page.text)

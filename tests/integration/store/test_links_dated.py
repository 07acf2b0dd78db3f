"""Links through the nights: written on change only, and what an account once was may go on vouching."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from offboarding.model import Account, AccountKey, IdentityKeyKind
from offboarding.store.connect import Session
from tests.support.night import rows_of, rule, spend_night
from tests.support.oracle import RosterRead, Ruling, SourceRead, Verb
from tests.support.rows import note_all
from tests.support.small_company import (
    KIM,
    LEAVER,
    LEE,
    LEFT,
    NIGHT,
    STAFF,
    account,
    aws,
    company,
    hr,
    job,
    ldap,
    mail,
    number,
    owner,
    scoped,
    worker,
)
from tests.support.variants import some_of

NEXT, LATER = NIGHT + timedelta(days=1), NIGHT + timedelta(days=2)
Links = list[tuple[str, str, str, datetime, datetime | None]]


def links(session: Session) -> Links:
    """(account, worker, decision, from, to), oldest first."""
    return rows_of(
        session,
        "select a.native_id, w.worker_id, l.decision, l.valid_from, l.valid_to"
        " from link l join account a using (account_pk) join person p using (person_uid)"
        " join worker w on w.worker_pk = p.shown_worker_pk order by l.link_id",
    )


def standing(session: Session) -> set[tuple[str, str, str]]:
    return {(native_id, worker_id, decision) for native_id, worker_id, decision, _, to in links(session) if to is None}


def spend(session: Session, at: datetime, *parts: RosterRead | SourceRead) -> None:
    spend_night(session, replace(company(*parts), as_of=at), caller=str(at))


def ruled(worker_id: str, verb: Verb, native_id: str = "x") -> Ruling:
    return Ruling(realm="d1", native_id=native_id, id_space="hr", worker_id=worker_id, verb=verb)


def test_a_link_that_moves_is_two_rows_and_one_that_stays_is_one(store: Session) -> None:
    stays = account("stays", number("1043"))
    spend(store, NIGHT, hr(LEAVER, STAFF), ldap(account("x", number("1042")), stays))
    rule(store, ruled("1043", Verb.CONFIRM))
    spend(store, NEXT, hr(LEAVER, STAFF), ldap(account("x", number("1043")), stays))

    assert sorted(links(store), key=lambda link: link[:4]) == [
        ("stays", "1043", "linked", NIGHT, None),
        ("x", "1042", "linked", NIGHT, NEXT),
        ("x", "1043", "linked", NEXT, None),
    ]


def test_a_link_that_would_move_by_the_account_s_own_word_is_held_from_then_on(store: Session) -> None:
    spend(store, NIGHT, hr(LEAVER, STAFF), ldap(account("x", number("1042"))))
    spend(store, NEXT, hr(LEAVER, STAFF), ldap(account("x", number("1043"))))
    spend(store, LATER, hr(LEAVER, STAFF), ldap(account("x", number("1043"))))

    assert sorted(links(store), key=lambda link: link[:4]) == [
        ("x", "1042", "linked", NIGHT, NEXT),
        ("x", "1042", "linked", NEXT, None),
        ("x", "1043", "candidate", NEXT, None),
    ]
    assert rows_of(store, "select held_since from link order by link_id") == [(None,), (NEXT,), (None,)]


def test_other_evidence_for_the_same_link_is_another_row(store: Session) -> None:
    spend(store, NIGHT, hr(LEAVER), ldap(account("x", number("1042"))))
    spend(store, NEXT, hr(LEAVER), ldap(account("x", number("1042"), mail(KIM))))

    assert [
        (to, evidence) for to, evidence in rows_of(store, "select valid_to, evidence from link order by link_id")
    ] == [
        (NEXT, ["attribute number 1042 = hr worker 1042"]),
        (None, ["attribute number 1042 = hr worker 1042", "attribute mail is their work mail"]),
    ]


def test_a_space_that_nobody_named_is_not_told(store: Session) -> None:
    spend(store, NIGHT, hr(LEAVER, id_space="default"), ldap(account("x", number("1042")), id_space="default"))

    assert rows_of(store, "select evidence from link") == [(["attribute number 1042 = worker 1042"],)]


BASE = account("base", number("1042"), login="jkim")
TWIN = account("x", login="jkim", realm="a1")
KIMS = worker("1042", LEFT)
VOUCHING = {
    "purged": None,
    "stripped of its number": replace(BASE, keys=tuple(key for key in BASE.keys if key.kind is IdentityKeyKind.LOGIN)),
}


@some_of(1, "after", VOUCHING.values(), ids=VOUCHING)
def test_an_account_that_was_theirs_still_vouches_for_its_login(store: Session, after: Account | None) -> None:
    other = account("other")
    spend(store, NIGHT, hr(KIMS), ldap(BASE, other))

    spend(store, NEXT, hr(KIMS), ldap(*([after] if after else []), other), aws(TWIN))

    assert ("x", "1042", "linked") in standing(store)


def test_not_where_somebody_else_has_the_account_now(store: Session) -> None:
    spend(store, NIGHT, hr(KIMS, STAFF), ldap(BASE))

    given = replace(STAFF, directory_ids=(scoped("corp-ldap:base"),))
    for at in (NEXT, LATER):
        spend(store, at, hr(KIMS, given), ldap(account("base", number("1043"), login="jkim")), aws(TWIN))

    assert standing(store) == {("base", "1043", "linked")}


def test_an_account_that_is_held_goes_on_vouching_for_who_holds_it(store: Session) -> None:
    spend(store, NIGHT, hr(KIMS, STAFF), ldap(BASE), aws(TWIN))

    spend(store, NEXT, hr(KIMS, STAFF), ldap(account("base", number("1043"), login="jkim")), aws(TWIN))

    assert {each for each in standing(store) if each[0] == "x"} == {("x", "1042", "linked")}


def test_not_where_a_person_rejected_the_link(store: Session) -> None:
    spend(store, NIGHT, hr(KIMS), ldap(BASE))
    rule(store, ruled("1042", Verb.REJECT, "base"))

    spend(store, NEXT, hr(KIMS), ldap(BASE), aws(TWIN))

    assert standing(store) == set()


def test_a_confirmation_takes_the_word_from_who_had_it_before(store: Session) -> None:
    spend(store, NIGHT, hr(KIMS, STAFF), ldap(BASE))
    rule(store, ruled("1043", Verb.CONFIRM, "base"))

    spend(store, NEXT, hr(KIMS, STAFF), ldap(BASE), aws(TWIN))

    assert standing(store) == {("base", "1043", "linked"), ("x", "1043", "linked")}


def test_a_decision_is_shown_as_evidence_and_can_be_revoked(store: Session) -> None:
    spend(store, NIGHT, hr(LEAVER, STAFF), ldap(account("x", number("1042"))))
    rule(store, ruled("1043", Verb.CONFIRM))
    spend(store, NEXT, hr(LEAVER, STAFF), ldap(account("x", number("1042"))))
    ((evidence,),) = rows_of(store, "select evidence from link where valid_to is null")
    assert evidence[0].startswith("decided by analyst on ")
    assert standing(store) == {("x", "1043", "linked")}

    store.execute("update link_decision set revoked_at = now(), revoked_by = 'analyst'")
    note_all(store)
    spend(store, LATER, hr(LEAVER, STAFF), ldap(account("x", number("1042"))))

    assert standing(store) == {("x", "1042", "linked")}


def test_a_mail_that_hr_blanks_is_still_theirs(store: Session) -> None:
    spend(store, NIGHT, hr(LEAVER), ldap(account("y")))

    spend(store, NEXT, hr(replace(LEAVER, mail="", logins=())), ldap(account("x", mail(KIM))))

    assert standing(store) == {("x", "1042", "linked")}


def test_a_source_that_isn_t_configured_keeps_its_links(store: Session) -> None:
    spend(store, NIGHT, hr(LEAVER), ldap(account("x", number("1042"))))

    spend(store, NEXT, hr(LEAVER))

    assert standing(store) == {("x", "1042", "linked")}


@some_of(
    2,
    ("bears", "made", "own"),
    (
        (number("2001"), None, False),
        (number("77"), None, True),
        (mail("new@corp.example"), None, True),
        (mail("old@corp.example"), None, False),
        (number("2001"), datetime(2026, 11, 16, tzinfo=UTC), True),
        (number("2001"), datetime(2026, 11, 1, tzinfo=UTC), False),
    ),
    ids=("old number", "new number", "new mail", "old mail", "made for the new employment", "made before it"),
)
def test_which_account_is_the_present_one_of_somebody_who_came_back(
    store: Session, bears: AccountKey, made: datetime | None, own: bool
) -> None:
    before = worker("2001", job("left", last="2026-11-10"), former=("old@corp.example",))
    now = worker("77", job(start="2026-11-20"), mail="new@corp.example", previous=("2001",))

    spend(store, NIGHT, hr(before, now), ldap(account("x", bears, made=made)))

    assert rows_of(store, "select own_now from link where valid_to is null") == [(own,)]


def test_the_same_number_again_is_the_present_employment_s(store: Session) -> None:
    back = worker("1", LEFT, job(start="2026-11-16"))

    spend(store, NIGHT, hr(back), ldap(account("x", number("1"))))

    assert rows_of(store, "select own_now from link where valid_to is null") == [(True,)]


def test_a_workload_that_somebody_possibly_active_owns_is_disputed(store: Session) -> None:
    before = worker("1", LEFT, mail=KIM)
    after = worker("2", job(start="2026-11-20"), mail=KIM, former=(LEE,))

    spend(store, NIGHT, hr(before, after), ldap(account("x", owner(IdentityKeyKind.NUMBER, "1"), service=True)))

    assert standing(store) == {("x", "1", "disputed")}

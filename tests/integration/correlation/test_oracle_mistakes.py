"""The oracle on mails and logins that a feed gave to the wrong worker for days, and on those really handed on."""

from datetime import timedelta

from offboarding.model import LinkDecision, Worker
from tests.support.oracle import Company, RosterRead, Snapshot, judge
from tests.support.small_company import KIM, NIGHT, account, job, ldap, mail, worker
from tests.support.variants import some_of

GONE = job("left", last="2026-11-20")
OWN = "lee.own@corp.example"
OLD = "kim.old@corp.example"


def kim(has: str = KIM, *, gone: bool = False) -> Worker:
    """Whose mail is `KIM`."""
    return worker("1042", *([GONE] if gone else []), mail=has)


def lee(has: str = OWN, *, former: tuple[str, ...] = ()) -> Worker:
    """A colleague, who has a mail of their own."""
    return worker("1043", mail=has, former=former)


def owners(*reads: tuple[Worker, ...], others: tuple[RosterRead, ...] = ()) -> dict[str, LinkDecision]:
    """Whose the account is that has the mail `KIM`; the reads are a day apart, and the last is tonight's."""
    earlier = tuple(
        Snapshot(observed_at=NIGHT - timedelta(days=len(reads) - 1 - number), workers=workers)
        for number, workers in enumerate(reads[:-1])
    )
    roster = RosterRead(name="hr", login_realm="corp", workers=reads[-1], earlier=earlier)
    verdict = judge(Company(as_of=NIGHT, rosters=(roster, *others), sources=(ldap(account("a", mail(KIM))),)))
    (found,) = verdict.accounts.values()
    return {min(number for _, number in row.person): row.decision for row in found.rows}


KIMS = {"1042": LinkDecision.LINKED}
DISPUTED = {"1042": LinkDecision.DISPUTED, "1043": LinkDecision.DISPUTED}
RIGHT = (kim(), lee())
SHIFTED = (kim(""), lee(KIM))
MISTAKES = {
    "for a night": (RIGHT, SHIFTED, RIGHT),
    "for two nights": (RIGHT, SHIFTED, SHIFTED, RIGHT),
    "for one night, and for another later": (RIGHT, SHIFTED, RIGHT, SHIFTED, RIGHT),
    "while others' mails moved on": (RIGHT, (kim(OWN), lee(KIM)), RIGHT),
    "and to another the next night": (
        (*RIGHT, worker("1044", mail=OLD)),
        (kim(OLD), lee(KIM), worker("1044", mail=OWN)),
        (kim(OWN), lee(OLD), worker("1044", mail=KIM)),
        (*RIGHT, worker("1044", mail=OLD)),
    ),
    "of a leaver": ((kim(gone=True), lee()), (kim("", gone=True), lee(KIM)), (kim(gone=True), lee())),
    "whose owner leaves that night": (RIGHT, SHIFTED, (kim(gone=True), lee())),
    "of a colleague who is gone with the right file": (RIGHT, SHIFTED, (kim(), worker("1044"))),
}


@some_of(3, "reads", MISTAKES.values(), ids=MISTAKES)
def test_what_its_owner_has_again_was_nobody_else_s(reads: tuple[tuple[Worker, ...], ...]) -> None:
    assert owners(*reads) == KIMS


GIVEN = {
    "still theirs": (RIGHT, SHIFTED),
    "given on and not back": (RIGHT, SHIFTED, (kim(""), lee())),
    "as a former mail since": (RIGHT, SHIFTED, (kim(), lee(former=(KIM,)))),
    "of both at once": (RIGHT, (kim(), lee(KIM)), RIGHT),
    "a newcomer's first": ((kim(),), SHIFTED, RIGHT),
    "a leaver's, as a newcomer's first": ((kim(gone=True),), (kim("", gone=True), lee(KIM)), (kim(gone=True), lee())),
    "first a colleague's": ((kim(OLD), lee(KIM)), (kim(), lee()), (kim(OLD), lee(KIM)), (kim(), lee())),
}


@some_of(2, "reads", GIVEN.values(), ids=GIVEN)
def test_what_somebody_was_really_given_stays_evidence(reads: tuple[tuple[Worker, ...], ...]) -> None:
    assert owners(*reads) == DISPUTED


def test_another_roster_s_word_is_no_mistake_of_this_one() -> None:
    reads = ((kim(),), (kim(""),), (kim(),))
    earlier = tuple(
        Snapshot(observed_at=NIGHT - timedelta(days=days), workers=(lee(has),)) for days, has in ((2, OWN), (1, KIM))
    )
    vendors = RosterRead(name="vendors", login_realm="corp", workers=(lee(),), earlier=earlier)

    assert owners(*reads, others=(vendors,)) == DISPUTED


def test_a_login_goes_back_too() -> None:
    def named(first: str, second: str) -> tuple[Worker, ...]:
        return worker("1042", logins=(first,)), worker("1043", logins=(second,))

    reads = (named("kim", "lee"), named("lee", "kim"), named("kim", "lee"))
    earlier = tuple(
        Snapshot(observed_at=NIGHT - timedelta(days=2 - number), workers=workers)
        for number, workers in enumerate(reads[:-1])
    )
    roster = RosterRead(name="hr", login_realm="corp", workers=reads[-1], earlier=earlier)
    verdict = judge(Company(as_of=NIGHT, rosters=(roster,), sources=(ldap(account("a", login="kim")),)))

    ((row,),) = (found.rows for found in verdict.accounts.values())
    assert (row.person, row.decision) == (frozenset({("hr", "1042")}), LinkDecision.LINKED)

"""Accounts of which a person must say whose they are: disputed, probable, moved, or made by somebody who left."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from offboarding.model import LinkVerdict
from offboarding.model.errors import FatalError
from offboarding.report.pages import AskedInVainError, Onlooker
from offboarding.report.pages.rows import STANDINGS, FindingRow, claim_line, credential_line, row
from offboarding.report.standing import standing
from offboarding.report.wording import moment, worker, zoned
from offboarding.store import looks, reading
from offboarding.store.connect import Session
from offboarding.store.decisions import Decision
from offboarding.store.looks import LookKind
from offboarding.store.reading import FindingView
from offboarding.store.reading.link_views import Claim
from offboarding.store.reading.reviews import AccountInQuestion, Compared, in_question

PAGE = 10
"""Accounts: of each everything is read that speaks for anybody."""
MOST_CLAIMS = 8
_MOST_TOLD = 5
_LONGEST = 34


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimSection:
    """Somebody that the account may belong to."""

    worker: str
    name: str
    """"" where names may not be seen."""
    says: str
    """Whether they're gone, and how sure it is."""
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow:
    """Something that the account bears, and of each claimant whether rosters tell the same."""

    what: str
    bears: str
    """ "" where names may not be seen."""
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """An account, and whose it may be."""

    rows: tuple[FindingRow, ...]
    """What was found of it, that waits for the answer."""
    source: str
    realm: str
    native_id: str
    label: str
    """"" where names may not be seen."""
    standing: tuple[str, ...]
    credentials: tuple[str, ...]
    claims: tuple[ClaimSection, ...]
    claims_more: int
    people: tuple[str, ...]
    """Of each column of what is compared, the worker."""
    compared: tuple[ComparedRow, ...]
    decided: tuple[str, ...]
    standing_decisions: tuple[int, ...]
    """Their numbers."""
    seen: str
    """A digest of what speaks for anybody: by it a decision is refused that was made over something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewPage:
    """One page of them, the worst first."""

    named: bool
    questions: tuple[Reviewed, ...]
    one: str
    """The finding that was asked for alone, by its short key; else ""."""
    after: str
    next_after: str
    """"" where this is the last page."""


def review(session: Session, onlooker: Onlooker, *, after: str = "", finding: str = "") -> ReviewPage:
    """The page behind a finding, or one finding's account alone.

    Where names may be seen each person of it is a look, written down ahead. Raises AskedInVainError where there is no
    such finding, or none that asks whose an account is.
    """
    key = _whole(session, finding or after) if finding or after else None
    found = reading.findings(
        session,
        whose=True,
        finding_key=key if finding else None,
        after=None if finding else key,
        most=PAGE + 1,
    )
    if finding and not found:
        raise AskedInVainError("This finding waits for nobody to say whose an account is.")
    accounts: dict[tuple[str, str], list[FindingView]] = {}
    for each in found[:PAGE]:
        accounts.setdefault((each.realm, each.account_native_id), []).append(each)
    asked = [(views, in_question(session, *account)) for account, views in accounts.items()]
    if onlooker.named:
        _note(session, onlooker, asked)
    questions = (_question(views, account, onlooker) for views, account in asked if account is not None)
    return ReviewPage(
        named=onlooker.named,
        questions=tuple(questions),
        one=finding,
        after=after,
        next_after=found[PAGE - 1].finding_key if len(found) > PAGE else "",
    )


def _whole(session: Session, word: str) -> str:
    if len(word) > _LONGEST:
        raise AskedInVainError("That is no finding's key.")
    try:
        return reading.whole_key(session, word)
    except FatalError as error:
        raise AskedInVainError(str(error)) from error


def _note(
    session: Session, onlooker: Onlooker, asked: Sequence[tuple[Sequence[FindingView], AccountInQuestion | None]]
) -> None:
    found = (each.person_uid for views, _ in asked for each in views)
    claimed = (claim.person_uid for _, account in asked if account for claim in account.claims)
    for person_uid in dict.fromkeys((*found, *claimed)):
        if person_uid:
            looks.note(session, viewer=onlooker.name, kind=LookKind.WORKER, subject=person_uid, named=True)


def _question(views: Sequence[FindingView], asked: AccountInQuestion, onlooker: Onlooker) -> Reviewed:
    first, account = views[0], asked.account
    people = list(dict.fromkeys(claim.person_uid for claim in asked.claims))[:MOST_CLAIMS]
    return Reviewed(
        rows=tuple(row(each, onlooker.zone, onlooker.now) for each in views),
        source=account.source,
        realm=first.realm,
        native_id=first.account_native_id,
        label=account.label if onlooker.named else "",
        standing=(*standing(first, onlooker.zone), *_told(asked, onlooker)),
        credentials=tuple(credential_line(each, onlooker) for each in asked.credentials),
        claims=tuple(_claim(each, asked, onlooker) for each in asked.claims if each.person_uid in people),
        claims_more=len({claim.person_uid for claim in asked.claims}) - len(people),
        people=tuple(_called(asked.claims)[person] for person in people),
        compared=tuple(_compared(asked.compared, people, onlooker)),
        decided=tuple(_decided(each, onlooker) for each in asked.decisions),
        standing_decisions=tuple(each.decision_id for each in asked.decisions),
        seen=asked.seen,
    )


def _called(claims: Sequence[Claim]) -> dict[str, str]:
    return {claim.person_uid: worker(claim.id_space, claim.worker_id) for claim in claims}


def _told(asked: AccountInQuestion, onlooker: Onlooker) -> Iterator[str]:
    account = asked.account
    reason = f": {zoned(account.standing_reason, onlooker.zone)}" if onlooker.named and account.standing_reason else ""
    gone = "; its system has it no more" if account.gone else ""
    read = moment(account.observed_at, onlooker.zone)
    yield f"the account itself: {STANDINGS[account.standing]}{reason} (read {read}){gone}"
    if account.created_at:
        yield f"made {moment(account.created_at, onlooker.zone)}"


def _claim(claim: Claim, asked: AccountInQuestion, onlooker: Onlooker) -> ClaimSection:
    theirs = [each for each in asked.compared if each.person_uid == claim.person_uid and each.same]
    return ClaimSection(
        worker=worker(claim.id_space, claim.worker_id),
        name=asked.names.get(claim.person_uid, "") if onlooker.named else "",
        says=claim_line(claim, onlooker.zone),
        why=(
            tuple(zoned(text, onlooker.zone) for text in claim.evidence)
            if onlooker.named
            else tuple(dict.fromkeys(f"the same {_kind(each)} as HR's ({each.name})" for each in theirs))
        ),
    )


def _compared(compared: Sequence[Compared], people: Sequence[str], onlooker: Onlooker) -> Iterator[ComparedRow]:
    """Yield each that the account bears; that a claimant's is the same says whose it is, and no more to a viewer."""
    for (kind, name, raw, former), several in groupby(compared, lambda it: (it.kind, it.name, it.raw, it.former)):
        theirs = {each.person_uid: each for each in several}
        where = f"{kind.replace('_', ' ')} ({name}){', formerly' if former else ''}"
        cells = tuple(_cell(theirs[person], onlooker) if person in theirs else "" for person in people)
        yield ComparedRow(what=where, bears=raw if onlooker.named else "", cells=cells)


def _cell(each: Compared, onlooker: Onlooker) -> str:
    if not each.told:
        return "HR tells none"
    values = f": {', '.join(each.told[:_MOST_TOLD])}" if onlooker.named else ""
    return f"{'the same' if each.same else 'another'}{values}"


def _kind(each: Compared) -> str:
    return each.kind.replace("_", " ")


def _decided(decision: Decision, onlooker: Onlooker) -> str:
    says = "is" if decision.verdict == LinkVerdict.CONFIRM else "is not"
    who = f", says {decision.author}: {decision.reason}" if onlooker.named else ""
    whose = worker(decision.id_space, decision.worker_id)
    number = f"decision {decision.decision_id}, {moment(decision.decided_at, onlooker.zone)}"
    return f"{number}: it {says} worker {whose}'s{who}. It counts from the next night on."

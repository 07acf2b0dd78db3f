"""Findings, and what explains one."""

from typing import Annotated

from offboarding.cli.lines.departures import PersonDeparture
from offboarding.cli.lines.line import At, By, Inner, JsonLine, OrNull, itself
from offboarding.cli.lines.links import LinkDecidedLine, hundredths
from offboarding.rules import all_rules
from offboarding.store.reading import Explanation, FindingView


def controls(finding: FindingView) -> list[str]:
    """What a rule's findings answer; nothing of a rule that is no more."""
    return [str(control) for known in all_rules() if known.id == finding.rule for control in known.controls]


def _on_one(finding: FindingView) -> FindingView | None:
    return None if finding.ticket_state is None else finding


class FindingSubject(Inner):
    """The thing itself."""

    kind: Annotated[str, By("subject_kind")]
    """`account`, `access_key`, `console_password`, `ssh_key`, `certificate`, `service_credential`, `role`,
    `root_account`, `worker` or `source`.
    """
    native_id: Annotated[str, By("subject_native_id")]
    """The thing's own immutable id: an entryUUID or UserId, an access key's id, a console password's user, an SSH key's
    id or fingerprint, a certificate's id or thumbprint, a RoleId, an AWS account's number for its root user, a person's
    uid, a realm.
    """
    label: Annotated[str, By("subject_label")]
    """What people call it: an entry's DN, a user's ARN, a shortened key id."""
    account_native_id: OrNull
    """The account that it is on; the account itself where that is the thing; null for a role, which may trust
    several.
    """
    account_label: OrNull
    """That account's label; of a role, the users' that it trusts."""


class FindingTicket(Inner):
    """Where a finding is told."""

    tracker: str | None
    """The tracker's name in the configuration."""
    ref: str | None
    """The tracker's own id of the ticket; null while it's only wanted."""
    url: str | None
    """Where a person reads it."""
    state: Annotated[str, By("ticket_state")]
    """`wanted`, `open` or `closed`."""


class FindingLine(JsonLine):
    """Worst first: by severity, uses after the departure before others, privileged before others, longest gone
    first.
    """

    key: Annotated[str, By("finding_key")]
    """The finding's key, 32 digits. It outlives renames of sources, accounts and worker numbers."""
    rule: str
    """What is wrong: [rules.md](rules.md)."""
    severity: str
    """`critical`, `high`, `medium` or `low`, as the policy has it."""
    state: str
    """`unverified` (it can't be told whether it works), `held` (waits for a person's release), `open`, `excepted`,
    `resolved`.
    """
    id_space: str | None
    """Where the worker id means this person. Null with `worker_id`."""
    worker_id: str | None
    """The worker id that people know the person by now. Null where nobody is concerned (a source's orphans)."""
    left_at: At | None
    """End of the last working day in the worker's zone; of `away`, since when that is told."""
    basis: str | None
    """By whose word: `actual`, `notice`, `planned`, `inferred`; `away`: they haven't left, and get no access."""
    relation: str | None
    """What the account is to the person: `is`, `owns` or `created`; null where nobody holds it for certain, and for a
    worker's own finding.
    """
    source: OrNull
    """The source's name in the configuration today. Null for a worker's own finding."""
    realm: OrNull
    """The system itself: an AWS account id, a directory's own id. Null for a worker's own finding."""
    subject: Annotated[FindingSubject, By(itself)]
    """The thing itself, an object."""
    standing: str
    """`works`, `dead` or `unknown`: as last judged while it stood; of one that has closed, why it was open."""
    effect: str
    """What it can still do: `full`, `contained` (everything is denied to it), `unknown`."""
    used_after_departure: bool | None
    """true, false, or null where it can't be told."""
    last_used_at: At | None
    """When it was last used."""
    exposure_days: int | None
    """Whole days from `left_at` to the last run's `as_of`, or to the resolution where that came first."""
    first_seen_at: At
    """The `as_of` of the run that first found it, from which `due_at` counts, too."""
    last_confirmed_at: At | None
    """When the last complete read of it began: of a key, its system's; of a worker's own finding, the roster's."""
    resolved_at: At | None
    """When it was resolved."""
    due_at: At | None
    """When its ticket is due. Null before the guard let it through, and of what is due with others of its account."""
    controls: Annotated[list[str], By(controls)]
    """What it answers, such as `NIST SP 800-53 PS-4`."""
    ticket: Annotated[FindingTicket | None, By(_on_one)]
    """Null where it's on none, else an object."""
    evidence: list[str]
    """Why it's theirs and whether it works, a sentence each."""


class FindingClaim(Inner):
    """Somebody whose the account may be."""

    id_space: str
    worker_id: str
    relation: str
    decision: str
    score: Annotated[float, By(hundredths)]
    evidence: list[str]
    left_at: At | None


class FindingEvent(Inner):
    """Something that happened to a finding."""

    at: At
    run_id: int | None
    actor: str
    from_state: str | None
    to_state: str
    text: str


class ExplainedLine(FindingLine):
    """One line: every field of `findings`, and these."""

    standing_reason: str
    """Why we think so, and by which call."""
    resolution: Annotated[OrNull, By("why")]
    """Why it closed."""
    claims: list[FindingClaim]
    """Everybody that the account may belong to, best first: `id_space`, `worker_id`, `relation`, `decision`, `score`,
    `evidence`, `left_at` (null: works here).
    """
    departures: list[PersonDeparture]
    """The person's, as in `worker`."""
    events: list[FindingEvent]
    """What happened to it, in order: `at`, `run_id`, `actor`, `from_state`, `to_state`, `text`."""
    decisions: list[LinkDecidedLine]
    """What people decided about the account, as lines of `link list`, without `schema_version`."""


def explained(read: Explanation) -> ExplainedLine:
    """A finding's own fields, and what explains it."""
    besides = {"claims": read.claims, "departures": read.departures, "events": read.events, "decisions": read.decisions}
    return ExplainedLine.read(read.finding, **besides)

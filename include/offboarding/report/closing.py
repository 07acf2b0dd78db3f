"""What would close a finding, in a sentence."""

from offboarding.model import TicketKind
from offboarding.model.keys import short_finding
from offboarding.report.wording import COMMAND
from offboarding.rules import rule_of
from offboarding.store.reading import FindingView

_OF_KIND = {
    TicketKind.EVENT: 'A person\'s verdict, never anything else:\n{command} verdict {key} --reason "..."',
    TicketKind.REVIEW: "A person decides whose it is (link confirm, link reject), or every way into it is seen dead.",
    TicketKind.CONFIRM: "HR's word.",
    TicketKind.ROTATE: (
        "No verifier publishes or accepts it any more, seen twice, the longest cache lifetime apart. Absence, an error,"
        " a new key beside it or a custodian taken off the register closes nothing."
    ),
    TicketKind.REVOKE: (
        "A complete live read sees it dead or gone. Absence, an error or a ticket closed by hand closes nothing."
    ),
}
_ANY = "The departure is withdrawn, or a person rejects the link."


def closing(finding: FindingView) -> list[str]:
    """What would close it; what closes any, too, where somebody who left is concerned."""
    rule, kind = rule_of(finding.rule), TicketKind(finding.ticket_kind)
    text = (rule.words.explained if rule else "") or _OF_KIND[kind]
    own = text.format(command=COMMAND, key=short_finding(finding.finding_key))
    return [own, _ANY] if finding.person_uid and kind in {TicketKind.REVOKE, TicketKind.ROTATE} else [own]

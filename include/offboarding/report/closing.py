"""What would close a finding, in a sentence, as docs/rules.md has it."""

from include.offboarding.keys import short_finding
from include.offboarding.report.wording import COMMAND
from include.offboarding.store.reading import FindingTold

_OF_RULE = {
    "leaver-access-key-inactive": "The key is deleted. It's listed, and holds no ticket open.",
    "leaver-credential-inactive": "It's deleted. It's listed, and holds no ticket open.",
    "leaver-role-trust": "A complete read of the roles sees that it lets none of their users in.",
    "leaver-root-mail": "A live read sees another address there, or the account closed or suspended.",
    "leaver-created-account": "Somebody who works here holds or owns it, or every way into it is seen dead.",
    "link-moved": (
        "A person decides whose it is (link confirm, link reject), it's linked to them again, or every way into it is"
        " seen dead."
    ),
    "leaver-owned-service-account": (
        "Somebody active owns it and every secret that works is newer than the departure; or all of it is seen dead."
    ),
    "rehire-old-account": (
        "Every way into it is seen dead, or it bears the present employment's number, mail or login."
    ),
    "engagement-lapsed": "HR says that it ended (then they count as a leaver), or enters a new end.",
    "departure-inferred": "HR puts the record back, as gone (then they count as a leaver) or as active.",
    "departure-hidden": (
        "A person says whether they left (departure confirm, departure deny), or HR no longer says both."
    ),
    "leaver-key-access": "A complete read of the key's policies and grants no longer shows the access.",
    "signing-key-unverifiable": (
        "A person attests, with evidence, that the old one is refused; that ends by itself, and it's asked again:\n"
        '{command} attest {key} --reason "..."'
    ),
    "uncustodied-signing-key": "Each trusted key there has a custodian in the register, or is trusted no more.",
    "orphan-account": "The source has no working account that nobody claims.",
}
_OF_KIND = {
    "event": 'A person\'s verdict, never anything else:\n{command} verdict {key} --reason "..."',
    "review": "A person decides whose it is (link confirm, link reject), or every way into it is seen dead.",
    "confirm": "HR's word.",
    "rotate": (
        "No verifier publishes or accepts it any more, seen twice, the longest cache lifetime apart. Absence, an error,"
        " a new key beside it or a custodian taken off the register closes nothing."
    ),
    "revoke": "A complete live read sees it dead or gone. Absence, an error or a ticket closed by hand closes nothing.",
}
_ANY = "The departure is withdrawn, or a person rejects the link."


def closing(finding: FindingTold) -> list[str]:
    """What would close it; what closes any, too, where somebody who left is concerned."""
    told = _OF_RULE.get(finding.rule) or _OF_KIND.get(finding.ticket_kind, _OF_KIND["revoke"])
    own = told.format(command=COMMAND, key=short_finding(finding.finding_key))
    return [own, _ANY] if finding.person_uid and finding.ticket_kind in {"revoke", "rotate"} else [own]

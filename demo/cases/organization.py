"""What a leaver holds in an AWS organization beside a user: roles, root users, a login of Identity Center."""

from dataclasses import replace

from demo.cases._case import Case, Member, case, iam_user
from demo.nights import Night, at
from demo.world import City, Part
from demo.world_cloud import CLOSED, CORE, EVERYONE, LAB, ONCALL, PAYMENTS, CenterUser, Role, RootUser


@case("trusted-user", "leaver-role-trust: a role in another account")
def trusted_user(night: Night) -> Part:
    """His user may take on a role in another account; a third account names him and denies him."""
    del night
    who = Member(number="10479", name="노강율", latin="Gang-yul No", login="gyno", local="gangyul.no")
    user = iam_user(CORE, who.login, email=who.mail)
    made = at("2022-06-13", 5)
    roles = (
        Role(account=PAYMENTS, name="ReleaseManager", created_at=made, allowed=(user.arn,)),
        Role(account=LAB, name="BenchOperator", created_at=made, allowed=(user.arn,), denied=(user.arn,)),
    )
    return Part(hr=(who.left(),), entries=(who.locked(),), users=(user,), roles=roles)


@case("root-mail", "leaver-root-mail")
def root_mail(night: Night) -> Part:
    """She opened the account for a trial years ago, with her own address."""
    del night
    who = Member(number="10470", name="소이현", latin="I-hyeon So", login="ihso", local="ihyeon.so")
    return Part(hr=(who.left(),), entries=(who.locked(),), roots=(RootUser(account=LAB, mail=who.mail),))


@case("closed-account", "a root user whose account is closed")
def closed_account(night: Night) -> Part:
    """Nothing is found: nobody gets into a suspended account."""
    del night
    who = Member(number="10482", name="곡태민", latin="Tae-min Gok", login="tmgok", local="taemin.gok")
    root = RootUser(account=CLOSED, mail=who.mail, state="SUSPENDED")
    return Part(hr=(who.left(),), entries=(who.locked(),), roots=(root,))


@case("center-external-id", "Identity Center: linked by the external id of the directory's entry")
def center_external_id(night: Night) -> Part:
    """The directory locked him; nobody told Identity Center, where he was on call as administrator."""
    del night
    who = Member(number="10471", name="위다온", latin="Da-on Wi", login="dowi", local="daon.wi")
    entry = who.locked()
    user = replace(_center_user(who, "oncall-lead"), directory_id=entry.native_id, groups=(EVERYONE, ONCALL))
    return Part(hr=(who.left(),), entries=(entry,), center=(user,))


@case("center-mail", "Identity Center: linked by mail")
def center_mail(night: Night) -> Part:
    """Made by hand, before the directory fed it."""
    del night
    who = Member(
        number="10472", name="Abel Crane", latin="Abel Crane", login="acrane", local="abel.crane", city=City.SEATTLE
    )
    user = replace(_center_user(who, "crane-read"), mail=who.mail)
    return Part(hr=(who.left(),), entries=(who.locked(),), center=(user,))


@case("center-disabled", "Identity Center: a user that is disabled")
def center_disabled(night: Night) -> Part:
    """Nothing is found."""
    del night
    who = Member(number="10473", name="금새롬", latin="Sae-rom Geum", login="srgeum", local="saerom.geum")
    user = replace(_center_user(who, who.login), mail=who.mail, enabled=False)
    return Part(hr=(who.left(),), entries=(who.locked(),), center=(user,))


def _center_user(who: Member, name: str) -> CenterUser:
    return CenterUser(name=name, display_name=who.latin, created_at=at("2023-01-09", 6))


CASES: tuple[Case, ...] = (
    trusted_user,
    root_mail,
    closed_account,
    center_external_id,
    center_mail,
    center_disabled,
)

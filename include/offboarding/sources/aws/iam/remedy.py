"""AWS IAM, by the AWS CLI (https://docs.aws.amazon.com/cli/latest/reference/iam/)."""

import re
import shlex

from offboarding.interfaces import AccountRemedies, RemedyExamples
from offboarding.model import CREDENTIAL_KINDS, Account, AccountAction, Remedy, Subject, SubjectKind, say
from offboarding.sources.aws.iam.clusters import ENTRY

_ROLE = re.compile(r"arn:[^:]+:iam::(\d{12}):role/(?:.*/)?([^/]+)")
_SWITCHED = {
    SubjectKind.ACCESS_KEY: ("access-key", "access-key"),
    SubjectKind.CERTIFICATE: ("signing-certificate", "certificate"),
    SubjectKind.SERVICE_CREDENTIAL: ("service-specific-credential", "service-specific-credential"),
    SubjectKind.SSH_KEY: ("ssh-public-key", "ssh-public-key"),
}
"""What has a status, Active or Inactive: its name in commands, and in the option that takes its id."""


_STAYS = say("What the cluster gave meanwhile stays: certificates and tokens of its own are no matter of IAM's.")


def disable(action: AccountAction) -> tuple[str, ...]:
    """Return the command that shuts this credential, how it's undone, and what outlives it.

    Keys are switched off and not deleted, so that it can be undone.
    """
    account, subject = action.account, action.subject
    match subject.kind:
        case SubjectKind.ACCESS_KEY:
            return (*_switch_off(account, subject), _SESSIONS)
        case SubjectKind.CONSOLE_PASSWORD:
            return _console_password(account)
        case SubjectKind.ROLE:
            return _role(account, subject)
        case SubjectKind.ROOT_ACCOUNT:
            return _root_user(account)
        case _:
            return _switch_off(account, subject) if subject.kind in _SWITCHED else _user(account)


def remove(action: AccountAction) -> tuple[str, ...]:
    """Return how an inactive key or certificate is deleted."""
    account, subject = action.account, action.subject
    if subject.kind not in _SWITCHED:
        return disable(action)
    name, option = _SWITCHED[subject.kind]
    return (
        _where(account),
        say("Delete it:\n{command}", command=_iam(f"delete-{name}", account, f"--{option}-id", subject.native_id)),
        say("That can't be undone; whoever needs one gets a new one."),
    )


def replace(action: AccountAction) -> tuple[str, ...]:
    """Return how a workload moves to another secret before the old one is shut."""
    if action.subject.kind is not SubjectKind.ACCESS_KEY:
        return disable(action)
    return (
        _where(action.account),
        say(
            "Make a new key, and give it to the workload alone:\n{command}",
            command=_iam("create-access-key", action.account),
        ),
        say("Once nothing uses the old one (its last use stands still):"),
        *disable(action)[1:],
    )


def keep_traces(action: AccountAction) -> tuple[str, ...]:
    """Return the event history (90 days) of the key or the user.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-cli.html
    """
    account, subject = action.account, action.subject
    key = subject.kind is SubjectKind.ACCESS_KEY
    name, value = ("AccessKeyId", subject.native_id) if key else ("Username", account.login)
    pair = shlex.quote(f"AttributeKey={name},AttributeValue={value}")
    return (
        _where(account),
        (
            say(
                "First keep what CloudTrail knows, in each region in use: its event history ends after 90 "
                "days, and shows no data events:\n{command}",
                command=f"aws cloudtrail lookup-events --lookup-attributes {pair} --output json",
            )
        ),
    )


REMEDIES: AccountRemedies = {
    Remedy.DISABLE: disable,
    Remedy.REMOVE: remove,
    Remedy.REPLACE: replace,
    Remedy.KEEP_TRACES: keep_traces,
}


_SESSIONS = say(
    "Sessions made with it may live up to 36 hours more. Where that is too long, deny the user everything "
    "for tokens issued before now (a condition DateLessThan on aws:TokenIssueTime)."
)


def _switch_off(account: Account, subject: Subject) -> tuple[str, ...]:
    name, option = _SWITCHED[subject.kind]
    key = (f"--{option}-id", subject.native_id)
    return (
        _where(account),
        say("Switch it off:\n{command}", command=_iam(f"update-{name}", account, *key, "--status", "Inactive")),
        say("Undo:\n{command}", command=_iam(f"update-{name}", account, *key, "--status", "Active")),
    )


def _console_password(account: Account) -> tuple[str, ...]:
    again = _iam("create-login-profile", account, "--password-reset-required", "--password")
    return (
        _where(account),
        say("Take the console password away:\n{command}", command=_iam("delete-login-profile", account)),
        say("Undo, with a new password:\n{command}", command=f'{again} "$NEW_PASSWORD"'),
        say("A console session that is open may live up to 12 hours more."),
    )


def _role(account: Account, subject: Subject) -> tuple[str, ...]:
    """Return how the user is taken out of the trust policy, in the role's own account.

    https://docs.aws.amazon.com/cli/latest/reference/iam/update-assume-role-policy.html
    """
    if subject.native_id.startswith("aws-auth/"):
        return _aws_auth(subject)
    if subject.native_id.startswith(ENTRY):
        return _access_entry(account, subject)
    arn = _ROLE.fullmatch(subject.label)
    realm, name = (arn[1], arn[2]) if arn else (account.realm, subject.label)
    role = f"--role-name {shlex.quote(name)}"
    show = f"aws iam get-role {role} --query Role.AssumeRolePolicyDocument --output json"
    put = f"aws iam update-assume-role-policy {role} --policy-document"
    return (
        say("As an IAM administrator of AWS account {realm}:", realm=realm),
        say("Keep the trust policy as it is:\n{command}", command=f"{show} > trust-before.json"),
        (
            say(
                "Copy it to trust.json, take {account} out of it (as a principal, or in the condition that "
                "names it), and put it in place:\n{command}",
                account=subject.account_label,
                command=f"{put} file://trust.json",
            )
        ),
        say("Undo:\n{command}", command=f"{put} file://trust-before.json"),
        (
            say(
                "An open session of the role may live up to 12 hours more. Where that is too long, revoke "
                "them (in the console: the role, Revoke sessions)."
            )
        ),
    )


def _access_entry(account: Account, subject: Subject) -> tuple[str, ...]:
    """Return how a cluster on EKS lets the user in no more, and again.

    https://docs.aws.amazon.com/cli/latest/reference/eks/delete-access-entry.html
    """
    region, cluster, arn = (*subject.native_id.removeprefix(ENTRY).split("/", 2), "", "")[:3]
    named = f"--region {shlex.quote(region)} --cluster-name {shlex.quote(cluster)} --principal-arn {shlex.quote(arn)}"
    return (
        _where(account),
        say(
            "Keep the access entry and its policies as they are:\n{entry}\n{policies}",
            entry=f"aws eks describe-access-entry {named} > entry.json",
            policies=f"aws eks list-associated-access-policies {named} > policies.json",
        ),
        say(
            "Delete the entry:\n{command}",
            command=f"aws eks delete-access-entry {named}",
        ),
        say(
            "Undo, with the groups, the user name and each policy that was kept:\n{entry}\n{policy}",
            entry=f"aws eks create-access-entry {named} --kubernetes-groups GROUPS --username NAME",
            policy=f"aws eks associate-access-policy {named} --policy-arn POLICY_ARN --access-scope type=SCOPE",
        ),
        _STAYS,
    )


def _aws_auth(subject: Subject) -> tuple[str, ...]:
    """Return how a cluster on EKS lets the user in no more. The user's own keys decide whether anybody gets in at all.

    https://docs.aws.amazon.com/eks/latest/userguide/auth-configmap.html
    """
    config_map = "kubectl --namespace=kube-system {} configmap aws-auth"
    keep = f"{config_map.format('get')} --output=yaml > aws-auth.yaml"
    return (
        say(
            "As an administrator of the cluster ({label}), keep its ConfigMap, and take each entry of the user's"
            " out of mapUsers and mapRoles (a mistake there shuts everybody out: stay logged in until it was"
            " tried):\n{keep}\n{edit}",
            label=subject.label,
            keep=keep,
            edit=config_map.format("edit"),
        ),
        say("Undo, with what was kept:\n{command}", command="kubectl replace --filename=aws-auth.yaml"),
        _STAYS,
    )


def _root_user(account: Account) -> tuple[str, ...]:
    """Return how the address is changed; for members of an organization there is a command.

    https://docs.aws.amazon.com/cli/latest/reference/account/start-primary-email-update.html
    """
    about = f"--account-id {shlex.quote(account.native_id)} --primary-email"
    return (
        say("First let mail to the old address reach somebody who works here; until then nothing below is enough."),
        (
            say(
                "As an administrator of the organization's management account, give the root user an address "
                "that a team reads:\n{command}",
                command=(
                    f"aws account start-primary-email-update {about} NEW_ADDRESS\n"
                    f"aws account accept-primary-email-update {about} NEW_ADDRESS --otp CODE_FROM_THAT_MAIL"
                ),
            )
        ),
        (
            say(
                "The management account itself, or one that stands alone: sign in as its root user, and "
                "change the address under Account."
            )
        ),
        say(
            "Then set the root user's password anew, register MFA of your own, and delete any access key of "
            "the root user."
        ),
        say("Undo: the same with the old address."),
    )


def _user(account: Account) -> tuple[str, ...]:
    lists = ("list-access-keys", "get-login-profile", "list-ssh-public-keys", "list-service-specific-credentials")
    commands = "\n".join(_iam(name, account) for name in (*lists, "list-signing-certificates"))
    return (
        _where(account),
        say(
            "See what the user can come in by, and switch each off; don't delete the user:\n{command}", command=commands
        ),
    )


def _where(account: Account) -> str:
    return say("As an IAM administrator of AWS account {realm}:", realm=account.realm)


def _iam(command: str, account: Account, *options: str) -> str:
    words = ("aws", "iam", command, "--user-name", account.login, *options)
    return " ".join(shlex.quote(word) for word in words)


EXAMPLES = RemedyExamples(things=(SubjectKind.ACCOUNT, *CREDENTIAL_KINDS, SubjectKind.ROLE, SubjectKind.ROOT_ACCOUNT))

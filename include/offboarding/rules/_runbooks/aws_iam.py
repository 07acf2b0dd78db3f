"""AWS IAM, by the AWS CLI (https://docs.aws.amazon.com/cli/latest/reference/iam/)."""

import shlex

from include.offboarding.model import Account, Subject, SubjectKind


class AwsIam:
    """Switches keys off rather than deleting them, so that it can be undone."""

    def close(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return the command that shuts this credential, how it's undone, and what outlives it."""
        match subject.kind:
            case SubjectKind.ACCESS_KEY:
                return _access_key(account, subject)
            case SubjectKind.CONSOLE_PASSWORD:
                return _console_password(account)
            case SubjectKind.SSH_KEY:
                return _ssh_key(account, subject)
            case _:
                return _user(account)

    def remove(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return how an inactive access key is deleted."""
        return (
            _where(account),
            f"Delete it:\n{_iam('delete-access-key', account, '--access-key-id', subject.native_id)}",
            "That can't be undone; whoever needs a key gets a new one.",
        )

    def replace(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return how a workload moves to another secret before the old one is shut."""
        if subject.kind is not SubjectKind.ACCESS_KEY:
            return self.close(account, subject)
        return (
            _where(account),
            f"Make a new key, and give it to the workload alone:\n{_iam('create-access-key', account)}",
            "Once nothing uses the old one (its last use stands still):",
            *_access_key(account, subject)[1:],
        )

    def keep_traces(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return the event history (90 days) of the key or the user.

        https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events-cli.html
        """
        key = subject.kind is SubjectKind.ACCESS_KEY
        name, value = ("AccessKeyId", subject.native_id) if key else ("Username", account.login)
        pair = shlex.quote(f"AttributeKey={name},AttributeValue={value}")
        return (
            _where(account),
            (
                "First keep what CloudTrail knows, in each region in use: its event history ends after 90 days, and "
                f"shows no data events:\naws cloudtrail lookup-events --lookup-attributes {pair} --output json"
            ),
        )


def _access_key(account: Account, subject: Subject) -> tuple[str, ...]:
    key = ("--access-key-id", subject.native_id)
    return (
        _where(account),
        f"Switch it off:\n{_iam('update-access-key', account, *key, '--status', 'Inactive')}",
        f"Undo:\n{_iam('update-access-key', account, *key, '--status', 'Active')}",
        (
            "Sessions made with it may live up to 36 hours more. Where that is too long, deny the user everything for "
            "tokens issued before now (a condition DateLessThan on aws:TokenIssueTime)."
        ),
    )


def _console_password(account: Account) -> tuple[str, ...]:
    again = _iam("create-login-profile", account, "--password-reset-required", "--password")
    return (
        _where(account),
        f"Take the console password away:\n{_iam('delete-login-profile', account)}",
        f'Undo, with a new password:\n{again} "$NEW_PASSWORD"',
        "A console session that is open may live up to 12 hours more.",
    )


def _ssh_key(account: Account, subject: Subject) -> tuple[str, ...]:
    key = ("--ssh-public-key-id", subject.native_id)
    return (
        _where(account),
        f"Switch it off:\n{_iam('update-ssh-public-key', account, *key, '--status', 'Inactive')}",
        f"Undo:\n{_iam('update-ssh-public-key', account, *key, '--status', 'Active')}",
    )


def _user(account: Account) -> tuple[str, ...]:
    lists = ("list-access-keys", "get-login-profile", "list-ssh-public-keys", "list-service-specific-credentials")
    commands = "\n".join(_iam(name, account) for name in (*lists, "list-signing-certificates"))
    return (
        _where(account),
        f"See what the user can come in by, and switch each off; don't delete the user:\n{commands}",
    )


def _where(account: Account) -> str:
    return f"As an IAM administrator of AWS account {account.realm}:"


def _iam(command: str, account: Account, *options: str) -> str:
    words = ("aws", "iam", command, "--user-name", account.login, *options)
    return " ".join(shlex.quote(word) for word in words)


RUNBOOK = AwsIam()

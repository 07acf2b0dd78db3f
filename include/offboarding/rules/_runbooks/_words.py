"""Steps in words, for a kind of source whose commands nobody has written down."""

from include.offboarding.model import Account, Subject


class InWords:
    """A runbook without commands."""

    def close(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return that it must be switched off where it is; deleting loses the traces (CIS v8 6.2)."""
        return (
            f"Switch off {subject.label} in {account.realm}; don't delete it.",
            "Undo: switch it on again.",
        )

    def remove(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return that what is off already can go."""
        return (f"Delete {subject.label} in {account.realm}. That can't be undone: a new one is made instead.",)

    def replace(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return the order in which a secret is replaced."""
        return (
            f"Make a new secret beside {subject.label} in {account.realm}, move what uses it, and switch off the old.",
        )

    def keep_traces(self, account: Account, subject: Subject) -> tuple[str, ...]:
        """Return that the records come first."""
        return (f"First keep the access records of {subject.label} in {account.realm}: they may expire.",)


RUNBOOK = InWords()

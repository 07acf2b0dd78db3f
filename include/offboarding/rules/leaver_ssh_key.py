"""A leaver's SSH public key is still accepted."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, Severity, SubjectKind
from include.offboarding.rules._controls import LEAVER_ACCESS
from include.offboarding.rules._credentials import open_credentials


class LeaverSshKey:
    """Concerns keys in a directory that sshd reads, locked accounts' too, and keys that a cloud accepts."""

    id: ClassVar[str] = "leaver-ssh-key"
    default_severity: ClassVar[Severity] = Severity.HIGH
    controls: ClassVar[tuple[Control, ...]] = LEAVER_ACCESS

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each SSH key of a leaver's that works, or of which that can't be told."""
        return open_credentials(self, case, as_of, SubjectKind.SSH_KEY)


RULE: Rule = LeaverSshKey()

"""What a SIEM knows leavers' things by."""

from typing import Annotated

from offboarding.cli.lines.line import At, By, JsonLine
from offboarding.model import Basis, Standing, SubjectKind
from offboarding.store.reading.leavers import IdentifierKind


class LeaverLine(JsonLine):
    """An identifier a line: a thing that has several stands on several; by worker, source and thing. The same columns
    make the CSV.
    """

    identifier: str
    """What stands in a log: compare it whole. Within one `realm`, where it's a `login`."""
    identifier_kind: IdentifierKind
    """`native_id` (of the account), `login`, `dn`, `arn`, `access_key_id`, `credential_id`, `ssh_fingerprint`
    (`SHA256:...`, as sshd logs it), `thumbprint` (of a certificate, SHA-256), or `mail` where it was asked for.
    """
    certain_at: At
    """From then on a use is an incident: the last day has ended wherever the person may be."""
    left_at: At
    """End of the last working day in the worker's zone."""
    basis: Basis
    """By whose word they left: `actual` (HR), `notice`, `planned` or `inferred` (no longer listed)."""
    id_space: str
    """Where the worker id means this person."""
    worker_id: str
    """The worker id that people know the person by now."""
    source: str
    """The source's name in the configuration today."""
    source_kind: str
    """Its kind, such as `aws_iam`: an id is one only there, so that 42 of `github_org` isn't 42 of `gitlab_users`."""
    realm: str
    """The system itself: an AWS account id, a directory's own id."""
    account_native_id: str
    """The account that it is, or is on."""
    kind: Annotated[SubjectKind, By("thing")]
    """What it is: `account`, `access_key`, `ssh_key`..."""
    standing: Standing
    """`works`, `dead`, or `unknown`: not checked by the last night, or on a list that somebody gave."""
    gone_at: At | None
    """Since when it isn't there any more; null where it is."""

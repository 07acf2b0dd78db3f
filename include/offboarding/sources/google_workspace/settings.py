"""What a user may write for a company's Google Workspace."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested
from offboarding.model import SubjectKind
from offboarding.sources._http.settings import AccountwiseSettings


class GoogleWorkspaceSettings(AccountwiseSettings):
    """A customer's users, and what lets them in."""

    tested: ClassVar[HowTested] = HowTested(Against.DESCRIPTION, "Google's; its client as second caller")

    delays: ClassVar[Mapping[SubjectKind, timedelta]] = {SubjectKind.ACCOUNT: timedelta(hours=1)}
    """How long an access token lives; that a suspension ends those which are out Google doesn't say
    (https://developers.google.com/identity/protocols/oauth2/service-account#expiration)."""

    tokens: bool = Field(
        default=False,
        description="Leavers' OAuth grants and app passwords are read. It takes a scope that could revoke them as well:"
        " Google has none that only reads.",
    )
    recovery_mails: bool = Field(
        default=False,
        description="Recovery mails are asked for, and those of our own domains name an owner: somebody to whom a"
        " workload's login would be given back. Any other is dropped as it comes.",
    )
    sees_all: bool = Field(
        default=False,
        description="By your word: the administrator's role is on the whole organization, and shows every user. Only"
        " said of one who isn't a super administrator.",
    )

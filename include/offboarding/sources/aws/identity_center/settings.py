"""An organization's Identity Center."""

from collections.abc import Mapping
from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, SourceSettings
from offboarding.model import (
    SubjectKind,
)


class Settings(SourceSettings):
    """An organization's Identity Center."""

    tested: ClassVar[HowTested] = HowTested(
        Against.EMULATOR, "moto, behind a proxy that refuses and limits as AWS does"
    )

    delays: ClassVar[Mapping[SubjectKind, timedelta]] = {SubjectKind.ACCOUNT: timedelta(hours=12)}
    """The longest that a permission set's session of a role may last; nothing at Identity Center ends one that is open
    (https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html)."""

    account: str = Field(
        pattern=r"^\d{12}$", description="The management account, or the one that Identity Center is delegated to."
    )
    region: str = Field(pattern=r"^[a-z]{2}[a-z-]+-\d$", description="Where Identity Center was made.")
    role_name: str | None = Field(
        default=None,
        pattern=r"^[\w+=,.@/-]+$",
        description="The role to assume there, its path included; left out: the connection's own rights.",
    )
    external_id: str | None = Field(default=None, description="What the role's trust policy asks for, if anything.")
    identity_store: str | None = Field(
        default=None, pattern=r"^d-[0-9a-f]{10}$|^[0-9a-f-]{36}$", description="Its id, where there are several."
    )
    max_attempts: int = Field(default=8, ge=1, le=20, description="Attempts at a request that is throttled.")

"""What a user may write for a GitLab, or a group of one."""

from typing import ClassVar

from pydantic import Field, model_validator

from offboarding.interfaces import Against, HowTested
from offboarding.sources._http.settings import AccountwiseSettings


class GitlabUsersSettings(AccountwiseSettings):
    """A GitLab of one's own, or a group."""

    tested: ClassVar[HowTested] = HowTested(Against.BY_HAND, "after GitLab's; python-gitlab as second caller")

    instance: str | None = Field(
        default=None,
        pattern=r"^[a-z0-9][a-z0-9._-]*$",
        description="A GitLab of your own: a name for it, which it keeps when it moves: its id here.",
    )
    group: str | None = Field(
        default=None,
        pattern=r"^[\w.-]+(/[\w.-]+)*$",
        description="A group, by its path: it's read as its owner sees it, in place of the whole instance.",
    )
    enterprise: bool = Field(
        default=False,
        description="The group's members are enterprise users of it (GitLab.com, Ultimate): their personal access"
        " tokens are read.",
    )
    triggers: bool = Field(
        default=True, description="Tokens that trigger pipelines are read: a request for each project."
    )

    @model_validator(mode="after")
    def _says_what_is_read(self) -> "GitlabUsersSettings":
        if (self.instance is None) is (self.group is None):
            raise ValueError(
                "say either instance, to read a GitLab of your own as its administrator, or group, to read a group as"
                " its owner"
            )
        if self.enterprise and self.group is None:
            raise ValueError("enterprise is of a group: an administrator sees everybody's tokens without it")
        return self

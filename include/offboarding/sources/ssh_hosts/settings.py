"""What a user may write for Linux hosts whose users are read."""

from typing import Annotated

from pydantic import Field, field_validator

from offboarding.interfaces import Some, SourceSettings

HostName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class SshHostSettings(SourceSettings):
    """Machines, a collected file each. `hosts` is where a connection may lead, of which there is none."""

    connection: str = Field(default="", description="None: files of this machine are read.")
    folder: str = Field(min_length=1, description="A folder of this machine; a relative path begins at the project.")
    machines: Some[HostName] = Field(description="Each read by a task of its own, from the file of its name.")
    max_age_hours: float = Field(default=26, gt=0, description="How old a host's file may be.")

    @field_validator("machines")
    @classmethod
    def _named_once(cls, machines: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(machines)) < len(machines):
            raise ValueError("a machine is listed twice")
        return machines

    def parts(self) -> tuple[str, ...]:
        """The machines."""
        return self.machines

"""What a user may write for fleets of machines with sshd."""

from typing import ClassVar

from pydantic import Field, model_validator

from offboarding.interfaces import Against, HowTested, VerifierSettings
from offboarding.verifiers._collected.settings import Collection, Pattern, one_realm_each


class Fleet(Collection):
    """Machines whose sshd files are collected into one folder, a subfolder each."""

    trusted_ca: tuple[Pattern, ...] = Field(
        default=("*trusted*ca*", "*user_ca*.pub", "*user-ca*.pub"),
        description="Which are files that TrustedUserCAKeys names.",
    )
    krl: tuple[Pattern, ...] = Field(
        default=("*revoked*", "*krl*"), description="Which are files that RevokedKeys names."
    )
    certificates: tuple[Pattern, ...] = Field(default=("*-cert.pub",), description="Which are certificates.")
    authorized_keys: tuple[Pattern, ...] = Field(
        default=("authorized_keys", "authorized_keys2", "*/authorized_keys/*", "*/authorized_keys.d/*"),
        description="Which are files that AuthorizedKeysFile names.",
    )


class SshSettings(VerifierSettings):
    """Fleets of machines that people log in to by SSH."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "files of OpenSSH's own tools")

    fleets: tuple[Fleet, ...] = Field(description="Each read by a task of its own.")

    @model_validator(mode="after")
    def _fleets_differ(self) -> "SshSettings":
        one_realm_each(self.fleets, "fleets")
        return self

    def parts(self) -> tuple[str, ...]:
        """The fleets' realms."""
        return tuple(fleet.realm for fleet in self.fleets)

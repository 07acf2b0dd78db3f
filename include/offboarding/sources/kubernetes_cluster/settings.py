"""What a user may write for a Kubernetes cluster."""

from typing import ClassVar, Self

from pydantic import Field, model_validator

from offboarding.interfaces import Against, HowTested, Words
from offboarding.sources._collected.files import MachineName
from offboarding.sources._http.settings import AccountwiseSettings


class KubernetesSettings(AccountwiseSettings):
    """A cluster: whom its bindings authorise, and what lets in there."""

    tested: ClassVar[HowTested] = HowTested(
        Against.DESCRIPTION,
        "Kubernetes', as its published schemas have it; its Python client as second caller; kubeconfigs of a "
        "real kubectl",
    )

    secrets: bool = Field(
        default=True,
        description="Metadata of Secrets that hold tokens are read. It takes list on secrets, by which values could be"
        " had, too.",
    )
    username_prefixes: Words[str] = Field(
        default=(), description="What stands before a login in the names of users, such as oidc:."
    )
    owner: Words[str] = Field(
        default=("owner",),
        description="Annotations and labels of service accounts, and of Secrets that hold their tokens, that name an"
        " owner by mail, login or number; in any case, with or without what stands before the slash.",
    )
    aws_auth: bool = Field(
        default=False,
        description="It's on EKS, in an authentication mode with CONFIG_MAP: what the ConfigMap aws-auth maps counts.",
    )
    kubeconfigs_folder: str = Field(
        default="",
        description="A folder of this machine with what collect.sh tells of machines' kubeconfigs; a relative path"
        " begins at the project.",
    )
    kubeconfigs_machines: Words[MachineName] = Field(
        default=(), description="Which machines' kubeconfigs are collected; each one's file is called as it is."
    )
    kubeconfigs_max_age_hours: float = Field(default=26, gt=0, description="How old such a file may be.")

    @model_validator(mode="after")
    def _both(self) -> Self:
        if bool(self.kubeconfigs_folder) != bool(self.kubeconfigs_machines):
            raise ValueError("kubeconfigs_folder and kubeconfigs_machines belong together")
        if len(set(self.kubeconfigs_machines)) < len(self.kubeconfigs_machines):
            raise ValueError("a machine is listed twice in kubeconfigs_machines")
        return self

    def login_of(self, name: str) -> str:
        """A user's name without what the cluster writes before it."""
        for prefix in self.username_prefixes:
            if name.startswith(prefix) and name != prefix:
                return name.removeprefix(prefix)
        return name

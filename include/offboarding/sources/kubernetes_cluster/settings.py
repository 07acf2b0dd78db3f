"""What a user may write for a Kubernetes cluster."""

from pydantic import Field

from offboarding.interfaces import Words
from offboarding.sources._http.settings import HttpSourceSettings


class KubernetesSettings(HttpSourceSettings):
    """A cluster: whom its bindings authorise, and what lets in there."""

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

"""What npm's registry answers, as far as it's of interest here.

https://github.com/npm/registry: docs/orgs/memberships.md, docs/responses/package-metadata.md; what npm's own client
asks of an organization's packages and their collaborators (libnpmaccess).
"""

from collections.abc import Mapping

from pydantic import RootModel

from offboarding.net.service.answers import Told


class NpmReader(Told):
    """Whose token asks."""

    username: str


class NpmNames(RootModel[Mapping[str, str]]):
    """Users with their roles or rights, or packages with the right that the organization has."""


class NpmAuthor(Told):
    """Of a document's maintainers, or who published a version."""

    name: str = ""
    email: str = ""


class NpmDocument(Told):
    """What anybody may read of a package. Its maintainers are a cache, and no authority."""

    maintainers: tuple[NpmAuthor, ...] = ()
    time: Mapping[str, object] = {}
    versions: Mapping[str, Mapping[str, object]] = {}

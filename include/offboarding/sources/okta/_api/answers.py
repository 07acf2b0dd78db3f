"""What Okta answers to every kind that asks it.

https://developer.okta.com/docs/api/openapi/okta-management/management/
"""

from pydantic import Field

from offboarding.net.service.answers import Told


class OktaMetadata(Told):
    """What an org says of itself to anybody."""

    id: str


class OktaAccess(Told):
    """What an app is let in by for an hour, and what it may."""

    access_token: str = Field(repr=False)
    expires_in: int
    scope: str


class OktaRole(Told):
    """An admin role that somebody was given, themselves or by a group."""

    type: str
    label: str | None = None
    status: str | None = None
    assignmentType: str | None = None  # noqa: N815 - Okta's word
    role: str | None = None
    """Which one, of a custom one."""


class _NextPage(Told):
    href: str


class _PageLinks(Told):
    next: _NextPage | None = None


class OktaWrappedPage(Told):
    """A part of a list that isn't linked by headers."""

    value: tuple[object, ...]
    links: _PageLinks | None = Field(default=None, alias="_links")

    @property
    def following(self) -> str | None:
        """Where the next lies; None after the last."""
        return self.links.next.href if self.links and self.links.next else None


class OktaAdmin(Told):
    """Somebody who was given one."""

    id: str

"""What Google's Directory API answers, as far as it's of interest here.

https://developers.google.com/workspace/admin/directory/reference/rest/v1/users
https://developers.google.com/workspace/admin/directory/reference/rest/v1/tokens, .../asps
"""

from typing import Annotated

from pydantic import Field
from pydantic.alias_generators import to_camel

from offboarding.net.service.answers import Moment, Told

Id = Annotated[str, Field(min_length=1)]


class GoogleAccess(Told):
    """What the service account is let in by for an hour."""

    access_token: str = Field(repr=False)
    expires_in: int


class _GoogleAnswer(Told, alias_generator=to_camel):
    pass


class ExternalId(_GoogleAnswer):
    """A number that others know somebody by; of an organization it's the employee's."""

    type: str | None = None
    value: str | None = None


class GoogleUser(_GoogleAnswer):
    """A user. What isn't told isn't there: None."""

    id: Id
    primary_email: Id
    customer_id: Id
    aliases: tuple[str, ...] | None = None
    external_ids: tuple[ExternalId, ...] | None = None
    ssh_public_keys: tuple[object, ...] | None = None
    recovery_email: str | None = Field(default=None, repr=False)
    is_admin: bool | None = None
    is_delegated_admin: bool | None = None
    is_guest_user: bool | None = None
    suspended: bool | None = None
    suspension_reason: str | None = None
    archived: bool | None = None
    creation_time: Moment | None = None
    last_login_time: Moment | None = None
    deletion_time: Moment | None = None


class OsLoginKey(_GoogleAnswer):
    """An SSH public key, by which machines with OS Login let its user in."""

    key: Id
    expiration_time_usec: int | None = None


class OauthGrant(_GoogleAnswer):
    """That an app may act for somebody; Google calls it a token, and tells neither since when nor till when."""

    client_id: Id
    display_text: str | None = None
    scopes: tuple[str, ...] | None = None


class AppPassword(_GoogleAnswer):
    """What lets a program in that knows no second factor; never its value. Times are numbers, as text."""

    code_id: int
    name: str | None = None
    creation_time: int | None = None
    last_time_used: int | None = None

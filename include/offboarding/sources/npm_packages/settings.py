"""What a user may write for an organization's packages at npm."""

from pydantic import Field

from offboarding.interfaces import Words
from offboarding.sources._http.settings import HttpSourceSettings


class NpmPackagesSettings(HttpSourceSettings):
    """An organization, its packages, and others that are the company's."""

    organization: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", description="Its name at npm, without the @.")
    packages: Words[str] = Field(
        default=(), description="The company's packages that aren't the organization's, such as those without a scope."
    )
    register_file: str = Field(
        default="",
        description="A CSV file of this machine that says whose a user of npm's is: username,login.",
    )

"""What a user may write for an organization's packages at npm."""

from typing import ClassVar

from pydantic import Field

from offboarding.interfaces import Against, HowTested, Words
from offboarding.sources._http.settings import HttpSourceSettings


class NpmPackagesSettings(HttpSourceSettings):
    """An organization, its packages, and others that are the company's."""

    tested: ClassVar[HowTested] = HowTested(
        Against.DESCRIPTION, "npm's, of its registry; npm's own client as second caller"
    )

    organization: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]*$", description="Its name at npm, without the @.")
    packages: Words[str] = Field(
        default=(), description="The company's packages that aren't the organization's, such as those without a scope."
    )
    register_file: str = Field(
        default="",
        description="A CSV file of this machine that says whose a user of npm's is: username,login.",
    )

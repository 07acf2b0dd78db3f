"""What a user may write for a folder of collected files."""

from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from offboarding.interfaces import Strict


def _pattern(text: str) -> str:
    if not text or text.startswith("/") or ".." in text.split("/"):
        raise ValueError(f"{text!r} is no pattern of files below the folder, such as web1/* or *-cert.pub")
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]
RealmName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


class Collection(Strict):
    """A folder, and what a whole collection of it holds."""

    realm: RealmName = Field(description="What the files are of; its keys are known by it, whatever the folder.")
    folder: str = Field(min_length=1, description="A folder of this machine; a relative path begins at the project.")
    expected: tuple[Pattern, ...] = Field(
        default=(), description="What must be there: patterns of paths below the folder, each for a file at least."
    )
    manifest: str | None = Field(
        default=None, pattern=r"^[^/]+$", description="A file in the folder as sha256sum writes it, made at the end."
    )
    max_age_hours: float = Field(default=48, gt=0, description="How old the manifest may be.")

    @model_validator(mode="after")
    def _is_provable(self) -> "Collection":
        if not self.expected and not self.manifest:
            raise ValueError(
                "name what a whole collection holds, in expected or in a manifest: else a file that is missing would"
                " make its keys look gone"
            )
        return self


def one_realm_each(collections: tuple[Collection, ...], what: str) -> None:
    """Raises ValueError where there's none, or two are called the same."""
    if not collections:
        raise ValueError(f"{what}: name one folder at least")
    names = [collection.realm for collection in collections]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"{what}: the system {twice[0]} stands twice")

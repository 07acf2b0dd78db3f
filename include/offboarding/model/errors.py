"""Errors, by what the caller should do about them."""

from collections.abc import Sequence

SHORTEST_SECRET = 5
"""Characters. A shorter one keeps nobody out, and to look for it would take words apart."""

_secrets: set[str] = set()


def keep_out(*secrets: str) -> None:
    """From here on none of these stands in an error of ours: a server that refuses us may say back what it was told."""
    _secrets.update(secret for secret in secrets if len(secret) >= SHORTEST_SECRET)


def without_secrets(text: str) -> str:
    """With "(a secret)" in the place of each: whoever cuts a text does so afterwards."""
    # The longest first, so that nothing is left of one that holds another.
    for secret in sorted(_secrets, key=len, reverse=True):
        text = text.replace(secret, "(a secret)")
    return text


class OffboardingError(Exception):
    """Any error of ours. Its text names the source, the record and the fix, and holds no secret of a connection."""

    def __init__(self, text: str = "") -> None:
        super().__init__(without_secrets(text))


class RetriableError(OffboardingError):
    """It may work in a minute (a time-out, throttling, a server that restarts): try the same call again."""


class FatalError(OffboardingError):
    """It won't work however often it's tried (a refused login, a missing right): a person has to act."""

    field: str = ""
    """Which field of a decision it's about, where that is known."""


class NamedError(FatalError):
    """One whose text repeats what people or accounts are called, as a terminal may and a log may not."""

    def __init__(self, text: str, *, logged: str) -> None:
        super().__init__(text)
        self.logged = without_secrets(logged)
        """The same for logs: without such words."""


class ConfigError(FatalError):
    """The configuration is wrong; the text starts with the path in the file."""


class IncompleteReadError(FatalError):
    """A read ended early or in doubt: nothing may be concluded from it."""


def raise_together(errors: Sequence[OffboardingError]) -> None:
    """Raise what several systems refused as one, if they did, a line each: as what may work in a minute where any of it
    may.
    """
    if len(errors) == 1:
        raise errors[0]
    if errors:
        kind = RetriableError if any(isinstance(error, RetriableError) for error in errors) else FatalError
        raise kind("\n".join(str(error) for error in errors))

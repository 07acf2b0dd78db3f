"""What takes the reversible step: by a connection of its own, and only once a person has approved it."""

from collections.abc import Sequence
from typing import Protocol

from offboarding.model import Before, Revocable, StepSeen


class Revoker(Protocol):
    """Shuts a thing so that it can be opened again. Errors are RetriableError or FatalError. A thing is found by its
    lasting ids, whatever it's called by now.
    """

    def check(self) -> None:
        """Log in, and raise what would keep it from shutting anything, as far as that shows. Changes nothing."""
        ...

    def before(self, thing: Revocable) -> Before:
        """What stands there now. Changes nothing.

        Raises FatalError where it isn't there any more, isn't on that account, is shut already, can't be shut so, or is
        what a connection of ours logs in by.
        """
        ...

    def called(self, thing: Revocable) -> Sequence[str]:
        """What its account is called now, its login among it. Changes nothing; FatalError where it's gone."""
        ...

    def seen(self, thing: Revocable, before: Before) -> StepSeen:
        """How it stands now, held against what stood before. Changes nothing."""
        ...

    def revoke(self, thing: Revocable, before: Before) -> None:
        """Shut it. Raises FatalError where it stands otherwise than before, shut already too: that was somebody else.

        UncertainError, where its system may have done it all the same, since its answer got lost or doesn't say. Any
        other error means for certain that nothing was done, and nothing will be.
        """
        ...

    def undo(self, thing: Revocable, before: Before) -> None:
        """Let it stand as before; one that does stays so, and so it may be called again. Raises FatalError where
        somebody changed it since, and then does nothing.
        """
        ...

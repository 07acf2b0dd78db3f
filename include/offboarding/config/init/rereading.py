"""The proposed files of rosters, read as the night reads them."""

from collections import deque
from collections.abc import Iterator
from datetime import datetime

from offboarding import wiring
from offboarding.config.loading import kind_module
from offboarding.config.settings import Settings
from offboarding.model.errors import ConfigError, OffboardingError


def problems_of_files(settings: Settings, as_of: datetime) -> Iterator[str]:
    """Yield what a night would report of each roster that is named by an address.

    Rosters that are reached by a connection are checked by `doctor`. Raises ConfigError where no night can read a file.
    """
    for own in settings.rosters:
        if kind_module("rosters", own.kind).Settings.model_fields["connection"].is_required():
            continue
        try:
            roster = wiring.roster(settings, own.name, as_of)
            deque(roster.read(), maxlen=0)
        except OffboardingError as error:
            raise ConfigError(
                f"No night can read what is proposed. {error} Nothing was written: mend the file, or say otherwise with"
                f" --set {own.name}.KEY=VALUE."
            ) from error
        yield from map(str, (*roster.problems, *roster.left_out.problems))

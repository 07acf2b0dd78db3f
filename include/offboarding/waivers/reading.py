"""The file, read and checked by itself."""

from pathlib import Path

from pydantic import ValidationError

from offboarding.config import yaml_file
from offboarding.config.mistakes import Mistake, of_validation
from offboarding.waivers.register import Exceptions


def read(path: Path, *, named: bool) -> tuple[Exceptions | None, list[Mistake]]:
    """What is let stand, or the mistakes that keep it back. A file that isn't there lets nothing stand, unless `named`.

    Raises ConfigError where it's no readable YAML mapping.
    """
    if not named and not path.exists():
        return Exceptions(), []
    held = yaml_file.read(path, absent="Make the file, or take the line exceptions out of the configuration.")
    if held is None:
        return Exceptions(), []
    fields = yaml_file.mapping(path, held, empty="holds exceptions and acknowledgements, a list each.")
    try:
        return Exceptions.model_validate(fields), []
    except ValidationError as error:
        return None, list(of_validation(Exceptions, fields, "", error))

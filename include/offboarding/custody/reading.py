"""The register's file, read and checked by itself."""

from pathlib import Path

from pydantic import ValidationError

from offboarding.config import yaml_file
from offboarding.config.mistakes import Mistake, of_validation
from offboarding.custody.register import Register


def read(path: Path, *, named: bool) -> tuple[Register | None, list[Mistake]]:
    """The register, or the mistakes that keep it back. A file that isn't there is an empty register, unless `named`.

    Raises ConfigError where it's no readable YAML mapping.
    """
    if not named and not path.exists():
        return Register(), []
    held = yaml_file.read(path, absent="Make the file, or take the line custody out of the configuration.")
    if held is None:
        return Register(), []
    fields = yaml_file.mapping(path, held, empty="is no register: it holds teams and keys, a line each.")
    try:
        return Register.model_validate(fields), []
    except ValidationError as error:
        return None, list(of_validation(Register, fields, "", error))

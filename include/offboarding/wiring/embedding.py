"""Where a store is kept that has no server of its own."""

import hashlib
import os
from pathlib import Path

from offboarding.config.loading import DEFAULT_PATH, Loaded, StoreChoice, project_folder

EMBEDDED_FOLDER = "OFFBOARDING_EMBEDDED_FOLDER"


def embedded_folder(loaded: Loaded | StoreChoice) -> Path:
    """Where `store: embedded` keeps its data: beside the project, one folder a configuration file.

    `OFFBOARDING_EMBEDDED_FOLDER` names another place than .offboarding, for a project that can't be written to.
    """
    parent = Path(os.environ.get(EMBEDDED_FOLDER) or project_folder() / ".offboarding")
    path = loaded.path.resolve()
    if path == project_folder() / DEFAULT_PATH:
        return parent / path.stem
    # Two files may have the same name, and their findings nothing in common.
    return parent / f"{path.stem}-{hashlib.sha256(os.fsencode(path)).hexdigest()[:8]}"

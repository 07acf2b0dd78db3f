"""How this process was called: what it prints to be typed is called likewise."""

import functools
import os
import re
import shlex
import shutil
import sys
from collections.abc import Sequence

from offboarding.report.wording import COMMAND

CALLED_AS = "OFFBOARDING_CALLED_AS"
"""Set by scripts/offboarding to the words that it was called by."""
_SCRIPT = "offboarding"
_COMMAND = re.compile(rf"(?<![\w./-]){re.escape(COMMAND)}")


def typed(text: str) -> str:
    """The text, with its commands as they can be typed where this one was; one that is so already stays."""
    return _COMMAND.sub(lambda _: called_as(), text)


@functools.cache
def called_as() -> str:
    """`offboarding`, `.venv/bin/python -m offboarding`, a script's path: whatever led here."""
    script = os.environ.get(CALLED_AS) or sys.argv[0]
    if os.path.basename(script) == _SCRIPT:  # noqa: PTH119 - a text that somebody typed
        return _SCRIPT if _is_on_path(script) else shlex.quote(script)
    return _by_module(sys.orig_argv) or COMMAND


def _is_on_path(script: str) -> bool:
    found = shutil.which(_SCRIPT)
    return found is not None and os.path.exists(script) and os.path.samefile(found, script)  # noqa: PTH110, PTH121 - a text that somebody typed


def _by_module(words: Sequence[str]) -> str:
    """The words up to the module's name; "" where another program imports us."""
    for at in range(1, len(words) - 1):
        if words[at : at + 2] == ["-m", _SCRIPT]:
            return shlex.join(words[: at + 2])
    return ""

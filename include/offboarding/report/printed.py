"""A page as PDF, by WeasyPrint, in a process of its own that gets no password and fetches nothing (decision 0205)."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec

from offboarding.model.errors import FatalError

PACKAGE = "weasyprint"
PASSED_ON = (
    *("PATH", "LD_LIBRARY_PATH", "FONTCONFIG_FILE", "FONTCONFIG_PATH", "HOME", "XDG_CACHE_HOME", "TMPDIR"),
    *("PYTHONPATH", "PYTHONUSERBASE"),
)
"""What of our environment it has: where it finds itself, its libraries and its fonts."""
LONGEST_SECONDS = 300
_COMMAND = (
    *(sys.executable, "-P", "-m", PACKAGE, "--quiet", "--encoding", "utf-8"),
    # No address is one of this protocol, and none is relative: what a page names is refused, a file as well.
    *("--allowed-protocols", "none", "--base-url", ""),
    *("-", "-"),
)
MOST_LETTERS = 1_000
"""Of one text. WeasyPrint lays out the rest of it anew for each line: ten thousand letters took it minutes, and
whatever a system tells may be so long."""
_LETTERS = r"(?:&[#\w]{1,10};|[^<&])"
_LONG = re.compile(rf"(>{_LETTERS}{{{MOST_LETTERS}}})({_LETTERS}+)")
_LIBRARY = re.compile(r"cannot load library '([\w.+-]{1,100})'")
_ERROR = re.compile(r"^(\w{1,60}(?:Error|Exception))(?::|$)", re.MULTILINE)


def pdf(page: str) -> bytes:
    """A page of HTML that holds all it needs, as PDF. Raises FatalError where none can be made, and why."""
    if find_spec(PACKAGE) is None:
        raise FatalError(
            "there is no WeasyPrint here. Install the wheel's extra `pdf` where the tasks run (`pip install weasyprint`"
            " in the folder's layout), and Pango, which it draws by (docs/operations.md, The report as a file)."
        )
    passed_on = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(
            _COMMAND,
            input=_cut(page).encode("utf-8"),
            capture_output=True,
            env=passed_on,
            timeout=LONGEST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise FatalError(f"WeasyPrint wasn't done after {LONGEST_SECONDS} seconds, and was ended.") from None
    if done.returncode or not done.stdout.startswith(b"%PDF-"):
        raise FatalError(_why(done.returncode, done.stderr.decode("utf-8", "replace")))
    return done.stdout


def trial() -> None:
    """Make one and throw it away. Raises FatalError as `pdf`."""
    pdf("<!doctype html><html lang=en><title>A trial</title><body><p>A trial")


def _cut(page: str) -> str:
    """The same with no text longer than that, where it's said how much is left out. Styles stand in the head."""
    head, body, rest = page.partition("<body>")
    cut = _LONG.sub(lambda found: f"{found[1]} [and {len(found[2]):,} letters more, in the HTML]", rest)
    return f"{head}{body}{cut}"


def _why(code: int, said: str) -> str:
    """What it said may repeat the page, so that only a library's name is told of it, or its error's kind."""
    library = _LIBRARY.search(said)
    if library:
        return (
            f"WeasyPrint finds no {library[1]}. Install Pango where the tasks run: on Debian and Ubuntu libpango-1.0-0,"
            " libpangoft2-1.0-0 and libharfbuzz-subset0, and a font of whatever is written (fonts-noto-cjk)."
        )
    kinds = _ERROR.findall(said)
    return f"WeasyPrint ended with {code} ({kinds[-1] if kinds else 'and said nothing'})."

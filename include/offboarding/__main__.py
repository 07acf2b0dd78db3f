"""`python -m offboarding`: what may be typed says cli/tree.py."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older one would end in a trace
    sys.exit(f"offboarding: Python 3.11 to 3.13 is needed, and this is {sys.version.split()[0]} ({sys.executable}).")
try:
    from offboarding.cli.entry import main
except ModuleNotFoundError as error:
    if (error.name or "").partition(".")[0] == "offboarding":
        raise
    sys.exit(
        f"offboarding: the Python that was called ({sys.executable}) has no {error.name}: call the one in .venv of the"
        " project's folder, or scripts/offboarding there, which does."
    )

sys.exit(main())

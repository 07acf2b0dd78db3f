"""`python -m offboarding`: what may be typed says cli/tree.py."""

import sys

from offboarding.cli.entry import main

sys.exit(main())

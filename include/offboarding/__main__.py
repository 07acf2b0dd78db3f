"""`python -m include.offboarding`: what may be typed says commands/tree.py."""

import sys

from include.offboarding.commands.entry import main

sys.exit(main())

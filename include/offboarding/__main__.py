"""`python -m include.offboarding`: what may be typed is in commands/arguments.py."""

import sys

from include.offboarding.commands.entry import main

sys.exit(main())

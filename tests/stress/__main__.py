"""Kill tasks hundreds of times, and see that nothing is told twice and nothing is lost: `make stress`."""

import sys

if __name__ == "__main__":
    # First, and for what it does: no settings of whoever runs this are left when anything else is imported.
    from tests import conftest as _conftest  # noqa: F401 - imported for what it does
    from tests.stress.kills import main

    sys.exit(main(sys.argv[1:]))

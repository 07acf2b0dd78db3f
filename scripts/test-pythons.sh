#!/bin/sh
# That two versions are compatible for a resolver does not mean that they can be imported together: installs the lock
# into an environment for each Python 3.11, 3.12 and 3.13 of this machine and imports there what we use.
set -eu
cd "$(dirname "$0")/.."
. scripts/uv-env.sh

tried=0
for version in 3.11 3.12 3.13; do
    for candidate in "python$version" /usr/bin/python3; do
        [ "$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)" = "$version" ] || continue
        suitable "$candidate" || continue
        PYTHON=$candidate VENV=.cache/venvs/$version scripts/bootstrap.sh
        ".cache/venvs/$version/bin/python" -m pytest --quiet tests/unit/test_lock.py
        tried=$((tried + 1))
        break
    done
done
[ "$tried" -gt 0 ] || fail "No Python 3.11, 3.12 or 3.13 was found: install one, then try again."
echo "Imported on $tried Pythons."

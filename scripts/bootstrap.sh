#!/bin/sh
# Makes .venv from requirements.lock, and does nothing where that is done. Needs Python 3.11 to 3.13 and, the first time,
# a package index; writes nothing outside this folder; works without network once .cache is filled.
#
# Environment: PYTHON=/path/to/python3 (which Python), VENV=folder (instead of .venv), pip's own settings.
set -eu
cd "$(dirname "$0")/.."
. scripts/uv-env.sh

venv=${VENV:-.venv}
case $PWD in
    *%* | *:*) fail "Airflow's SQLite URL and Python's search path cannot hold '%' or ':', and this folder's path does ($PWD): move the project." ;;
esac

# Which Python, if somebody asked for one; and the path, since a virtual environment cannot be moved.
place="${PYTHON:-} $PWD"
packages=$(cat requirements.lock scripts/build.txt scripts/bootstrap.sh | cksum)
stands_here() {
    [ "$(cat "$venv/.place" 2>/dev/null)" = "$place" ] && "$venv/bin/python" -c '' 2>/dev/null
}
done_already() {
    stands_here && [ "$(cat "$venv/.packages" 2>/dev/null)" = "$packages" ]
}
done_already && exit 0
# Another folder's environment, lent by a link (a git worktree), is that folder's to make and to renew.
[ -L "$venv" ] && "$venv/bin/python" -c '' 2>/dev/null && exit 0

mkdir -p .cache/tools 2>/dev/null && [ -w . ] && [ -w .cache ] ||
    fail "This folder ($PWD) cannot be written to by $(id -un): work in a copy of your own, or as its owner."
# Two makes at once: the second waits, and finds it done. (macOS has no flock.)
if command -v flock >/dev/null; then
    exec 9>.cache/bootstrap.lock
    flock 9
    done_already && exit 0
fi

use_uv
echo "Setting up $venv with $("$python" -V 2>&1): half a minute, once." >&2
rm -f "$venv/.packages"
# Where only the lock has changed, what is the same stays: somebody may be using it.
if ! stands_here; then
    "$uv" venv --quiet --clear --no-project --python "$python" "$venv" ||
        fail "$venv could not be made: if other users' files are in it, remove it (make clean) and try again."
    echo "$place" >"$venv/.place"
fi
sync() {
    "$uv" pip sync --quiet --compile-bytecode --require-hashes --python "$venv/bin/python" \
        --build-constraints scripts/build.txt "$@" requirements.lock
}
# Offline first: with a full cache and no network, stale index pages would make it fail.
sync --offline 2>/dev/null || sync ||
    fail "The packages could not be fetched: check the network (or set PIP_INDEX_URL to your package index) and the disk's free space (2 GB), then try again."
# So that `python -m offboarding` finds the package. In .venv from there, since a git worktree may borrow it by a link.
case $venv in .venv) package=../../../../include ;; *) package=$PWD/include ;; esac
echo "$package" >"$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/offboarding.pth"
if [ "$venv" = .venv ]; then ln -sf ../../scripts/offboarding .venv/bin/offboarding; fi
# For editors: the first line of include/offboarding.yaml names it.
if [ "$venv" = .venv ]; then "$venv/bin/python" -m offboarding config-schema >include/offboarding.schema.json; fi
echo "$packages" >"$venv/.packages"

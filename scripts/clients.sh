#!/bin/sh
# Makes .cache/venvs/clients from clients.txt: vendors' own clients, and others', that ask our stand-ins as second callers.
# An environment of its own, since they are half a gigabyte, and nothing else needs them.
set -eu
cd "$(dirname "$0")/.."
. scripts/uv-env.sh

venv=.cache/venvs/clients
packages=$(cksum <scripts/clients.txt)
[ "$(cat "$venv/.packages" 2>/dev/null)" = "$packages" ] && "$venv/bin/python" -c '' 2>/dev/null && exit 0

mkdir -p .cache/tools .cache/venvs
use_uv
echo "Setting up $venv: some seconds, once." >&2
"$uv" venv --quiet --clear --no-project --python "$python" "$venv"
sync() {
    "$uv" pip sync --quiet --require-hashes --python "$venv/bin/python" "$@" scripts/clients.txt
}
sync --offline 2>/dev/null || sync ||
    fail "Vendors' clients could not be fetched: check the network (or set PIP_INDEX_URL to your package index)."
echo "$packages" >"$venv/.packages"

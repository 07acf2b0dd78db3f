#!/bin/sh
# Makes .cache/venvs/c7n from c7n.txt: Cloud Custodian, that benchmarks/aws_requests.py is held against. An environment
# of its own, since its versions of boto3 are none of ours.
set -eu
cd "$(dirname "$0")/.."
. scripts/uv-env.sh

venv=.cache/venvs/c7n
packages=$(cksum <scripts/c7n.txt)
[ "$(cat "$venv/.packages" 2>/dev/null)" = "$packages" ] && "$venv/bin/python" -c '' 2>/dev/null && exit 0

mkdir -p .cache/tools .cache/venvs
use_uv
"$uv" venv --quiet --clear --no-project --python "$python" "$venv"
sync() {
    "$uv" pip sync --quiet --require-hashes --python "$venv/bin/python" "$@" scripts/c7n.txt
}
sync --offline 2>/dev/null || sync || fail "Cloud Custodian could not be fetched: check the network (or set PIP_INDEX_URL to your package index)."
echo "$packages" >"$venv/.packages"

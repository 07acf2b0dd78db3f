#!/bin/sh
# Fetches PgBouncer for the tests of make test-slow, unpacked into .cache/pgbouncer, where the machine has none. Nothing is
# installed and no service started. Where that can't be done a line says so, and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

cache=.cache/pgbouncer
skip() {
    echo "The store behind PgBouncer is not tested here: $1" >&2
    exit 0
}

for own in /usr/sbin /usr/bin; do [ -x "$own/pgbouncer" ] && exit 0; done
for tool in apt-get dpkg-deb; do
    command -v "$tool" >/dev/null || skip "this machine has no $tool."
done
[ -x "$cache/root/usr/sbin/pgbouncer" ] && exit 0

mkdir -p "$cache"
lock_cache "$cache"
[ -x "$cache/root/usr/sbin/pgbouncer" ] && exit 0
echo "Fetching PgBouncer into $cache: some seconds, once." >&2
unpack_packages "$cache" pgbouncer || skip "its packages could not be fetched (details: $cache/apt.log)."
keep_unpacked "$cache"

#!/bin/sh
# Fetches Prometheus and promtool for the tests of monitoring/, where the machine has none: Debian's packages, unpacked into
# .cache/prometheus. Nothing is installed and no service started. Where that can't be done a line says so, and those tests
# are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

cache=.cache/prometheus
command -v prometheus >/dev/null && command -v promtool >/dev/null && exit 0
[ -x "$cache/root/usr/bin/promtool" ] && exit 0
skip() {
    echo "The alarms and the dashboard are not tested here: $1" >&2
    exit 0
}
for tool in apt-get dpkg-deb; do
    command -v "$tool" >/dev/null || skip "this machine has neither Prometheus nor $tool."
done
mkdir -p "$cache"
lock_cache "$cache"
[ -x "$cache/root/usr/bin/promtool" ] && exit 0
echo "Fetching Prometheus into $cache: 60 MB, some seconds, once." >&2
unpack_packages "$cache" prometheus promtool || skip "its packages could not be fetched (details: $cache/apt.log)."
"$cache/root.new/usr/bin/promtool" --version >/dev/null || skip "what was fetched doesn't run here."
keep_unpacked "$cache"

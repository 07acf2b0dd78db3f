#!/bin/sh
# Fetches Request Tracker and Redmine for the tests, unpacked into .cache/trackers. Nothing is installed and no service
# started: tests/support/unpacked.py lays the tree over /usr for its own servers alone. Where that can't be done a line says
# so, and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

cache=.cache/trackers
skip() {
    echo "Request Tracker and Redmine are not tested here: $1" >&2
    exit 0
}

[ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] || skip "what is unpacked is run by root on Linux alone."
for tool in apt-get dpkg-deb unshare setpriv; do
    command -v "$tool" >/dev/null || skip "this machine has no $tool."
done
unshare --mount --net mount -t overlay -o ro,lowerdir=/usr:/etc overlay /mnt 2>/dev/null ||
    skip "root may not mount here (a container wants --privileged)."
[ -e "$cache/root/usr/share/request-tracker5/libexec/rt-server" ] && exit 0

mkdir -p "$cache"
lock_cache "$cache"
[ -e "$cache/root/usr/share/request-tracker5/libexec/rt-server" ] && exit 0
echo "Fetching Request Tracker and Redmine into $cache: some 100 MB, a minute, once." >&2
unpack_packages "$cache" request-tracker5 rt5-db-sqlite rt5-standalone starlet redmine redmine-sqlite puma iproute2 ||
    skip "their packages could not be fetched (details: $cache/apt.log)."
mkdir -p "$cache/root.new/etc"
keep_unpacked "$cache"

#!/bin/sh
# Fetches Samba's domain controller and 389-ds for the tests, unpacked into .cache/directories. Nothing is installed and no
# service started: tests/support/unpacked.py lays the tree over /usr for its own servers alone. Where that can't be done a
# line says so, and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

cache=.cache/directories
skip() {
    echo "Active Directory and 389-ds are not tested here: $1" >&2
    exit 0
}

[ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] || skip "Samba's domain controller needs root on Linux."
for tool in apt-get dpkg-deb unshare setpriv; do
    command -v "$tool" >/dev/null || skip "this machine has no $tool."
done
unshare --mount --net mount -t overlay -o ro,lowerdir=/usr:/etc overlay /mnt 2>/dev/null ||
    skip "root may not mount here (a container wants --privileged)."
[ -e "$cache/root/usr/sbin/ns-slapd" ] && exit 0

mkdir -p "$cache"
lock_cache "$cache"
[ -e "$cache/root/usr/sbin/ns-slapd" ] && exit 0
echo "Fetching Samba and 389-ds into $cache: 41 MB, some seconds, once." >&2
unpack_packages "$cache" samba-ad-dc samba-ad-provision 389-ds-base iproute2 ||
    skip "their packages could not be fetched (details: $cache/apt.log)."
mkdir -p "$cache/root.new/etc"
keep_unpacked "$cache"

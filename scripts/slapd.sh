#!/bin/sh
# Makes sure that there is an OpenLDAP server for the demo and the tests: the machine's own, or Debian's packages unpacked
# into .cache/slapd. Nothing is installed, no service started, no root needed; no network once it is unpacked.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

# Ubuntu's AppArmor profile lets /usr/sbin/slapd read /etc/ldap alone: an unpacked copy lies outside that profile.
for own in /usr/sbin/slapd /usr/libexec/slapd /usr/local/libexec/slapd /opt/homebrew/opt/openldap/libexec/slapd; do
    if [ -x "$own" ] && ! [ -e /etc/apparmor.d/usr.sbin.slapd ]; then exit 0; fi
done

cache=.cache/slapd
[ -x "$cache/root/usr/sbin/slapd" ] && exit 0

for tool in apt-get dpkg-deb; do
    command -v "$tool" >/dev/null ||
        fail "The demo and the tests need an OpenLDAP server, and this machine has neither one nor apt to fetch one: install it (Fedora: openldap-servers, Alpine: openldap openldap-back-mdb, macOS: brew install openldap)."
done
mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] ||
    fail "$PWD/$cache cannot be written to by $(id -un): work in a copy of your own, or as its owner."
lock_cache "$cache"
[ -x "$cache/root/usr/sbin/slapd" ] && exit 0
echo "Fetching OpenLDAP's server into $cache: some seconds, once." >&2
unpack_packages "$cache" slapd ldap-utils ||
    fail "OpenLDAP's packages could not be fetched (details: $cache/apt.log): check the network and apt's sources, or install slapd yourself, then try again."

# The binary itself tells whether a library is missing.
new=$PWD/$cache/root.new
libraries=$(find "$new/usr/lib" -maxdepth 1 -name '*-linux-*' -type d | head -n 1)
LD_LIBRARY_PATH=${libraries:-$new/usr/lib} "$new/usr/sbin/slapd" -VV >>"$cache/apt.log" 2>&1 ||
    fail "The slapd that was fetched does not start here (details: $cache/apt.log): install slapd yourself, then try again."
keep_unpacked "$cache"

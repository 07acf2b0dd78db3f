#!/bin/sh
# Makes sure that there is an OpenLDAP server for the demo and the tests: the machine's own, or Debian's packages unpacked
# into .cache/slapd. Nothing is installed, no service started, no root needed; no network once it is unpacked.
#
# Environment: MACHINE=folder that is looked through in place of / (the script's own tests).
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

# Ubuntu's AppArmor profile lets /usr/sbin/slapd read /etc/ldap alone: an unpacked copy lies outside that profile.
machine=${MACHINE:-}
slapd=
for own in /usr/sbin /usr/libexec /usr/local/libexec /opt/homebrew/opt/openldap/libexec; do
    if [ -x "$machine$own/slapd" ] && ! [ -e "$machine/etc/apparmor.d/usr.sbin.slapd" ]; then slapd=$machine$own/slapd; fi
done
# Debian's slapd brings no ldapmodify and its like, which the tests of tickets' commands type.
[ -n "$slapd" ] && command -v ldapmodify >/dev/null && exit 0

cache=.cache/slapd
[ -x "$cache/root/usr/sbin/slapd" ] && exit 0

# Without its tools the machine's own server still does for all but the tests that type them.
give_up() {
    [ -z "$slapd" ] || exit 0
    fail "$1"
}
for tool in apt-get dpkg-deb; do
    command -v "$tool" >/dev/null ||
        give_up "The demo and the tests need an OpenLDAP server, and this machine has neither one nor apt to fetch one: install it (Fedora: openldap-servers, Alpine: openldap openldap-back-mdb, macOS: brew install openldap)."
done
mkdir -p "$cache" 2>/dev/null && [ -w "$cache" ] ||
    give_up "$PWD/$cache cannot be written to by $(id -un): work in a copy of your own, or as its owner."
lock_cache "$cache"
[ -x "$cache/root/usr/sbin/slapd" ] && exit 0
echo "Fetching OpenLDAP's server into $cache: some seconds, once." >&2
unpack_packages "$cache" slapd ldap-utils ||
    give_up "OpenLDAP's packages could not be fetched (details: $cache/apt.log): check the network and apt's sources, or install slapd yourself, then try again."

# The binary itself tells whether a library is missing.
new=$PWD/$cache/root.new
libraries=$(find "$new/usr/lib" -maxdepth 1 -name '*-linux-*' -type d | head -n 1)
LD_LIBRARY_PATH=${libraries:-$new/usr/lib} "$new/usr/sbin/slapd" -VV >>"$cache/apt.log" 2>&1 ||
    give_up "The slapd that was fetched does not start here (details: $cache/apt.log): install slapd yourself, then try again."
keep_unpacked "$cache"

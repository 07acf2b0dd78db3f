#!/bin/sh
# Makes sure that there is an OpenLDAP server for the demo and the tests: the machine's own, or Debian's packages unpacked
# into .cache/slapd. Nothing is installed, no service started, no root needed; no network once it is unpacked.
set -eu
cd "$(dirname "$0")/.."

fail() {
    echo "$1" >&2
    exit 2
}

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
if command -v flock >/dev/null; then
    exec 9>"$cache/lock"
    flock 9
    [ -x "$cache/root/usr/sbin/slapd" ] && exit 0
fi
echo "Fetching OpenLDAP's server into $cache: some seconds, once." >&2

# A file and not -o: apt reads it last, so it can undo hooks of the machine's own configuration (Docker's images delete
# from /var/cache/apt after each update).
state=$PWD/$cache/apt
mkdir -p "$state/lists/partial" "$state/archives/partial" "$cache/debs"
cat >"$cache/apt.conf" <<CONF
Dir::State "$state";
Dir::State::lists "$state/lists";
Dir::State::extended_states "$state/extended_states";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "$state";
Dir::Cache::archives "$state/archives";
Dir::Log "$state";
Debug::NoLocking "true";
APT::Sandbox::User "root";
APT::Get::Show-User-Simulation-Note "false";
Acquire::Languages "none";
Acquire::Retries "3";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
CONF
log=$PWD/$cache/apt.log
: >"$log"
config=$PWD/$cache/apt.conf
apt_get() {
    LC_ALL=C apt-get --quiet=2 --config-file "$config" "$@" 2>>"$log"
}
unreachable="OpenLDAP's packages could not be fetched (details: $cache/apt.log): check the network and apt's sources, or install slapd yourself, then try again."
apt_get update >>"$log" || fail "$unreachable"

# What apt would install: slapd and those of its dependencies that this machine lacks. No names of ours to grow old.
simulated=$(apt_get --simulate --no-install-recommends install slapd ldap-utils) || fail "$unreachable"
packages=$(printf '%s\n' "$simulated" | awk '$1 == "Inst" { print $2 }')
rm -f "$cache"/debs/*.deb
# Word splitting is meant: one package a word.
# shellcheck disable=SC2086
(cd "$cache/debs" && apt_get download ${packages:-slapd ldap-utils} >>"$log") || fail "$unreachable"

new=$cache/root.new
rm -rf "$new"
mkdir -p "$new"
for deb in "$cache"/debs/*.deb; do
    dpkg-deb --extract "$deb" "$new"
done
# The binary itself tells whether a library is missing.
libraries=$(find "$PWD/$new/usr/lib" -maxdepth 1 -name '*-linux-*' -type d | head -n 1)
LD_LIBRARY_PATH=${libraries:-$PWD/$new/usr/lib} "$new/usr/sbin/slapd" -VV >>"$log" 2>&1 ||
    fail "The slapd that was fetched does not start here (details: $cache/apt.log): install slapd yourself, then try again."
rm -rf "$cache/root" "$cache/apt" "$cache/debs"
mv "$new" "$cache/root"

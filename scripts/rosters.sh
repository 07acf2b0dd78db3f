#!/bin/sh
# Fetches OpenSSH's server, sqop and OpenVPN for the tests, unpacked into .cache/rosters. Nothing is installed and no
# service started.
# Where that can't be done a line says so, and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

untested="Feeds over SFTP, encrypted ones and logins at hosts are"
need_overlay "what is unpacked is run by root on Linux alone."
fetch .cache/rosters usr/sbin/openvpn "OpenSSH's server, sqop and OpenVPN (6 MB, some seconds)" openssh-server sqop \
    openvpn easy-rsa iproute2

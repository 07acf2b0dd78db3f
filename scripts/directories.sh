#!/bin/sh
# Fetches Samba's domain controller and 389-ds for the tests, unpacked into .cache/directories. Nothing is installed and no
# service started. Where that can't be done a line says so, and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

untested="Active Directory and 389-ds are"
need_overlay "Samba's domain controller needs root on Linux."
fetch .cache/directories usr/sbin/ns-slapd "Samba and 389-ds (41 MB, some seconds)" \
    samba-ad-dc samba-ad-provision 389-ds-base iproute2

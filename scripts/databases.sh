#!/bin/sh
# Fetches MariaDB's server for the tests, unpacked into .cache/databases. Nothing is installed and no service started.
# Where that can't be done a line says so, and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

untested="MariaDB is"
need_overlay "what is unpacked is run by root on Linux alone."
fetch .cache/databases usr/sbin/mariadbd "MariaDB (25 MB, some seconds)" mariadb-server iproute2

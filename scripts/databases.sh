#!/bin/sh
# Fetches MariaDB's and MySQL's servers for the tests, unpacked into .cache/databases and .cache/mysql. Nothing is installed and no service started.
# Where that can't be done a line says so, and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

untested="MariaDB and MySQL are"
need_overlay "what is unpacked is run by root on Linux alone."
fetch .cache/databases usr/sbin/mariadbd "MariaDB (25 MB, some seconds)" mariadb-server iproute2
# No stable Debian has it. What unstable's needs of newer libraries comes with it, and lies over the machine's own for it
# alone.
untested="MySQL is"
suite=unstable
fetch .cache/mysql usr/sbin/mysqld "MySQL (50 MB, some seconds)" mysql-server-core mysql-client-core

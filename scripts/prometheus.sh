#!/bin/sh
# Fetches Prometheus and promtool for the tests of monitoring/, where the machine has none: Debian's packages, unpacked into
# .cache/prometheus. Nothing is installed and no service started. Where that can't be done a line says so, and those tests
# are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

untested="The alarms and the dashboard are"
command -v prometheus >/dev/null && command -v promtool >/dev/null && exit 0
runs=yes
fetch .cache/prometheus usr/bin/promtool "Prometheus (60 MB, some seconds)" prometheus promtool

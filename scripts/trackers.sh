#!/bin/sh
# Fetches Request Tracker and Redmine for the tests and `make demo ARGS="--tracker redmine"`, unpacked into .cache/trackers.
# Nothing is installed and no service started. Where that can't be done a line says so, and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

untested="Request Tracker and Redmine are"
need_overlay "what is unpacked is run by root on Linux alone."
fetch .cache/trackers usr/share/request-tracker5/libexec/rt-server "Request Tracker and Redmine (100 MB, a minute)" \
    request-tracker5 rt5-db-sqlite rt5-standalone starlet redmine redmine-sqlite puma iproute2

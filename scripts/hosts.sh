#!/bin/sh
# Fetches kubectl for the tests of hosts, unpacked into .cache/kubectl. Nothing is installed.
# Where that can't be done a line says so, and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

untested="Kubeconfigs as kubectl writes them are"
need_overlay "what is unpacked is run by root on Linux alone."
fetch .cache/kubectl usr/bin/kubectl "kubectl (16 MB, some seconds)" kubectl

#!/bin/sh
# Fetches kubectl and WireGuard for the tests of hosts, unpacked into .cache/kubectl and .cache/wireguard. Nothing is
# installed.
# Where that can't be done a line says so, and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

untested="Kubeconfigs as kubectl writes them and WireGuard's peers are"
need_overlay "what is unpacked is run by root on Linux alone."
fetch .cache/kubectl usr/bin/kubectl "kubectl (16 MB, some seconds)" kubectl
fetch .cache/wireguard usr/bin/wireguard-go "WireGuard in userspace and wg (1 MB, some seconds)" wireguard-go wireguard-tools

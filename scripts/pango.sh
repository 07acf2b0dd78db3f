#!/bin/sh
# Fetches what the night's report is printed as PDF with, for the tests of make test-slow: Pango, and a font of Korean and
# Japanese, unpacked into .cache/pango. Nothing is installed. Where that can't be done a line says so, and those tests are
# skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

untested="The night's report as PDF is"
fetch .cache/pango usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf "Pango and a font (10 MB, some seconds)" \
    libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig-config fonts-dejavu-core fonts-droid-fallback

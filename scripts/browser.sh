#!/bin/sh
# Fetches what `make test-browser` looks at the pages with, where the machine has none: Debian's Chromium, unpacked into
# .cache/browser. Nothing is installed, and no browser of Playwright's own fetched. Where that can't be done a line says so,
# and those tests are skipped.
set -eu
cd "$(dirname "$0")/.."
. scripts/unpack.sh

untested="The pages in a browser are"
command -v chromium >/dev/null && exit 0
# With Hangul, in which people of the demo write their names.
fetch .cache/browser usr/share/fonts/truetype/nanum/NanumGothic.ttf "Chromium (130 MB, a minute)" \
    chromium fonts-dejavu-core fonts-nanum fontconfig-config

# Read by bootstrap.sh, lock.sh and test-pythons.sh, from the project's folder: where uv is, and what it must know.
# uv reads none of pip's settings, and by default writes to the home folder and trusts only its own list of authorities.
# shellcheck shell=sh

fail() {
    echo "$1" >&2
    exit 2
}

suitable() {
    "$1" -c 'import sys, ssl, sqlite3; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

find_python() {
    if [ -n "${PYTHON:-}" ]; then
        suitable "$PYTHON" || fail "PYTHON=$PYTHON is not a working Python 3.11, 3.12 or 3.13 with ssl and sqlite3: point it at one, or leave it unset."
        echo "$PYTHON"
        return
    fi
    for candidate in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if suitable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    fail "No Python 3.11, 3.12 or 3.13 (with ssl and sqlite3) was found: install one, or set PYTHON=/path/to/python3."
}

# One of pip's settings, as pip would see it: environment before [install] before [global]. Empty where there is no pip.
pip_setting() {
    settings=$("$python" -m pip config list 2>/dev/null || true)
    for section in ':env:' install global; do
        value=$(printf '%s\n' "$settings" | sed -n "s/^$section\\.$1='\\(.*\\)'\$/\\1/p" | sed 's/\\n/ /g')
        if [ -n "$value" ]; then
            echo "$value"
            return
        fi
    done
}

# pip only warns about a folder that is not there; uv would stop.
existing_links() {
    links=
    for link in $(pip_setting find-links); do
        case $link in
            *://*) ;;
            *) [ -e "$link" ] || continue ;;
        esac
        links="$links${links:+,}$link"
    done
    echo "$links"
}

default_to() {
    eval "current=\${$1:-}"
    [ -n "${current:-}" ] || [ -z "$2" ] || export "$1=$2"
}

use_pip_settings() {
    default_to UV_DEFAULT_INDEX "$(pip_setting index-url)"
    default_to UV_INDEX "$(pip_setting extra-index-url)"
    default_to UV_FIND_LINKS "$(existing_links)"
    default_to UV_INSECURE_HOST "$(pip_setting trusted-host)"
    default_to SSL_CERT_FILE "$(pip_setting cert)"
    case $(pip_setting no-index) in 1 | [Tt]rue | [Yy]es | [Oo]n) export UV_NO_INDEX=1 ;; esac
    # Whichever index a file comes from, its hash stands in the lock.
    [ -z "${UV_INDEX:-}" ] || default_to UV_INDEX_STRATEGY unsafe-best-match
    # A company's own authority stands in the system's store; a bare container may have no store.
    for store in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt /etc/ssl/cert.pem; do
        if [ -z "${SSL_CERT_FILE:-}" ] && [ -r "$store" ]; then default_to UV_SYSTEM_CERTS 1; fi
    done
}

# pip's --target needs neither ensurepip nor a virtual environment, and no permission from the system's package manager.
fetch_uv() {
    new=$uv_folder.new
    rm -rf "$new"
    if "$python" -m pip --version >/dev/null 2>&1; then
        PIP_USER=0 PIP_REQUIRE_VIRTUALENV=0 PIP_CONSTRAINT='' "$python" -m pip install --quiet --disable-pip-version-check --no-warn-script-location \
            --no-warn-conflicts --root-user-action=ignore --target "$new" --require-hashes -r scripts/uv.txt ||
            fail "uv could not be fetched with pip: check the network (or set PIP_INDEX_URL to your package index), then try again."
    elif "$python" -m venv "$new" >/dev/null 2>&1; then
        "$new/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r scripts/uv.txt ||
            fail "uv could not be fetched with pip: check the network (or set PIP_INDEX_URL to your package index), then try again."
    else
        fail "$python has neither pip nor a working venv module: install one of them (on Debian and Ubuntu: apt-get install python3-venv)."
    fi
    rm -rf "$uv_folder"
    mv "$new" "$uv_folder"
}

# After this, $uv and $python are set and the environment tells uv where to read and write.
use_uv() {
    export UV_CACHE_DIR="$PWD/.cache/uv" PIP_CACHE_DIR="$PWD/.cache/pip"
    export UV_NO_CONFIG=1 UV_NO_PROGRESS=1 UV_PYTHON_DOWNLOADS=never
    export UV_COMPILE_BYTECODE_TIMEOUT=600
    unset PYTHONPATH PYTHONHOME VIRTUAL_ENV CONDA_PREFIX || true
    python=$(find_python)
    use_pip_settings
    uv_folder=.cache/tools/uv-$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' scripts/uv.txt)
    uv=$uv_folder/bin/uv
    "$uv" --version >/dev/null 2>&1 || fetch_uv
}

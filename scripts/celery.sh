#!/bin/sh
# What `make test-celery` runs besides the project itself: Redis, the machine's own or Debian's unpacked into .cache/redis,
# and .cache/venvs/celery, an Airflow with Celery in it (celery.txt). Nothing is installed, and no service started.
set -eu
cd "$(dirname "$0")/.."
. scripts/uv-env.sh
. scripts/unpack.sh

fetch_redis() {
    cache=.cache/redis
    command -v redis-server >/dev/null && return
    [ -x "$cache/root/usr/bin/redis-check-rdb" ] && return
    for tool in apt-get dpkg-deb; do
        command -v "$tool" >/dev/null ||
            fail "make test-celery needs a Redis, and this machine has neither one nor apt to fetch one: install redis-server."
    done
    mkdir -p "$cache"
    lock_cache "$cache"
    [ -x "$cache/root/usr/bin/redis-check-rdb" ] && return
    echo "Fetching Redis into $cache: some seconds, once." >&2
    unpack_packages "$cache" redis-server ||
        fail "Redis could not be fetched (details: $cache/apt.log): check the network and apt's sources, or install redis-server yourself."
    keep_unpacked "$cache"
}

make_airflow() {
    venv=.cache/venvs/celery
    packages=$(cksum <scripts/celery.txt)
    [ "$(cat "$venv/.packages" 2>/dev/null)" = "$packages" ] && "$venv/bin/python" -c '' 2>/dev/null && return
    mkdir -p .cache/tools .cache/venvs
    use_uv
    echo "Setting up $venv: half a minute, once." >&2
    "$uv" venv --quiet --clear --no-project --python "$python" "$venv"
    sync() {
        "$uv" pip sync --quiet --compile-bytecode --require-hashes --python "$venv/bin/python" "$@" scripts/celery.txt
    }
    sync --offline 2>/dev/null || sync ||
        fail "Airflow with Celery could not be fetched: check the network (or set PIP_INDEX_URL to your package index)."
    echo "$packages" >"$venv/.packages"
}

fetch_redis
make_airflow

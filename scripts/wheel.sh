# Read by dist.sh and test-airflows.sh, after use_uv: how the wheel is built.
# shellcheck shell=sh

# build_wheel FOLDER WHERE TIME: into WHERE, of what lies in FOLDER, where setuptools leaves its own behind. The same
# bytes for the same files and the same time (seconds since 1970), on whatever day and machine.
build_wheel() {
    # Beside contents an archive holds modes, of what is there and what is made, and times.
    chmod -R u=rwX,go=rX "$1"
    (
        umask 022
        SOURCE_DATE_EPOCH=$3 "${uv:?}" build --quiet --wheel --python "${python:?}" --require-hashes \
            --build-constraints scripts/build.txt --out-dir "$2" "$1"
    ) || fail "The wheel could not be built (see above)."
    rm -f "$2/.gitignore"
}

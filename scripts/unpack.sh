# shellcheck shell=sh
# To be sourced. Debian's packages and what they need that this machine lacks, unpacked into .cache/NAME/root.new:
# nothing is installed, no service started, no root needed.

fail() {
    echo "$1" >&2
    exit 2
}

# A script that sources this says what isn't there without what it fetches, and whether that must run here by itself.
untested=''
runs=''
# Another suite of Debian's than the machine's own, from where the machine has its own.
suite=''

# skip WHY: those tests are skipped, and nothing else fails.
skip() {
    echo "$untested left out here: $1" >&2
    exit 0
}

need_tools() {
    for tool in "$@"; do
        command -v "$tool" >/dev/null || skip "this machine has no $tool."
    done
}

# need_overlay WHY: demo/unpacked.py lays the tree over /usr for its own servers alone.
need_overlay() {
    [ "$(uname -s)" = Linux ] && [ "$(id -u)" = 0 ] || skip "$1"
    need_tools apt-get dpkg-deb unshare setpriv
    unshare --mount --net mount -t overlay -o ro,lowerdir=/usr:/etc overlay /mnt 2>/dev/null ||
        skip "root may not mount here (a container wants --privileged)."
}

# fetch CACHE FILE WHAT PACKAGE...: into CACHE/root, once; FILE is in it when it's there.
fetch() {
    into=$1 file=$2 what=$3
    shift 3
    [ -e "$into/root/$file" ] && return
    need_tools apt-get dpkg-deb
    mkdir -p "$into"
    lock_cache "$into"
    [ -e "$into/root/$file" ] && return
    echo "Fetching $what into $into, once." >&2
    unpack_packages "$into" "$@" || skip "their packages could not be fetched (details: $into/apt.log)."
    mkdir -p "$into/root.new/etc"
    [ -z "$runs" ] || "$into/root.new/$file" --version >/dev/null || skip "what was fetched doesn't run here."
    keep_unpacked "$into"
}

# Holds the cache's lock until the script ends, where there is flock.
lock_cache() {
    if command -v flock >/dev/null; then
        exec 9>"$1/lock"
        flock 9
    fi
}

# unpack_packages CACHE PACKAGE...: 1 where they could not be fetched; apt's words are in CACHE/apt.log.
unpack_packages() {
    cache=$1
    shift
    log=$PWD/$cache/apt.log
    config=$PWD/$cache/apt.conf
    state=$PWD/$cache/apt
    : >"$log"
    mkdir -p "$state/lists/partial" "$state/archives/partial" "$cache/debs"
    # A file and not -o: apt reads it last, so it can undo hooks of the machine's own configuration (Docker's images
    # delete from /var/cache/apt after each update).
    cat >"$config" <<CONF
Dir::State "$state";
Dir::State::lists "$state/lists";
Dir::State::extended_states "$state/extended_states";
Dir::State::status "/var/lib/dpkg/status";
Dir::Cache "$state";
Dir::Cache::archives "$state/archives";
Dir::Log "$state";
Debug::NoLocking "true";
APT::Sandbox::User "root";
APT::Get::Show-User-Simulation-Note "false";
Acquire::Languages "none";
Acquire::Retries "3";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
CONF
    apt_get update >>"$log" || return 1
    [ -z "$suite" ] || take_suite || return 1
    # What apt would install: those of their dependencies that this machine lacks. No names of ours to grow old. The
    # packages themselves in any case: of two, the machine may have one.
    simulated=$(apt_get --simulate --no-install-recommends install "$@") || return 1
    packages=$({ printf '%s\n' "$@" && printf '%s\n' "$simulated" | awk '$1 == "Inst" { print $2 }'; } | sort -u)
    rm -f "$cache"/debs/*.deb
    # Word splitting is meant: one package a word.
    # shellcheck disable=SC2086
    (cd "$cache/debs" && apt_get download $packages >>"$log") || return 1
    rm -rf "$cache/root.new"
    mkdir -p "$cache/root.new"
    for deb in "$cache"/debs/*.deb; do
        dpkg-deb --extract "$deb" "$cache/root.new" || return 1
    done
}

# take_suite: from here on apt knows that suite alone; it is signed as the machine's own is.
take_suite() {
    # The fields are apt's.
    # shellcheck disable=SC2016
    own=$(apt_get indextargets --format '$(SIGNED_BY) $(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' \
        'Label: Debian') || return 1
    [ -n "$own" ] || return 1
    printf '%s\n' "$own" | awk -v suite="$suite" 'NR == 1 {
        print "deb", (NF > 1 ? "[signed-by=" $1 "]" : ""), $NF, suite, "main" }' >"$state/sources.list"
    cat >>"$config" <<CONF
Dir::Etc::sourcelist "$state/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
CONF
    apt_get update >>"$log"
}

# keep_unpacked CACHE: what was unpacked is good.
keep_unpacked() {
    rm -rf "$1/root" "$1/apt" "$1/debs"
    mv "$1/root.new" "$1/root"
}

apt_get() {
    LC_ALL=C apt-get --quiet=2 --config-file "$config" "$@" 2>>"$log"
}

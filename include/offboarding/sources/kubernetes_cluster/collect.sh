#!/bin/sh
# Tells which kubeconfigs lie on this machine, and what they let in by: what the offboarding checker's source
# `kubernetes_cluster` reads (docs/permissions/kubernetes.md). Run it as root. It changes nothing, and writes to its
# standard output alone.
#
# Nothing secret is told: of certificates the certificates, of a service account's token what it says of itself, without
# the signature that makes it a token, and of all else that there is one. Each line begins with a word that says what it
# is; the last is `end`, and what lacks it was cut off.
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
TAB='	'
MOST=1048576 # bytes of one file
MOST_FILES=200 # of one home
SECONDS_TO_READ=10

say() {
    printf '%s\n' "$*"
}

refuse() {
    say "refused $1"
    say end
    exit 1
}

# As the user reads files: with that user's rights and no others, so that a link leads to nothing that the user may not
# read. The real user stays root, so that nobody but root looks into it.
as_user() {
    setpriv --euid "$uid" --egid "$gid" --groups "$groups" -- "$@" 2>/dev/null
}

read_file() {
    as_user timeout "$SECONDS_TO_READ" head -c $((MOST + 1)) -- "$1"
}

# The certificates among PEM blocks, as a list of base64: a file may hold a private key beside them.
certificates() {
    awk '
        { sub(/\r$/, "") }
        $0 == "-----BEGIN CERTIFICATE-----" { within = 1; text = ""; next }
        $0 == "-----END CERTIFICATE-----" { if (within && text != "") list = list (list == "" ? "" : ", ") "\"" text "\"" }
        /^-----/ { within = 0; next }
        within && /^[A-Za-z0-9+\/=]+$/ { text = text $0 }
        END { print "[" list "]" }'
}

# base64url, as JSON Web Tokens have it.
decoded() {
    text=$(printf %s "$1" | tr '_-' '/+')
    case $((${#text} % 4)) in 2) text=$text== ;; 3) text=$text= ;; esac
    printf %s "$text" | base64 -d 2>/dev/null
}

# What a token is. Of a service account's the middle, which says whose it is; without the rest nobody gets in by it.
token() {
    middle=${1#*.} middle=${middle%%.*}
    case $1 in
    '') say none ;;
    *.*.*.* | *[!A-Za-z0-9_.-]*) say other ;;
    *.*.*)
        if decoded "$middle" | grep -qE '^\{.*"kubernetes\.io(/serviceaccount/service-account\.uid)?" *:'; then
            say "\"$middle\""
        else say other; fi
        ;;
    *) say other ;;
    esac
}

# A kubeconfig in block style, as kubectl writes it: of each line what stands before its key, the key, and whether its
# value is told (:told), goes on to the shell below alone (:asked), is there and not told (:set), or isn't there (:none).
# What is written otherwise isn't read at all.
rows() {
    awk '
        function bad(why) { print ":\tunread\t:told\t:" why; failed = 1; exit }
        BEGIN {
            split("apiVersion kind name cluster user server command as", names, " "); for (n in names) told[names[n]] = 1
            split("client-certificate-data client-certificate token tokenFile", names, " ")
            for (n in names) asked[names[n]] = 1
            over = -1
        }
        { sub(/\r$/, "") }
        /^ *(#.*)?$/ { next }
        /^---( .*)?$/ && !begun { next }
        {
            begun = 1
            match($0, /^ */); indent = RLENGTH
            if (over >= 0 && indent > over) next
            over = -1
            text = substr($0, indent + 1)
            if (text ~ /^[\t{\[]/ || text ~ /\t/) bad("it is not written as kubectl writes it")
            lead = substr($0, 1, indent)
            if (text ~ /^-( |$)/) {
                match(text, /^- */)
                lead = lead substr(text, 1, RLENGTH); text = substr(text, RLENGTH + 1)
                if (text !~ /^[A-Za-z0-9_.\/-]+:( |$)/) {
                    if (text ~ /^([{\[&*!%@`]|- |-?$)/) bad("it is not written as kubectl writes it")
                    over = indent
                    next
                }
            }
            if (!match(text, /^[A-Za-z0-9_.\/-]+:( |$)/)) bad("it is not written as kubectl writes it")
            key = substr(text, 1, RLENGTH); sub(/: ?$/, "", key)
            value = substr(text, RLENGTH + 1); sub(/^ +/, "", value)
            if (value ~ /^["\047]/) {
                quote = substr(value, 1, 1); rest = substr(value, 2); at = index(rest, quote)
                whole = at && substr(rest, at + 1) ~ /^ *( #.*)?$/ && substr(rest, 1, at - 1) !~ /\\/
                value = whole ? substr(rest, 1, at - 1) : "?"
            } else {
                sub(/(^| )#.*$/, "", value); sub(/ +$/, "", value)
                whole = value !~ /^[|>]/
                if (value ~ /^(\{\}|\[\]|null|~)?$/) { print ":" lead "\t" key "\t:none\t:"; next }
                if (value ~ /^[{\[&*!%@`]/) bad("it is not written as kubectl writes it")
            }
            if (!(key in told) && !(key in asked)) { print ":" lead "\t" key "\t:set\t:"; over = length(lead); next }
            if (!whole || value ~ /["\\\t]/) bad("a value goes over several lines, or is quoted in a way that is not read")
            if (key == "server") sub(/\/\/[^\/@]*@/, "//", value)
            print ":" lead "\t" key "\t" (key in told ? ":told" : ":asked") "\t:" value
        }
        END { if (!failed && !begun) print ":\tunread\t:told\t:nothing is in it" }'
}

# $1: the folder of the kubeconfig, where its paths begin.
tell_rows() {
    while IFS="$TAB" read -r lead key how value; do
        lead=${lead#:} value=${value#:}
        case $value in /*) path=$value ;; *) path=$1/$value ;; esac
        case $how.$key in
        :told.unread) say "unread $value" ;;
        :told.*) say "row $lead$key: \"$value\"" ;;
        :none.*) say "row $lead$key:" ;;
        :asked.client-certificate-data) say "row $lead$key: $(printf %s "$value" | base64 -d 2>/dev/null | certificates)" ;;
        :asked.client-certificate) say "row $lead$key: $(read_file "$path" | certificates)" ;;
        :asked.token) say "row $lead$key: $(token "$value")" ;;
        :asked.tokenFile) say "row $lead$key: $(token "$(read_file "$path" | tr -d '[:space:]')")" ;;
        *) say "row $lead$key: set" ;;
        esac
    done
}

tell_file() {
    path=$1
    if ! as_user test -f "$path" || ! as_user test -r "$path"; then
        say "file $path"
        say 'unread the user may not read it, or it is no plain file'
        return
    fi
    # Whoever lists a folder of somebody's finds other files there.
    [ "${path##*/}" = config ] || read_file "$path" | grep -qE '^ *"?users"? *:' || return 0
    size=$(read_file "$path" | wc -c)
    [ "$size" -gt 0 ] || return 0
    say "file $path"
    if [ "$size" -gt $MOST ]; then
        say "unread it is larger than $MOST bytes"
        return
    fi
    ! setpriv --reuid 65534 --regid 65534 --clear-groups -- test -r "$path" 2>/dev/null || say open
    read_file "$path" | rows | tell_rows "${path%/*}"
}

# $1: the login, $2: the home. Of whom: `uid` and `gid`.
tell_home() {
    groups=$(id -G -- "$1" 2>/dev/null | tr ' ' ,)
    groups=${groups:-$gid}
    as_user test -d "$2/.kube" || return 0
    files=$({
        as_user timeout "$SECONDS_TO_READ" find "$2/.kube" -maxdepth 2 \( -name cache -o -name http-cache \) -prune -o \
            \( -type f -o -type l \) -print
        [ $? != 124 ] || say slow
    } | head -n $((MOST_FILES + 1)) | sort)
    [ -n "$files" ] || return 0
    say "home $uid $1"
    if say "$files" | grep -qx slow; then
        say "file $2/.kube"
        say 'unread it took too long to list'
        return
    fi
    if [ "$(say "$files" | grep -c .)" -gt $MOST_FILES ]; then
        say "file $2/.kube"
        say "unread it holds more than $MOST_FILES files"
        return
    fi
    say "$files" | while IFS= read -r file; do tell_file "$file" </dev/null; done
}

tell_homes() {
    # Without what can't be a user's line; NIS has such ones.
    awk -F: 'NF == 7 && $1 ~ /^[^+-]/ && $3 ~ /^[0-9]+$/ && $4 ~ /^[0-9]+$/ && $6 ~ /^\/./' /etc/passwd |
        while IFS=: read -r login _ uid gid _ home _; do tell_home "$login" "${home%/}" </dev/null; done
    # Of users who are gone, or who come from a directory: called as their homes are.
    for home in /home/*; do
        [ -d "$home" ] || continue
        ! awk -F: -v home="$home" '$6 == home || $6 == home "/" { found = 1 } END { exit !found }' /etc/passwd || continue
        uid=$(stat -Lc %u -- "$home") gid=$(stat -Lc %g -- "$home")
        tell_home "${home##*/}" "$home"
    done
    # What clusters' own programs keep.
    uid=0 gid=0 groups=0
    say 'home 0 root'
    for file in /etc/kubernetes/*.conf /etc/rancher/*/*.yaml /var/lib/k0s/pki/*.conf; do
        [ ! -f "$file" ] || tell_file "$file" </dev/null
    done
}

say 'offboarding kubeconfigs 1'
say "at $(date -u +%Y-%m-%dT%H:%M:%SZ)"
say "name $(uname -n)"
[ "$(id -u)" = 0 ] || refuse 'it was not run as root'
for tool in awk base64 find setpriv sha256sum stat timeout; do
    command -v "$tool" >/dev/null || refuse "there is no $tool on this machine"
done
id=$(cat /etc/machine-id 2>/dev/null)
[ ${#id} = 32 ] || refuse 'there is no /etc/machine-id: make one by systemd-machine-id-setup or dbus-uuidgen --ensure'
# The id itself is nobody else's business (machine-id(5)).
say "machine $(printf 'offboarding kubeconfigs %s' "$id" | sha256sum | cut -c1-32)"
told=$(tell_homes)
say "lines $(say "$told" | grep -c .)"
say "$told"
say end

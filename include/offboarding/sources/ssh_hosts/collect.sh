#!/bin/sh
# Tells who may log in to this machine by SSH, and by what: what the offboarding checker's source `ssh_hosts` reads
# (docs/permissions/ssh_hosts.md). Run it as root. It changes nothing, and writes to its standard output alone.
#
# Nothing secret is told: of a password whether there is one, of keys what stands in authorized_keys. Each line begins
# with a word that says what it is; the last is `end`, and what lacks it was cut off.
LC_ALL=C
PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
MOST=262144 # bytes of one file of keys
SECONDS_TO_READ=10
NEWLINE='
'
# Of sshd's settings those that decide who gets in; some are called otherwise by older ones.
TOLD='usepam|pamservicename|passwordauthentication|kbdinteractiveauthentication|challengeresponseauthentication'
TOLD="$TOLD|permitemptypasswords|pubkeyauthentication|pubkeyacceptedalgorithms|pubkeyacceptedkeytypes|permitrootlogin"
TOLD="$TOLD|authenticationmethods|authorizedkeysfile|authorizedkeyscommand|trustedusercakeys|gssapiauthentication"
TOLD="$TOLD|kerberosauthentication|hostbasedauthentication|allowusers|denyusers|allowgroups|denygroups|strictmodes"
TOLD="$TOLD|chrootdirectory|revokedkeys|refuseconnection"

say() {
    printf '%s\n' "$*"
}

refuse() {
    say "refused $1"
    say end
    exit 1
}

# As sshd reads a user's files: with that user's rights and no others, so that a link leads to nothing that the user may
# not read. The real user stays root, so that nobody but root looks into it.
as_user() {
    euid=$1 egid=$2 groups=$3
    shift 3
    setpriv --euid "$euid" --egid "$egid" --groups "$groups" -- "$@" 2>/dev/null
}

# Whether the file, or a folder above it up to the home, is somebody else's, or may be written by others: StrictModes.
is_loose() {
    place=$1
    while :; do
        [ -n "$(ls -ldLn -- "$place" 2>/dev/null | U="$2" awk '
            NR == 1 && (substr($1, 6, 1) == "w" || substr($1, 9, 1) == "w" || ($3 != 0 && $3 != ENVIRON["U"]))')" ] &&
            return 0
        [ "$place" = "$3" ] || [ "$place" = / ] && return 1
        place=${place%/*}
        [ -n "$place" ] || place=/
    done
}

# What of a line of /etc/passwd and of /etc/shadow says whether there's a password, and when it and the account end.
tell_password() {
    case $2 in
    x) L=$1 awk -F: '$1 == ENVIRON["L"] { print $2 ":" $3 ":" $5 ":" $7 ":" $8; found = 1; exit }
        END { if (!found) print "?::::" }' /etc/shadow 2>/dev/null || say '?::::' ;;
    *) say "$2::::" ;;
    esac | awk -F: '
        function day(text) { return text ~ /^-?[0-9]+$/ ? text : "-" }
        NR == 1 {
            state = "other"
            if ($1 == "?") state = "missing"
            else if ($1 == "") state = "empty"
            else if ($1 ~ /^!/) state = "locked"
            else if ($1 ~ /^\*/) state = "none"
            else if ($1 ~ /^[$_]/ || length($1) == 13) state = "set"
            print "password " state " " day($2) " " day($3) " " day($4) " " day($5)
        }'
}

# AuthorizedKeysFile, its tokens filled in: a path a line.
paths_of() {
    printf '%s\n' "$1" | H="$2" L="$3" U="$4" awk '{
        for (at = 1; at <= NF; at++) {
            if ($at == "none") continue
            path = ""
            for (place = 1; place <= length($at); place++) {
                letter = substr($at, place, 1)
                if (letter == "%") {
                    place++
                    token = substr($at, place, 1)
                    letter = token == "h" ? ENVIRON["H"] : token == "u" ? ENVIRON["L"] : token == "U" ? ENVIRON["U"] : token
                }
                path = path letter
            }
            print path ~ /^\// ? path : ENVIRON["H"] "/" path
        }
    }'
}

tell_file() {
    path=$1 home=$5
    if ! as_user "$2" "$3" "$4" test -f "$path"; then
        # Nothing there, as far as anybody sees, lets nobody in.
        if [ -e "$path" ] || [ -L "$path" ]; then
            say "file $path"
            say 'unread the user may not reach it, or it is no plain file'
        fi
        return
    fi
    say "file $path"
    body=$(as_user "$2" "$3" "$4" timeout "$SECONDS_TO_READ" head -c $((MOST + 1)) -- "$path" && echo x)
    case $body in
    *x) body=${body%x} ;;
    *)
        say 'unread the user may not read it, or it took too long'
        return
        ;;
    esac
    if [ ${#body} -gt $MOST ]; then
        say "unread it is larger than $MOST bytes"
        return
    fi
    case $body in
    *'PRIVATE KEY'*)
        say private
        return
        ;;
    esac
    ! is_loose "$path" "$2" "$home" || say loose
    [ -z "$body" ] || printf '%s' "$body" | sed 's/^/key /'
    # A last line without an end.
    case $body in
    '' | *"$NEWLINE") ;;
    *) echo ;;
    esac
}

tell_user() {
    login=$1 uid=$3 gid=$4 home=$6 shell=${7:-/bin/sh}
    say "user $login:$uid:$gid:$5:$home:$shell"
    tell_password "$login" "$2"
    if [ -f "$shell" ] && [ -x "$shell" ]; then say 'shell there'; else say 'shell missing'; fi
    gids=$(id -G -- "$login" 2>/dev/null) || gids=
    say "gids $gids"
    # No machine is called so, and none has this address (RFC 2606, RFC 5737).
    if ! settings=$("$sshd" -T -C "user=$login,host=nowhere.invalid,addr=192.0.2.1" 2>/dev/null); then
        say unsettled
        return
    fi
    printf '%s\n' "$settings" | grep -E "^($TOLD) " | sed 's/^/setting /'
    files=$(printf '%s\n' "$settings" | sed -n 's/^authorizedkeysfile //p')
    paths_of "$files" "$home" "$login" "$uid" | while IFS= read -r path; do
        tell_file "$path" "$uid" "$gid" "$(printf %s "${gids:-$gid}" | tr ' ' ,)" "$home"
    done
}

# Lines of /etc/passwd that are a user each, the first of a name; others (NIS, what is mangled) are only counted.
USER='NF == 7 && $1 ~ /^[^+-]/ && $3 ~ /^[0-9]+$/ && $4 ~ /^[0-9]+$/ && !seen[$1]++'

tell_users() {
    passwd=$(cat /etc/passwd) || refuse '/etc/passwd could not be read'
    printf '%s\n' "$passwd" | awk -F: "$USER { users++; next } !/^[ \t]*(#|\$)/ { odd++ }
        END { print \"users \" users + 0; print \"odd \" odd + 0 }"
    printf '%s\n' "$passwd" | awk -F: "$USER" | while IFS=: read -r login secret uid gid gecos home shell; do
        tell_user "$login" "$secret" "$uid" "$gid" "$gecos" "$home" "$shell" </dev/null
    done
}

# Which modules PAM asks to decide who somebody is, and whether they may come in at all. What they are given isn't told:
# some take passwords there.
tell_pam() {
    for file in /etc/pam.d/*; do
        [ -f "$file" ] && F=${file##*/} awk '
            BEGIN { print "pam " ENVIRON["F"] }
            /\\$/ { print "pam " ENVIRON["F"] " \\"; next }
            tolower($1) == "@include" { print "pam " ENVIRON["F"] " @include " $2; next }
            tolower($1) ~ /^-?(account|auth)$/ {
                module = match($0, /^[ \t]*[^ \t]+[ \t]+(\[[^]]*\]|[^ \t]+)[ \t]+[^ \t]+/)
                print "pam " ENVIRON["F"] " " (module ? substr($0, RSTART, RLENGTH) : "unread")
            }' "$file"
    done
}

say 'offboarding ssh_hosts 1'
say "at $(date -u +%Y-%m-%dT%H:%M:%SZ)"
say "name $(uname -n)"
[ "$(id -u)" = 0 ] || refuse 'it was not run as root'
for tool in setpriv timeout sha256sum awk sed; do
    command -v "$tool" >/dev/null || refuse "there is no $tool on this machine"
done
id=$(cat /etc/machine-id 2>/dev/null)
[ ${#id} = 32 ] || refuse 'there is no /etc/machine-id: make one by systemd-machine-id-setup or dbus-uuidgen --ensure'
# The id itself is nobody else's business (machine-id(5)).
say "machine $(printf 'offboarding ssh_hosts %s' "$id" | sha256sum | cut -c1-32)"
sshd=$(command -v sshd) || refuse 'there is no sshd on this machine'
[ -r /etc/shadow ] || refuse '/etc/shadow could not be read'
awk '$1 == "passwd:" || $1 == "group:" { sub(/#.*/, ""); print "nss " $0 }' /etc/nsswitch.conf 2>/dev/null
tell_pam
# sshd itself says which conditions its configuration has; older ones don't say on which line.
"$sshd" -T -ddd 2>&1 >/dev/null | sed -n "s/.*checking syntax for 'Match \(.*\)'[^']*\$/match \1/p"
# Whose processes run: a session goes on when its login is shut.
ls -ldn /proc/[0-9]* 2>/dev/null | awk '{ print "running " $3 }' | sort -u
awk -F: 'NF >= 3 { print "group " $1 ":" $3 }' /etc/group
tell_users
say end

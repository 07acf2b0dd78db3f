#!/bin/sh
# Tells which certificates an OpenVPN server lets in: what the offboarding checker's source `openvpn_clients` reads
# (docs/permissions/openvpn_clients.md). Run it as root. It changes nothing, and writes to its standard output alone.
#
# Nothing secret is told: of configurations the options that decide who gets in, without what scripts and plugins are
# given; of files their certificates and CRLs. Each line begins with a word that says what it is; the last is `end`, and
# what lacks it was cut off.
LC_ALL=C
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL PATH
TAB='	'
MOST=33554432 # bytes of one file
SECONDS_TO_READ=10
SECONDS_TO_FIND=60
# Options that are told by their name alone.
ALONE='server server-bridge tls-server client tls-client secret pkcs12 pkcs11-id client-cert-not-required'
ALONE="$ALONE auth-user-pass-verify auth-user-pass-optional plugin management-client-auth tls-verify client-connect"
ALONE="$ALONE verify-x509-name tls-remote remote-cert-ku remote-cert-eku ns-cert-type ccd-exclusive"
ALONE="$ALONE username-as-common-name x509-username-field peer-fingerprint tls-crypt-v2-verify config"
# And those that are told with what follows.
WHOLE='ca capath crl-verify client-config-dir status chroot cd mode verify-client-cert remote-cert-tls'

say() {
    printf '%s\n' "$*"
}

refuse() {
    say "refused $1"
    say end
    exit 1
}

# A plain file, which may be somebody else's to change: a pipe would keep us for good.
read_file() {
    [ -f "$1" ] && timeout "$SECONDS_TO_READ" head -c "$MOST" -- "$1"
}

# The blocks of one kind in a file, each as a line of base64: it may hold a private key beside its certificates.
blocks() {
    word=$1 label=$2
    read_file "$3" | awk -v word="$word" -v begin="-----BEGIN $label-----" -v over="-----END $label-----" '
        { sub(/\r$/, "") }
        $0 == begin { within = 1; text = ""; next }
        $0 == over { if (within) print word " " text; within = 0; next }
        within { gsub(/[ \t]/, ""); text = text $0 }
        FNR == 1 && $0 != begin { within = 0 }'
}

# A configuration, its lines taken apart as OpenVPN does (parse_line in its options.c): words between tabs. Of what
# stands within it the authorities and the CRL are told.
options_in() {
    body=$(read_file "$1" && say x) || return
    printf '%s' "${body%x}" | ALONE="$ALONE" WHOLE="$WHOLE" awk '
        function words(line,   at, letter, state, escaped, text, count) {
            count = 0; state = ""; text = ""; escaped = 0
            line = line " "
            for (at = 1; at <= length(line); at++) {
                letter = substr(line, at, 1)
                if (letter == "\\" && !escaped && state != "q") { escaped = 1; continue }
                if (state == "") {
                    if (letter ~ /[ \t\r]/ && !escaped) continue
                    if (letter ~ /[;#]/ && !escaped) break
                    text = ""
                    if (letter == "\"" && !escaped) state = "d"
                    else if (letter == "\047" && !escaped) state = "q"
                    else { state = "u"; text = letter }
                } else if ((state == "u" && letter ~ /[ \t\r]/ || state == "d" && letter == "\"") && !escaped ||
                    state == "q" && letter == "\047") {
                    W[++count] = text
                    state = ""
                } else text = text letter
                escaped = 0
            }
            return state == "" ? count : -1
        }
        BEGIN {
            split(ENVIRON["ALONE"], names, " "); for (n in names) alone[names[n]] = 1
            split(ENVIRON["WHOLE"], names, " "); for (n in names) whole[names[n]] = 1
        }
        within != "" {
            line = $0; gsub(/[ \t\r]/, "", line)
            if (index(line, "</" within ">") == 1) { within = ""; kept = 0; next }
            if (line == "-----BEGINCERTIFICATE-----" || line == "-----BEGINX509CRL-----") { kept = 1; text = ""; next }
            if (line ~ /^-----END/) { if (kept && word != "") print word " " text; kept = 0; next }
            text = text line
            next
        }
        {
            count = words($0)
            if (count < 0) { print "odd a line of the configuration that has no end"; next }
            if (!count) next
            name = W[1]; sub(/^--/, "", name)
            if (count == 1 && name ~ /^<.+>$/) {
                within = substr(name, 2, length(name) - 2)
                word = within == "ca" ? "ca" : within == "crl-verify" ? "crl" : ""
                if (word == "crl") print "crlfile"
                else if (within in alone) print "option " within
            } else if (name in whole) {
                line = "option " name
                for (n = 2; n <= count; n++) line = line "\t" W[n]
                print line
            } else if (name in alone) print "option " name
        }
        END { if (within != "") print "odd a block of the configuration that has no end" }'
}

# What a process was started with, its configuration in its place.
options_of() {
    tr '\n\000' ' \n' <"/proc/$1/cmdline" | awk '
        NR == 1 { next }
        NR == 2 && !/^--/ { print "config\t" $0; next }
        /^--/ { if (line != "") print line; line = substr($0, 3); next }
        line != "" { line = line "\t" $0 }
        END { if (line != "") print line }' | while IFS= read -r line; do
        name=${line%%"$TAB"*} argument=${line#*"$TAB"}
        case $name in
        config)
            file=$(at_start "$argument")
            say "configured $file"
            options_in "$file" 2>/dev/null || say 'odd its configuration cannot be read'
            ;;
        *) case " $WHOLE " in
            *" $name "*) say "option $line" ;;
            *) case " $ALONE " in *" $name "*) say "option $name" ;; esac ;;
            esac ;;
        esac
    done
}

# Where a server finds a file as it starts, and where while it runs: within its chroot, if it has one.
at_start() {
    case $1 in
    /*) say "$root$1" ;;
    *) say "$folder/$1" ;;
    esac
}

at_work() {
    case $1 in
    /*) say "$inside$1" ;;
    *) say "$working/$1" ;;
    esac
}

value_of() {
    say "$options" | awk -F '\t' -v name="option $1" -v number="${2:-2}" '
        $1 == name { found = $number } END { print found }'
}

began() {
    awk -v hertz="$(getconf CLK_TCK)" 'FNR == NR { if ($1 == "btime") boot = $2; next }
        { sub(/.*\) /, ""); print int(boot + $20 / hertz) }' /proc/stat "/proc/$1/stat"
}

# A second, since the kernel's own moment of the boot moves by one.
is_newer() {
    [ "$(stat -Lc %Y -- "$1")" -gt $(($2 + 1)) ]
}

tell_files() {
    for name in ca crl; do
        if say "$options" | grep -q "^$name " && say "$options" | grep -qE "^option $name(-verify)?$TAB"; then
            say "odd its $name both as a file and within the configuration"
        fi
    done
    authorities=$(value_of ca)
    if [ -n "$authorities" ] && [ "$authorities" != '[inline]' ]; then
        file=$(at_start "$authorities")
        if [ -f "$file" ]; then
            blocks ca CERTIFICATE "$file"
            read_file "$file" | grep -q 'BEGIN TRUSTED CERTIFICATE' && say 'odd ca in a form of its own of OpenSSL'
            [ "$1" = 0 ] || ! is_newer "$file" "$start" || say 'changed ca'
        else say 'odd its ca cannot be found'; fi
    fi
    list=$(value_of crl-verify)
    if [ -n "$list" ] && [ "$list" != '[inline]' ]; then
        file=$(at_work "$list")
        if [ "$(value_of crl-verify 3)" = dir ]; then
            say crldirectory
            if [ -d "$file" ]; then
                timeout "$SECONDS_TO_FIND" find "$file/" -maxdepth 1 -name '[0-9]*' | awk -F / '$NF ~ /^[0-9]+$/ { print "revoked " $NF }'
            else say 'odd its folder of revoked numbers cannot be found'; fi
        elif [ -f "$file" ]; then
            say crlfile
            blocks crl 'X509 CRL' "$file"
        else say 'odd its CRL cannot be found'; fi
    fi
    clients=$(value_of client-config-dir)
    if [ -n "$clients" ]; then
        for file in "$(at_work "$clients")"/*; do
            [ -f "$file" ] || continue
            read_file "$file" | awk -v name="${file##*/}" '
                { sub(/^[ \t]+/, ""); sub(/^--/, ""); sub(/[ \t\r].*/, "") }
                $0 == "disable" { state = "disabled" }
                $0 == "config" && state == "" { state = "odd" }
                END { print "client " (state == "" ? "plain" : state) " " name }'
        done
    fi
    status=$(value_of status)
    [ -z "$status" ] || [ "$1" = 0 ] || tell_connected "$(at_work "$status")"
}

# Versions 1, 2 and 3 of the status file.
tell_connected() {
    [ -f "$1" ] || return 0
    at=$(stat -Lc %Y -- "$1")
    read_file "$1" | tr '\t' ',' | awk -F , -v at="$at" '
        /^HEADER,CLIENT_LIST,/ { columns = NF - 1 }
        /^CLIENT_LIST,/ && NF == columns && $2 != "UNDEF" { print "connected " at " " $2 }
        /^Common Name,Real Address,/ { first = 1; columns = NF; next }
        /^ROUTING TABLE/ { first = 0 }
        first && NF == columns && $1 != "UNDEF" { print "connected " at " " $1 }'
}

tell_server() {
    say "server $1 $2"
    say "$options" | grep -v '^configured '
    tell_files "$1"
}

# Whether a process is a server's: its program root's, and itself root's, or of the service's own unit or account.
# Whoever may log in can have a process called openvpn, and what that says of itself would be believed.
is_server() {
    # The real user: a program that is root's for whoever begins it makes the effective one root.
    uid=$(awk '$1 == "Uid:" { print $2 }' "/proc/$1/status" 2>/dev/null)
    [ "$uid" != 0 ] || return 0
    grep -qE '^(0:|[0-9]+:name=systemd):/system\.slice/([^/]*/)*openvpn[^/]*\.service' "/proc/$1/cgroup" && return 0
    case $(awk -F: -v uid="$uid" '$3 == uid { print $1; exit }' /etc/passwd) in
    nobody | openvpn | _openvpn) return 0 ;;
    esac
    return 1
}

# The processes of servers, and those of other programs' accounts: of people's own nothing is told.
find_processes() {
    for process in /proc/[0-9]*; do
        pid=${process#/proc/}
        [ "$(cat "$process/comm" 2>/dev/null)" = openvpn ] || continue
        case $(readlink "$process/exe") in */openvpn | */'openvpn (deleted)') ;; *) continue ;; esac
        [ "$(stat -Lc %u -- "$process/exe" 2>/dev/null)" = 0 ] || continue
        if is_server "$pid"; then
            servers="$servers $pid"
        elif [ "${uid:-65534}" -lt 1000 ]; then
            others="$others $pid"
        fi
    done
}

tell_running() {
    for pid in $others; do
        say "server $pid $(readlink "/proc/$pid/exe")"
        say "odd it is run by an account that is no OpenVPN service's, and was not looked at"
    done
    for pid in $servers; do
        process=/proc/$pid
        start=$(began "$pid") || continue
        working=$process/cwd inside=$process/root
        if [ "$(readlink "$process/root")" = / ]; then
            root=$process/root folder=$process/cwd
        else
            # It has left the folder in which it began.
            root='' folder=$(tr '\000' '\n' <"$process/cmdline" | awk 'last == "--cd" { print } { last = $0 }')
        fi
        options=$(options_of "$pid")
        configuration=$(say "$options" | sed -n 's/^configured //p' | tail -n 1)
        tell_server "$pid" "$(readlink -f -- "$configuration")"
        [ ! -f "$configuration" ] || ! is_newer "$configuration" "$start" || say 'changed configuration'
    done
}

is_running() {
    for pid in $servers; do
        process=/proc/$pid
        for argument in $(tr '\000' '\n' <"$process/cmdline" | grep '\.conf$'); do
            case $argument in /*) other=$process/root$argument ;; *) other=$process/cwd/$argument ;; esac
            [ "$1" -ef "$other" ] && return 0
            # Of one in a chroot the configuration lies outside.
            [ "$(readlink "$process/root")" != / ] && [ "$1" = "$argument" ] && return 0
        done
    done
    return 1
}

tell_stopped() {
    for configuration in /etc/openvpn/*.conf /etc/openvpn/server/*.conf; do
        [ -f "$configuration" ] || continue
        ! is_running "$configuration" || continue
        root='' folder=${configuration%/*}
        options=$(options_in "$configuration") || options='odd its configuration cannot be read'
        moved=$(value_of cd)
        [ -z "$moved" ] || folder=$moved
        inside=$(value_of chroot)
        working=${inside:-$folder}
        tell_server 0 "$configuration"
    done
}

# What an authority of easy-rsa's or openssl ca's issued, where it lies beside a server.
tell_issued() {
    for pid in '' $servers; do
        top=${pid:+/proc/$pid/root}
        if [ -n "$top" ]; then
            [ "$(readlink "$top")" = / ] || continue
            ! [ "$top/etc/openvpn" -ef /etc/openvpn ] || continue
        fi
        timeout "$SECONDS_TO_FIND" find "$top/etc/openvpn" "$top/etc/easy-rsa" "$top/root" "$top/usr/share/easy-rsa" -maxdepth 5 \
            -name index.txt -type f 2>/dev/null
    done | while IFS= read -r index; do
        # Others keep something else in a file of that name, which is nobody's business.
        [ ! -s "$index" ] || read_file "$index" | grep -q "^[VRE]$TAB" || continue
        say "folder $(readlink -f -- "${index%/*}")"
        [ ! -f "${index%/*}/ca.crt" ] || blocks authority CERTIFICATE "${index%/*}/ca.crt"
        read_file "$index" | sed 's/^/index /'
        timeout "$SECONDS_TO_FIND" find "${index%/*}" -maxdepth 3 -path '*/private' -prune -o \( -name '*.crt' -o -name '*.pem' \) -type f -print |
            sort | while IFS= read -r file; do blocks certificate CERTIFICATE "$file"; done | sort -u
    done
}

say 'offboarding openvpn_clients 1'
say "at $(date -u +%Y-%m-%dT%H:%M:%SZ)"
say "name $(uname -n)"
[ "$(id -u)" = 0 ] || refuse 'it was not run as root'
for tool in awk find getconf sha256sum stat timeout; do
    command -v "$tool" >/dev/null || refuse "there is no $tool on this machine"
done
id=$(cat /etc/machine-id 2>/dev/null)
[ ${#id} = 32 ] || refuse 'there is no /etc/machine-id: make one by systemd-machine-id-setup or dbus-uuidgen --ensure'
# The id itself is nobody else's business (machine-id(5)).
say "machine $(printf 'offboarding openvpn_clients %s' "$id" | sha256sum | cut -c1-32)"
servers='' others=''
find_processes
told=$(
    tell_running
    tell_stopped
    tell_issued
)
say "$told" | grep -q '^server ' ||
    refuse 'no OpenVPN server is there: none runs, and none is configured below /etc/openvpn'
say "lines $(say "$told" | grep -c .)"
say "$told"
say end

#!/usr/bin/env bash
# The examples of the documents give what the documents say. All that stand behind a '$' are in a block
# "console", and are run in turn, as they stand, README.md's first; the mirror that they name is a proxy here.
# "…" in what they print is anything.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
needs python3 xorriso implantisomd5

# --- the mirror: a proxy is asked for whole URLs, which are paths below its folder -------------
mirror=www/http:/mirror.example.com
images=dists/bookworm/main/installer-amd64/current/images/netboot/debian-installer/amd64
mkdir -p "$mirror/debian/$images" "$mirror/rhel9/images/pxeboot"
# What the boot protocol's magic makes a kernel, and anything as its ramdisk.
{ head -c 510 /dev/zero && printf '\125\252\0\0HdrS'; } >kernel && truncate -s 8222656 kernel
head -c 9000 /dev/zero >ramdisk
cp kernel "$mirror/debian/$images/linux" && cp ramdisk "$mirror/debian/$images/initrd.gz"
cp kernel "$mirror/rhel9/images/pxeboot/vmlinuz" &&
    cp ramdisk "$mirror/rhel9/images/pxeboot/initrd.img"
cat >"$mirror/rhel9/.treeinfo" <<'TREEINFO'
[general]
family = Red Hat Enterprise Linux
version = 9.4
arch = x86_64
[images-x86_64]
kernel = images/pxeboot/vmlinuz
initrd = images/pxeboot/initrd.img
TREEINFO
installer=/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64/linux
mkdir fedora && cp -R "$mirror/rhel9/." fedora && cp "$installer" fedora/images/pxeboot/vmlinuz
sed -i 's/^family = .*/family = Fedora/; s/^version = .*/version = 39/' fedora/.treeinfo
# What was changed a moment ago is not kept.
find www -type f -exec touch -d '2 hours ago' {} +
python3 -u -m http.server 0 --bind 127.0.0.1 --directory www >server 2>&1 &
at_exit kill $!
for _ in {1..100}; do
    port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' server)
    [ -z "$port" ] || break
    sleep 0.1
done

# The guest that is looked into.
cp "$("$TESTS/images/make.sh" dos-ext4-grub2-2 "$WORK")" guest.img

# The medium and the kernel that are identified.
xorriso -as mkisofs -quiet -R -V Fedora-S-dvd-x86_64-39 -o Fedora-Server-dvd-x86_64-39.iso fedora 2>/dev/null &&
    implantisomd5 Fedora-Server-dvd-x86_64-39.iso >/dev/null
ln -s "$installer" vmlinuz-6.1.0-18-amd64
export ELILOADER_PROXY=http://127.0.0.1:$port ELILOADER_OUTPUT_DIRECTORY=$WORK/boot
export ELILOADER_RECORD_DIR=$WORK/vms
PATH=$BUILD/bin:$PATH

# same TEXT: without what differs from run to run, and without the list of the families, which
# README.md need not follow.
same() {
    sed -E "s|$WORK/boot|/var/run/xend/boot|g; s|$WORK/vms|/var/lib/eliloader/vms|g; s|$WORK/cache|/var/cache/eliloader|g; s/-(kernel|ramdisk)\.[a-z2-7]{8}/-\1.RANDOM/g
        s/(none of rhlike, ).*/\1…/" <<<"$1"
}
sizes() {
    sed -E 's/ *[0-9.]+ [KMG]iB/ SIZE/g; s/[0-9a-f]{32,}|[0-9a-f]{8}…|^[0-9a-f]{12} /SUM/g
        s/[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}/TIME/' <<<"$1"
}
# try: runs $example, whose output is to be $expected.
try() {
    [ -n "$example" ] || return
    # What an example names is root's; here it stands in a folder of ours.
    local shown=$example
    example=${example//\/var\/run\/xend\/boot/$WORK\/boot}
    example=${example//\/var\/cache\/eliloader/$WORK\/cache}
    # "vm list --config" of the example is to see its own file's directory.
    case $example in
    *--config=my.conf*) run env -u ELILOADER_RECORD_DIR bash -c "$example" ;;
    *) run bash -c "$example" ;;
    esac
    local got wanted
    got=$(same "$(cat err out)") wanted=$(same "${expected%"${expected##*[!$'\n']}"}")
    # Ours are other files than what people have.
    case $shown in *\ identify\ * | *\ cache\ list\ *)
        got=$(sizes "$got") wanted=$(sizes "$wanted")
        ;;
    esac
    # shellcheck disable=SC2053 # a pattern
    [[ $got == $(sed 's/[][*?\\]/\\&/g; s/…/*/g' <<<"$wanted") ]]
    ok $? "$ $shown" "got:      $got" "expected: $wanted"
    example='' expected=''
}

documents=("$TOP/README.md" "$TOP"/docs/*.md "$TOP/SECURITY.md" "$TOP/HACKING.md" "$TOP/packaging/README.md")
example='' expected='' inside=''
while IFS= read -r line; do
    if [ "$line" = '```console' ]; then
        inside=1
    elif [ "$line" = '```' ]; then
        [ -z "$inside" ] || try
        inside=''
    elif [ -n "$inside" ] && [[ $line == '$ '* ]]; then
        try
        example=${line#'$ '}
    elif [ -n "$inside" ] && [[ $example == *\\ ]]; then
        example=${example%\\}${line#"${line%%[![:blank:]]*}"}
    elif [ -n "$inside" ]; then
        expected+=$line$'\n'
    fi
done < <(cat "${documents[@]}")

[ "$test_count" -ge 20 ]
ok $? 'the examples were found'
is "$(awk '/^ *```/ { on = /console/ } /^ *\$ / && !on { print FILENAME ": " $0 }' "${documents[@]}")" '' \
    'no example stands where it is not run'
# Links lead somewhere: to a heading, of this file or of the one that is named.
for document in "${documents[@]}"; do
    name=${document#"$TOP/"}
    # shellcheck disable=SC2013 # links are words
    for link in $(grep -oE '\]\([^)]*\)' "$document" | sed 's/^](//; s/)$//' | grep -v '://' | sort -u); do
        file=$(dirname "$document")/${link%%#*}
        [ -n "${link%%#*}" ] || file=$document
        [ -f "$file" ] && { [[ $link != *'#'* ]] ||
            sed -nE 's/^##+ //p' "$file" | tr 'A-Z ' 'a-z-' | tr -d "'\140,." | grep -qx -- "${link#*#}"; }
        ok $? "$name: the link $link"
    done
    # Files that it names are there.
    # shellcheck disable=SC2016 # the quotes are Markdown's
    for file in $(grep -oE '`(tests|distros|packaging|completions|man|loader|common|fsprobe|docs)/[A-Za-z0-9_./*-]*`' \
        "$document" | tr -d '\140' | sort -u); do
        case $file in *NAME* | *void* | */round1.sh) continue ;; esac
        compgen -G "$TOP/$file" >/dev/null
        ok $? "$name: $file is there"
    done
done
# What is booted on a real Xen stands in the table of guests.
for guest in "$TOP"/tests/xl/guests/t-*.sh; do
    case ${guest##*/} in t-plain.sh | t-type.sh) continue ;; esac
    grep -qF "${guest#"$TOP/"}" "$TOP/docs/guests.md"
    ok $? "docs/guests.md: ${guest##*/} is named"
done
[ "$(wc -l <"$TOP/README.md")" -le 300 ]
ok $? 'README.md is short'
# What "My guest does not boot" says that the program says, it says.
# shellcheck disable=SC2016 # the quotes are Markdown's
while IFS= read -r sentence; do
    grep -rqF --include='*.c' -- "$sentence" "$TOP/loader" "$TOP/distros" "$TOP/fsprobe"
    ok $? "an error says: $sentence"
done < <(sed -n '/^| it says /,/^$/s/^| `\([^`]*\)`.*/\1/p' "$TOP/README.md")
done_testing

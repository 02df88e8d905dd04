# One fault a run, for tests (bash): sourced after lib.sh and toolstack.sh, by tests/e2e/faults_*.t.
# Who sources this says what fails: `faulty NUMBER COMMAND…` runs COMMAND with the fault NUMBER, and
# the file `mark` begins with 1 when there was one; `faulty_line NUMBER` prints a shell's words that
# do the same to a program that follows.
#
# `make check` makes a part of the faults of each run, `make check-faults` all (FAULTS=1).
#
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# shellcheck source=servers/nginx.sh
. "$TESTS/servers/nginx.sh"
needs pygrub jq cpio

# Faults of one run that `make check` makes, about.
: "${FAULTS:=}"
part=${PART:-12}
tree rh images/pxeboot/vmlinuz images/pxeboot/initrd.img
nginx_start "$WWW"
disk=$("$TESTS/images/make.sh" dos-ext4-suse-2 "$WORK")
# A tree whose ramdisk is known, and gets an overlay.
export ELILOADER_MAP_DIR=$WORK/maps
mkdir -p maps files/etc
echo text >files/etc/own
(cd files && find . | cpio -o -H newc --quiet) >vendor
cp vendor maps/over
gzip -n vendor
fake_kernel "$WWW/known/images/pxeboot/vmlinuz"
cp vendor.gz "$WWW/known/images/pxeboot/initrd.img"
"$ELILOADER" media add vendor.gz --overlay=over --name='CentOS 5.4' >media.out 2>&1 || exit 99

# state: all that a run may change and has to leave whole.
state() {
    local but=()
    # What cannot be removed stays, and is swept later: unlink(2), unlinkat(2).
    case $(cat mark 2>/dev/null) in '1 87' | '1 263') but=(! -name '.guest.json.*') ;; esac
    # Locks are files of their own that stay.
    find "$RECORDS" -mindepth 1 ! -name '*lock*' "${but[@]}" -printf '%f\n' 2>/dev/null | sort
    cat "$RECORDS"/*.json 2>/dev/null
}

# judged: what is wrong with the run that ended with $status.
judged() {
    local now
    now=$(state)
    if [ "$status" -ge 124 ]; then
        echo "status $status: $(head -n2 err)"
    elif [ "$status" = 0 ]; then
        [ "$(boot_files)" = "$new_files" ] || echo "status 0, files: $(boot_files)"
        [ "$now" = "$new_state" ] || diff <(echo "$new_state") <(echo "$now")
        [ "$want_answer" = no ] || [ -s out ] || echo "status 0, no answer"
    else
        [ -z "$(boot_files)" ] || echo "status $status, files: $(boot_files) $(cat err)"
        [ "$now" = "$old_state" ] || diff <(echo "$old_state") <(echo "$now")
        grep -q . err out || echo "status $status, no sentence" # a probe tells in its answer
    fi
}

# each_fault NAME PREPARE COMMAND…: COMMAND with each fault in turn, after PREPARE: all is well, or
# there is an error, and nothing has happened.
each_fault() {
    local name=$1 prepare=$2 number stride=1 wrong='' was ends='' many
    shift 2
    $prepare
    old_state=$(state)
    echo 1000000000 >number
    echo 0 >mark
    run "$@"
    [ "$status" = 0 ]
    ok $? "$name: runs" "$(cat err)" || return
    new_state=$(state)
    new_files=$(boot_files)
    want_answer=yes
    [ -s out ] || want_answer=no
    # How many there are: the first number that is not reached is looked for in steps.
    for ((many = 64; many < 100000; many *= 2)); do
        $prepare
        echo 0 >mark
        faulty $many "$@" >out 2>err
        [ "$(head -c1 mark)" = 1 ] || break
    done
    [ -n "$FAULTS" ] || stride=$((many / part))
    [ "$stride" -gt 0 ] || stride=1
    # Each run of the test begins elsewhere, so that in time all are made.
    number=$((FAULTS ? 1 : 1 + RANDOM % stride))
    many=0
    for (( ; ; number += stride)); do
        $prepare
        echo 0 >mark
        faulty "$number" "$@" >out 2>err
        status=$?
        [ "$(head -c1 mark)" = 1 ] || break
        many=$((many + 1))
        was=$(judged)
        [ -z "$was" ] || wrong="$wrong"$'\n'"fault $number ($(tr '\n' ' ' <mark)): $was"
        ends="$ends $status"
    done
    is "$wrong" '' "$name: all or nothing, with each of $many faults"
    [ "$many" -gt 0 ]
    ok $? "$name: there were faults"
    echo "# ends: $(tr ' ' '\n' <<<"$ends" | sort | uniq -c | awk 'NF > 1 { print $2 ": " $1 }' | xargs)"
}

# --- runs ---------------------------------------------------------------------------------------
# shellcheck disable=SC2317 # called by each_fault
new_guest() {
    no_guest
    vm_new guest install-repository="$NGINX/rh"
}
# shellcheck disable=SC2317
known_guest() {
    no_guest
    vm_new guest install-repository="$NGINX/known"
}
# shellcheck disable=SC2317
installed_guest() {
    clear_boot
    rm -f "$RECORDS"/*.json "$RECORDS"/.guest.json.*
    cp installed.json "$RECORDS/guest.json"
}
# shellcheck disable=SC2317
no_guest() {
    clear_boot
    rm -f "$RECORDS"/*.json "$RECORDS"/.guest.json.*
}

# every_run: each kind of run of the loader, with faults in the loader itself.
every_run() {
    new_guest
    boot --vm=guest
    cp "$RECORDS/guest.json" installed.json
    each_fault 'round one' new_guest "$ELILOADER" --vm=guest
    each_fault 'round one, overlay' known_guest "$ELILOADER" --vm=guest
    each_fault 'native boot' installed_guest "$ELILOADER" --vm=guest --handoff=native "$disk"
    [ -z "$FAULTS" ] || [ ! -e /usr/lib/grub-xen/grub-i386-xen_pvh.bin ] ||
        each_fault 'GRUB' installed_guest "$ELILOADER" --vm=guest --handoff=grub --guest-type=pvh "$disk"
    each_fault 'probe' no_guest "$ELILOADER" probe --json "$disk"
    each_fault 'fetch' no_guest "$ELILOADER" fetch --distro=rhlike --output-directory="$BOOT" "$NGINX/rh"
    each_fault 'a new record' no_guest "$ELILOADER" vm create guest install-repository="$NGINX/rh"
    each_fault 'a changed record' installed_guest "$ELILOADER" vm reinstall guest
    # pygrub takes a tenth of a second, each time.
    part=6
    each_fault 'round two' installed_guest "$ELILOADER" --vm=guest "$disk"
    part=${PART:-12}
}

# every_helper: the same runs with faults in each of their helpers.
every_helper() {
    local helper
    for helper in fsprobe medium fetch ramdisk; do
        rm -rf here
        mkdir -p here/bin here/libexec/eliloader
        cp "$BUILD/bin/eliloader" here/bin/
        cp "$BUILD"/libexec/eliloader/* here/libexec/eliloader/
        one_helper $helper
    done
}
# shellcheck disable=SC2317
faulty_helper() {
    echo "$1" >number
    shift
    timeout 60 "$@"
}
one_helper() {
    local real=$BUILD/libexec/eliloader/$1 loader=$WORK/here/bin/eliloader
    # shellcheck disable=SC2016 # the script's own
    cat >"here/libexec/eliloader/$1" <<END
#!/bin/sh
read -r number <$WORK/number
exec $(faulty_line '"$number"') $real
END
    chmod 755 "here/libexec/eliloader/$1"
    echo 1000000000 >number
    echo 0 >mark
    faulty() { faulty_helper "$@"; }
    case $1 in
    fsprobe)
        each_fault 'fsprobe, probing' no_guest "$loader" probe --json "$disk"
        each_fault 'fsprobe, copying' installed_guest "$loader" --vm=guest --handoff=native "$disk"
        ;;
    medium) each_fault 'medium' no_guest "$loader" identify "$WWW/rh/images/pxeboot/vmlinuz" ;;
    fetch) each_fault 'fetch, round one' new_guest "$loader" --vm=guest ;;
    ramdisk) each_fault 'ramdisk, round one' known_guest "$loader" --vm=guest ;;
    esac
}

#!/bin/bash
# Against the real pygrub, on every image of tests/images: where pygrub by itself finds a boot,
# ours is the same one; and after round two, pygrub with exactly the recorded arguments takes
# the very files that the probe chose.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

needs pygrub

# Where our choice is not pygrub's, and why ours is right. Name of the recipe, a colon, the reason.
differences() {
    cat <<'END'
END
}

# What pygrub is given cannot be told in PV_bootloader_args, or pygrub cannot read the disk at all.
unbootable_by_pygrub() {
    cat <<'END'
none-ext4-bigalloc: pygrub's libext2fs is opened without 64-bit bitmaps, which bigalloc needs
END
}

# dump IMAGE OFFSET PATH FILE: the file's bytes by debugfs, which shares no code with us but
# libext2fs. debugfs does not follow a link at the end of a path.
dump() {
    local path=$3 target depth
    for depth in 1 2 3 4 5 6 7 8 9 10; do
        target=$(debugfs -R "stat \"$path\"" "$1?offset=$2" 2>/dev/null)
        case "$target" in
        *"Type: symlink"*)
            # A short one is shown, a long one is the file's content.
            if grep -q 'Fast link dest:' <<<"$target"; then
                target=$(sed -n 's/^Fast link dest: "\(.*\)"$/\1/p' <<<"$target")
            else
                target=$(debugfs -R "cat \"$path\"" "$1?offset=$2" 2>/dev/null | tr -d '\0')
            fi
            case "$target" in
            /*) path=$target ;;
            *) path=${path%/*}/$target ;;
            esac
            ;;
        *) break ;;
        esac
    done
    : "$depth"
    debugfs -R "dump \"$path\" $4" "$1?offset=$2" >/dev/null 2>&1 && [ -s "$4" ]
}

# The arguments that were chosen, as pygrub has them: syslinux leaves "initrd=" of its append line in
# the command line and so do we; pygrub takes it out. To a kernel that has its ramdisk it means
# nothing.
our_args() { jq -r '.boot.args' probe.json | sed -E 's/(^| )initrd=[^ ]* ?/\1/; s/ $//'; }

# answer KEY FILE
answer() { sed -n "s/^$1 //p" "$2"; }

check_image() {
    local image=$1 name offset kernel ramdisk words reason
    name=$(basename "$image" .img)
    rm -rf pygrub-out recorded && mkdir -p pygrub-out recorded
    "$ELILOADER" probe --json "$image" >probe.json 2>probe.err
    offset=$(jq -r '.boot.offset // 0' probe.json)
    kernel=$(jq -r '.boot.kernel // ""' probe.json)
    ramdisk=$(jq -r '.boot.ramdisks[-1] // ""' probe.json)
    rm -f our-kernel our-ramdisk
    if [ -n "$kernel" ]; then
        dump "$image" "$offset" "$kernel" our-kernel
        ok $? "$name: the chosen kernel $kernel is there" "$(cat probe.json)"
        if [ -n "$ramdisk" ]; then
            dump "$image" "$offset" "$ramdisk" our-ramdisk
            ok $? "$name: the chosen ramdisk $ramdisk is there" "$(cat probe.json)"
        fi
    fi

    # By itself.
    if pygrub -q --output-format=simple --output-directory=pygrub-out "$image" >pygrub.answer 2>pygrub.err; then
        reason=$(differences | sed -n "s/^$name: //p")
        if [ -z "$reason" ]; then
            cmp -s our-kernel "$(answer kernel pygrub.answer)"
            ok $? "$name: our kernel is the one that pygrub finds" "$(cat pygrub.answer probe.json)"
            if [ -n "$(answer ramdisk pygrub.answer)" ]; then
                cmp -s our-ramdisk "$(answer ramdisk pygrub.answer)"
                ok $? "$name: and so is our ramdisk" "$(cat pygrub.answer probe.json)"
            fi
            is "$(our_args)" "$(answer args pygrub.answer)" \
                "$name: and so are the arguments"
        else
            ! cmp -s our-kernel "$(answer kernel pygrub.answer)"
            ok $? "$name: our kernel is another one than pygrub's: $reason"
        fi
        found=1
    else
        found=0
    fi

    # Round two, by pygrub alone.
    "$ELILOADER" vm create vm install-repository=http://127.0.0.1/ install-distro=sleslike \
        install-round=2 install-arch=x86_64
    run "$ELILOADER" --vm=vm -q --handoff=pygrub --output-directory=recorded "$image"
    reason=$(unbootable_by_pygrub | sed -n "s/^$name: //p")
    if [ -z "$kernel" ] || [ -n "$reason" ]; then
        is "$status" 3 "$name: nothing for pygrub to boot is reported${reason:+ ($reason)}" || cat err
        is "$("$ELILOADER" vm show vm --json | jq -r '.other_config["install-round"]')" 2 \
            "$name: and the VM stays in round 2"
        is "$(ls -A recorded)" "" "$name: no file is left"
    else
        is "$status" 0 "$name: round two boots it" || sed 's/^/#   /' err
        words=$("$ELILOADER" vm show vm --json | jq -r .PV_bootloader_args)
        args=$("$ELILOADER" vm show vm --json | jq -r .PV_args)
        cmp -s our-kernel "$(answer kernel out)"
        ok $? "$name: with the chosen kernel" "$(cat out)"
        is "$(answer args out)" "$(our_args)" "$name: with its arguments"
        if [ "$found" = 1 ]; then
            is "$words" "" "$name: pygrub finds it by itself: no paths are recorded"
        else
            like "$words" "^--kernel $kernel( --ramdisk $ramdisk)?( --offset $offset)?\$" \
                "$name: the paths are recorded"
        fi
        rm -rf pygrub-out && mkdir pygrub-out
        # As xapi passes them: words, split at spaces.
        # shellcheck disable=SC2086
        pygrub -q ${args:+--args="$args"} $words --output-format=simple \
            --output-directory=pygrub-out "$image" >pygrub.answer 2>pygrub.err
        cmp -s our-kernel "$(answer kernel pygrub.answer)"
        ok $? "$name: pygrub with exactly what is recorded takes the same kernel" "$(cat pygrub.err)"
        if [ -n "$ramdisk" ]; then
            cmp -s our-ramdisk "$(answer ramdisk pygrub.answer)"
            ok $? "$name: and the same ramdisk" "$(cat pygrub.err)"
        fi
        is "$(answer args pygrub.answer)" "$(our_args)" "$name: and the same arguments"
    fi
    "$ELILOADER" vm remove vm
}

export ELILOADER_RECORD_DIR=$WORK/vms
mkdir images
"$TESTS/images/make.sh" all images >list || { ok 1 "the images are made"; done_testing; }
sha256sum images/*.img >before
# Under the sanitizers, which say nothing of pygrub, every fifth will do; else every second, and all in
# `make check-long`.
every=2
[ -z "$LONG" ] || every=1
[ "${SANITIZED:-}" != 1 ] || every=5
sort list | awk -v every=$every 'NR % every == 0' >chosen
while read -r image <&3; do check_image "$image"; done 3<chosen
sha256sum images/*.img >after
cmp -s before after
ok $? "no image was changed"
[ "$(wc -l <list)" -ge 40 ]
ok $? "at least 40 images were looked at"
done_testing

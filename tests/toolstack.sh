# A toolstack for tests (bash), sourced after lib.sh: VM records and an output directory of the
# test's own, repositories of small files, and the parsers of the answer as xenopsd and libxl
# have them.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

RECORDS=$WORK/vms
BOOT=$WORK/boot
WWW=$WORK/www
export ELILOADER_RECORD_DIR=$RECORDS ELILOADER_OUTPUT_DIRECTORY=$BOOT
mkdir -p "$WWW"

# --- repositories -----------------------------------------------------------------------------

# fake_kernel FILE [TEXT]: what passes for a bzImage, 2 KiB and TEXT.
fake_kernel() {
    mkdir -p "$(dirname "$1")"
    {
        head -c 510 /dev/zero
        printf '\x55\xaa\0\0HdrS'
        head -c 1530 /dev/zero
        printf '%s' "${2-kernel}"
    } >"$1"
}
# fake_ramdisk FILE [TEXT]
fake_ramdisk() {
    mkdir -p "$(dirname "$1")"
    printf '070701%s' "${2-ramdisk}" >"$1"
}
# tree NAME KERNEL RAMDISK: a repository below $WWW; what is in a file says where it was taken.
tree() {
    fake_kernel "$WWW/$1/$2" "$1 $2"
    fake_ramdisk "$WWW/$1/$3" "$1 $3"
}
sha256() {
    sha256sum <"$1" | cut -d' ' -f1
}

# --- records ----------------------------------------------------------------------------------

# vm_new ID [KEY=VALUE…]: a new record, in the place of an older one.
vm_new() {
    rm -f "$RECORDS/$1.json"
    "$ELILOADER" vm create -q "$@" || exit 99
}
# vm_edited ID [KEY=VALUE…]: as vm_new, with values that `vm create` may refuse: a record may be
# written by others. KEY: of other_config, or MAP:KEY, or a field.
vm_edited() {
    local id=$1 assignment key map
    shift
    vm_new "$id"
    for assignment; do
        key=${assignment%%=*} map=other_config
        case $key in
        PV-* | name-label) map='' ;;
        *:*) map=${key%%:*} key=${key#*:} ;;
        esac
        [ -n "$map" ] || key=${key//-/_}
        jq --arg map "${map//-/_}" --arg key "$key" --arg value "${assignment#*=}" \
            'if $map == "" then .[$key] = $value else .[$map][$key] = $value end' \
            "$RECORDS/$id.json" >"$WORK/edited.json" && cat "$WORK/edited.json" >"$RECORDS/$id.json"
    done
    rm -f "$WORK/edited.json"
}
# record ID JQ: a part of a record.
record() {
    jq -rc "$2" "$RECORDS/$1.json"
}

# --- the call ---------------------------------------------------------------------------------

# boot WORD…: in bootloader mode.
boot() {
    run "$ELILOADER" "$@"
}
# boot_files: names of what is in the output directory, without their random ends.
boot_files() {
    find "$BOOT" -mindepth 1 -printf '%f\n' 2>/dev/null | sed 's/\.[a-z2-7]*$//' | sort | xargs
}
clear_boot() {
    rm -rf "$BOOT"
}

# refused STATUS ERROR REGEX NAME WORD…: the run ends with STATUS, a sentence that REGEX matches
# and, on the lines after it, the error's name for the toolstack (ERROR; '-': none) and the detail;
# says nothing on stdout, leaves no file, and changes no record.
refused() {
    local want=$1 error=$2 regex=$3 name=$4 before
    shift 4
    before=$(cat "$RECORDS"/*.json 2>/dev/null | sha256sum)
    boot "$@"
    is "$status" "$want" "$name: status $want" || sed 's/^/# /' err
    like "$(sed -n 's/^eliloader: //p' err)" "$regex" "$name: says why"
    if [ "$error" = - ]; then
        is "$(grep -c . err)" 1 "$name: one line"
    else
        is "$(sed -n '/^RuntimeError: /,$p' err)" \
            "RuntimeError: $error"$'\n'"$(sed -n '/^RuntimeError: /q; s/^eliloader: //p' err | tail -n1)" \
            "$name: $error for the toolstack, with the detail"
    fi
    is "$(wc -c <out) $(boot_files)" '0 ' "$name: no answer, no files"
    is "$(cat "$RECORDS"/*.json 2>/dev/null | sha256sum)" "$before" "$name: the record is unchanged"
}

# --- the answer -------------------------------------------------------------------------------

# parse_simple FILE DIRECTORY: as xenopsd reads stdout; prints "kernel=PATH", "ramdisk=PATH",
# "args=TEXT"; fails with a word on what is wrong.
parse_simple() {
    python3 -c '
import os, sys
seen = {}
lines = open(sys.argv[1], newline="").read().split("\n")
while lines:
    line = lines.pop(0)
    if line == "":
        break
    key, _, value = line.partition(" ")
    if key not in ("kernel", "ramdisk", "args"):
        sys.exit("unknown key " + repr(key))
    if key in seen:
        sys.exit("twice: " + key)
    seen[key] = value
else:
    sys.exit("no empty line")
if lines != [""]:
    sys.exit("more after the empty line: " + repr(lines))
if "kernel" not in seen:
    sys.exit("no kernel")
for key in ("kernel", "ramdisk"):
    path = seen.get(key, "/x")
    if not path.startswith("/"):
        sys.exit("not absolute: " + path)
    if key in seen and os.path.dirname(os.path.normpath(path)) != sys.argv[2]:
        sys.exit("outside: " + path)
for key in ("kernel", "ramdisk", "args"):
    if key in seen:
        print(key + "=" + seen[key])' "$1" "$2" 2>&1
}

# parse_simple0 FILE: as libxl reads the file of --output.
parse_simple0() {
    python3 -c '
import sys
for item in open(sys.argv[1], "rb").read().split(b"\0"):
    if not item:
        break
    if len(item) >= 8192:
        continue
    for key in (b"kernel", b"ramdisk", b"args"):
        if item.startswith(key + b" "):
            print((key + b"=" + item[len(key) + 1:]).decode())
            break
    else:
        sys.exit("unknown item " + repr(item))' "$1" 2>&1
}
# answered KEY: its value in the simple answer in the file out.
answered() {
    sed -n "s/^$1 //p" out
}

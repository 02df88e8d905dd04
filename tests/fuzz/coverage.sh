#!/usr/bin/env bash
# What fuzz targets reach of what they are for: each runs its corpus once, and clang counts lines.
#
#   coverage.sh BUILD CORPUS TARGET…     the programs are BUILD/fuzz/fuzz_TARGET, the inputs CORPUS/TARGET
#
# Built as `make fuzz-coverage` does it. A line for each target, with the share of lines that were run; below it
# the files of which less than three quarters were.
# SPDX-License-Identifier: GPL-3.0-or-later
set -eu
cd "$(dirname "$0")/../.."

# sources TARGET: what it is for: a folder, or the files whose headers it includes
sources() {
    case $1 in
    btrfs | fat | iso9660 | reiserfs | ufs | xfs) ls fsprobe/fs/"$1"/*.c ;;
    btrfs_unpack) ls fsprobe/fs/btrfs/{unpack,lzo}.c ;;
    lvm) ls fsprobe/disk/{lvm*,pieces,layers}.c ;;
    md) ls fsprobe/disk/{md*,pieces,layers,inside}.c ;;
    disk) ls fsprobe/disk/{disk,signature,layers,inside}.c fsprobe/fs/ext/*.c fsprobe/{choose,copy,probe,select,range}.c ;;
    grub2) ls fsprobe/config/grub2/*.c fsprobe/config/grub2/script/*.c ;;
    *)
        sed -nE 's/^#include "((fsprobe|loader|distros)\/.*)\.h"$/\1.c/p' "tests/fuzz/fuzz_$1.c" | while read -r file; do
            [ ! -e "$file" ] || echo "$file"
        done
        ;;
    esac
}

[ $# -ge 3 ] || { sed -n '4s/^# *//p' "$0" >&2 && exit 2; }
build=$1 corpus=$2
shift 2
work=$(mktemp -d "${TMPDIR:-/tmp}/eliloader-coverage.XXXXXX")
trap 'rm -rf "$work"' EXIT
for target; do
    mapfile -t files < <(sources "$target")
    LLVM_PROFILE_FILE=$work/raw "$build/fuzz/fuzz_$target" -runs=0 -max_len=4000000 "$corpus/$target" >"$work/log" 2>&1 ||
        { tail -5 "$work/log" >&2 && exit 1; }
    llvm-profdata merge -o "$work/data" "$work/raw"
    llvm-cov export -summary-only -instr-profile="$work/data" "$build/fuzz/fuzz_$target" "${files[@]}" >"$work/json"
    jq -r --arg target "$target" '.data[0] | (.totals.lines | "\($target): \(.percent | floor) % of \(.count) lines"),
        (.files[] | select(.summary.lines.percent < 75) | "    \(.filename | sub(".*/(?<f>(fsprobe|loader|distros)/.*)"; "\(.f)")): \(.summary.lines.percent | floor) %")' "$work/json"
done

# What the benchmarks share: commands measured side by side, medians, goals. Sourced by
# tests/bench/*.sh (bash), which `make bench` starts with BUILD set:
#
#   . "$(dirname "$0")/lib.sh"
#   compare 101 ::: ours "$ELILOADER" --version ::: theirs /bin/true
#   goal 'difference in ms' "$difference" 1.5
#   finish_bench
#
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

set -u
BENCH=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${BUILD:=$(dirname "$(dirname "$BENCH")")/build}"
# shellcheck disable=SC2034 # for those who source this
ELILOADER=$BUILD/bin/eliloader
export LC_ALL=C.UTF-8
unset "${!ELILOADER_@}" http_proxy https_proxy all_proxy
export ELILOADER_CONFIG=/dev/null

bench_missed=0
median_a=0 median_b=0 difference=0 ratio=0

# Runs the two commands by turns, RUNS times after one that does not count, their output
# thrown away; a command that fails ends it. Prints a line for each: median, best and 9th
# decile in milliseconds of wall-clock time, and its name; then a line with the medians'
# difference and ratio.
bench_program=$(cat <<'PYTHON'
import os, statistics, sys, time

def run(words, null):
    actions = [(os.POSIX_SPAWN_DUP2, null, fd) for fd in (0, 1, 2)]
    start = time.perf_counter_ns()
    pids = [os.posix_spawn(words[0], words, os.environ, file_actions=actions)
            for _ in range(at_once)]
    failed = [pid for pid in pids if os.waitpid(pid, 0)[1]]
    took = time.perf_counter_ns() - start
    if failed:
        sys.exit("bench: this failed: " + " ".join(words))
    return took / 1e6

def empty(folder):
    for name in os.listdir(folder) if folder else []:
        os.unlink(os.path.join(folder, name))

runs, folder, at_once, names, commands = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), [], []
for word in sys.argv[4:]:
    if word == ":::":
        commands.append([])
    elif len(names) < len(commands):
        names.append(word)
    else:
        commands[-1].append(word)
null = os.open("/dev/null", os.O_RDWR)
times = [[] for _ in commands]
for turn in range(runs + 1):
    for i, words in enumerate(commands):
        empty(folder)
        took = run(words, null)
        if turn:
            times[i].append(took)
empty(folder)
for name, took in zip(names, times):
    took.sort()
    print(f"{statistics.median(took):.3f} {took[0]:.3f} {took[(len(took) - 1) * 9 // 10]:.3f} {name}")
a, b = map(statistics.median, times)
print(f"{a - b:.3f} {a / b:.3f}")
PYTHON
)

# compare RUNS ::: NAME COMMAND… ::: NAME COMMAND…: measures both by turns, so that whatever
# else the machine does hits both, and prints what came out. Commands are named by their full
# path. Sets $median_a, $median_b (ms), $difference (a - b, ms) and $ratio (a / b). The files
# in the folder $BENCH_EMPTY, when it is set, are removed before each run, unmeasured. With
# $BENCH_AT_ONCE set, a run is so many processes of the command at the same time.
compare() {
    local runs=$1 table name_a name_b best_a best_b ninth_a ninth_b
    shift
    table=$(python3 -c "$bench_program" "$runs" "${BENCH_EMPTY:-}" "${BENCH_AT_ONCE:-1}" "$@") || exit 1
    {
        read -r median_a best_a ninth_a name_a
        read -r median_b best_b ninth_b name_b
        read -r difference ratio
    } <<<"$table"
    printf '%-36s %12s %12s %12s\n' "$runs runs each, by turns" 'median ms' 'best ms' '9th decile' \
        "$name_a" "$median_a" "$best_a" "$ninth_a" "$name_b" "$median_b" "$best_b" "$ninth_b"
    printf '%s against %s: ratio %s, difference %s ms\n' "$name_a" "$name_b" "$ratio" "$difference"
}

# An installer's real kernel and ramdisk, 49 MB.
real=/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64
# real_tree: makes the folder tree with these two and a menu.
real_tree() {
    mkdir -p tree/boot/grub
    cp "$real/linux" tree/boot/vmlinuz-6.1
    cp "$real/initrd.gz" tree/boot/initrd.img-6.1
    cat >tree/boot/grub/grub.cfg <<'END'
set default=0
menuentry 'Linux' {
	linux /boot/vmlinuz-6.1 root=/dev/xvda1 ro
	initrd /boot/initrd.img-6.1
}
END
}
# real_guest: makes guest.img, an ext4 image of that. Its blocks have 4 KiB, as every guest's have whose
# disk is larger than 512 MB.
real_guest() {
    real_tree
    PATH=$PATH:/usr/sbin:/sbin mke2fs -q -t ext4 -b 4096 -d tree guest.img 256M >/dev/null 2>&1 || exit 1
}

# goal WHAT VALUE MAX: says whether VALUE is at most MAX; finish_bench fails when one is not.
goal() {
    if python3 -c 'import sys; sys.exit(float(sys.argv[1]) > float(sys.argv[2]))' "$2" "$3"; then
        printf 'goal reached: %s is %s, at most %s\n' "$1" "$2" "$3"
    else
        printf 'GOAL MISSED: %s is %s, more than %s\n' "$1" "$2" "$3"
        bench_missed=1
    fi
}
finish_bench() {
    exit "$bench_missed"
}

#!/usr/bin/env bash
# A host that comes back after a power cut: 64 guests started at once. Throughput of probes and of
# extractions (an installer's real kernel and ramdisk) against as many of pygrub, and memory.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
RUNS=${RUNS:-5}
GUESTS=64
pygrub=$(command -v pygrub)

work=$(mktemp -d "${TMPDIR:-/tmp}/eliloader-bench.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir out
# One image stands for all: what is measured is the programs, and not the disk.
real_guest

# Runs COUNT commands at once; prints the most memory that they took together, in kilobytes. What they
# share (libraries) is counted for each of them, so that it is a bound from above.
cat >memory <<'PYTHON'
import os, subprocess, sys
count, words = int(sys.argv[1]), sys.argv[2:]

def memory():
    pages = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if int(pid) > first and os.getsid(int(pid)) == first:
                with open(f"/proc/{pid}/statm") as file:
                    pages += int(file.read().split()[1])
        except OSError:
            pass
    return pages * os.sysconf("SC_PAGESIZE") // 1024

os.setsid()
first = os.getpid()
running = [subprocess.Popen(words, stdout=subprocess.DEVNULL) for number in range(count)]
peak = 0
while any([child.poll() is None for child in running]):
    peak = max(peak, memory())
if any([child.wait() for child in running]):
    sys.exit("bench: this failed: " + " ".join(words))
print(peak)
PYTHON
export BENCH_EMPTY=$work/out BENCH_AT_ONCE=$GUESTS

# measure NAME GOAL OURS… ::: THEIRS…
measure() {
    local name=$1 least=$2 ours=()
    shift 2
    while [ "$1" != ::: ]; do ours+=("$1") && shift; done
    shift
    compare "$RUNS" ::: "$GUESTS × eliloader" "${ours[@]}" \
        ::: "$GUESTS × pygrub" "$@"
    goal "ratio of $name (at least $least times the throughput)" "$ratio" \
        "$(python3 -c "print(round(1 / $least, 4))")"
}
ours=("$ELILOADER" -q --output-directory="$work/out" "$work/guest.img")
theirs=("$pygrub" -q --output-directory="$work/out" "$work/guest.img")
echo "--- $GUESTS probes at once"
measure probes 20 "$ELILOADER" -n "${ours[@]:1}" ::: "$pygrub" -n "${theirs[@]:1}"
echo "--- $GUESTS extractions at once"
measure extractions 4 "${ours[@]}" ::: "${theirs[@]}"
echo "--- memory"
peak=0
for ((run = 0; run < RUNS; run++)); do
    rm -f out/*
    took=$(python3 "$work/memory" $GUESTS "${ours[@]}") || exit 1
    [ "$took" -le "$peak" ] || peak=$took
done
goal "MiB of $GUESTS extractions at once, at the peak" "$((peak / 1024))" $((GUESTS * 8))
finish_bench

#!/usr/bin/env bash
# A pool that installs: 64 VMs in round one at once, from one repository. Without a cache, against as many
# `curl --parallel` of the same two files (an installer's real ones, 49 MB); with the host's cache, what the
# server was asked for, and the time against one fetch and 64 copies, which share blocks where the filesystem can;
# and memory.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
. "$BENCH/server.sh"
RUNS=${RUNS:-5}
VMS=${VMS:-64}

mkdir -p "$WORK/tree/images/pxeboot" "$WORK/none" "$WORK/new" "$WORK/records" "$WORK/out"
cp $IMAGES/linux "$WORK/tree/images/pxeboot/vmlinuz"
cp $IMAGES/initrd.gz "$WORK/tree/images/pxeboot/initrd.img"
nginx_start "$WORK/tree" 'sendfile on; tcp_nopush on;'
# As many connections as a web server has by itself.
sed -i 's/worker_connections 64/worker_connections 768/' "$WORK/nginx-1/nginx.conf"
nginx -p "$WORK/nginx-1" -e "$WORK/nginx-1/error.log" -c "$WORK/nginx-1/nginx.conf" -s reload
for ((vm = 1; vm <= VMS; vm++)); do
    "$ELILOADER" vm create -q "vm$vm" --record-dir="$WORK/new" install-repository="$NGINX/" \
        install-arch=x86_64 || exit 1
done
cat >"$WORK/plain.conf" <<END
record = file
record-dir = $WORK/records
output-directory = $WORK/out
map-dir = $WORK/none
END
{ cat "$WORK/plain.conf" && echo "cache = $WORK/cache"; } >"$WORK/cache.conf"

# COMMAND COUNT WORD…: runs WORDS so often at once, with {} for the number of each, on new records and with
# nothing in the output directory. Prints the wall-clock time in ms; "memory": also the most memory that all of
# them took together, in KiB, what they share by parts (PSS) and what each has for itself counted whole (RSS).
cat >"$WORK/storm" <<'PYTHON'
import os, shutil, subprocess, sys, time
work, what, count, words = os.environ["STORM"], sys.argv[1], int(sys.argv[2]), sys.argv[3:]

def memory(kind, name):
    total = 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            if int(pid) > first and os.getsid(int(pid)) == first:
                with open(f"/proc/{pid}/{kind}") as file:
                    total += sum(int(line.split()[1]) for line in file if line.startswith(name))
        except OSError:
            pass
    return total

os.setsid()
first = os.getpid()
for name in "records", "out":
    shutil.rmtree(f"{work}/{name}")
shutil.copytree(f"{work}/new", f"{work}/records", copy_function=shutil.copy)
os.chmod(f"{work}/records", 0o700)
os.mkdir(f"{work}/out", 0o700)
os.sync()
start = time.perf_counter()
running = [subprocess.Popen([word.replace("{}", str(number)) for word in words], stdout=subprocess.DEVNULL)
           for number in range(1, count + 1)]
peaks = [0, 0]
while what == "memory" and any([child.poll() is None for child in running]):
    peaks[0] = max(peaks[0], memory("smaps_rollup", "Pss:"))
    peaks[1] = max(peaks[1], memory("status", "VmRSS:"))
if any([child.wait() for child in running]):
    sys.exit("bench: this failed: " + " ".join(words))
print(*peaks if what == "memory" else [round((time.perf_counter() - start) * 1000, 1)])
PYTHON
export STORM=$WORK
# median NUMBER…
median() {
    python3 -c 'import statistics, sys; print(round(statistics.median(map(float, sys.argv[1:])), 1))' "$@"
}
storm() {
    python3 "$WORK/storm" "$@" || exit 1
}
asked() {
    grep -c " /$1 200 " "$NGINX_LOG"
}
ours=("$ELILOADER" -q --vm=vm{})
# with plain|cache: these settings. Behind -q --vm=ID stands nothing but words of the VM.
with() {
    export ELILOADER_CONFIG=$WORK/$1.conf
}
theirs=(/usr/bin/curl -s --stderr /dev/null --parallel -o "$WORK/out/{}.a" "$NGINX/images/pxeboot/vmlinuz"
    -o "$WORK/out/{}.b" "$NGINX/images/pxeboot/initrd.img")

echo "--- $VMS VMs at once, without a cache"
with plain
times=() curls=()
for ((run = 0; run <= RUNS; run++)); do
    took=$(storm time "$VMS" "${ours[@]}") || exit 1
    curl=$(storm time "$VMS" "${theirs[@]}") || exit 1
    # The first does not count.
    [ $run = 0 ] || times+=("$took") curls+=("$curl")
done
printf '%-36s %12s\n' "$RUNS runs each, by turns" 'median ms' "$VMS × eliloader, round one" "$(median "${times[@]}")" \
    "$VMS × curl --parallel" "$(median "${curls[@]}")"
goal "the ratio to as many curls" \
    "$(python3 -c 'import sys; print(round(float(sys.argv[1]) / float(sys.argv[2]), 3))' "$(median "${times[@]}")" "$(median "${curls[@]}")")" 1.0
read -r shared whole < <(storm memory "$VMS" "${ours[@]}")
echo "memory of $VMS at the peak: $((shared / 1024)) MiB, and $((whole / 1024)) with the libraries of each counted whole"
goal "MiB of $VMS VMs at once, at the peak" "$((shared / 1024))" $((VMS * 8))

if "$ELILOADER" vm list --config="$WORK/cache.conf" 2>&1 | grep -q 'there is no setting'; then
    echo '--- with a cache: this build has none'
    finish_bench
fi
echo "--- $VMS VMs at once, with an empty cache"
with cache
times=() ones=() copies=()
cat "$WORK"/tree/images/pxeboot/* >"$WORK/both"
for ((run = 0; run <= RUNS; run++)); do
    rm -rf "$WORK/cache" && mkdir -m 700 "$WORK/cache"
    : >"$NGINX_LOG"
    took=$(storm time "$VMS" "${ours[@]}") || exit 1
    for file in vmlinuz initrd.img; do
        goal "how often $file crossed the network" "$(asked "images/pxeboot/$file")" 1
    done
    rm -rf "$WORK/cache" && mkdir -m 700 "$WORK/cache"
    one=$(storm time 1 "${ours[@]}") || exit 1
    copy=$(storm time "$VMS" /bin/cp --reflink=auto "$WORK/both" "$WORK/out/{}") || exit 1
    [ $run = 0 ] || times+=("$took") ones+=("$one") copies+=("$copy")
done
printf '%-36s %12s\n' "$RUNS runs each, by turns" 'median ms' "$VMS × eliloader, round one" "$(median "${times[@]}")" \
    '1 × eliloader, round one' "$(median "${ones[@]}")" "$VMS × cp --reflink=auto" "$(median "${copies[@]}")"
goal "the ratio to one fetch and $VMS copies" \
    "$(python3 -c 'import sys; a, b, c = map(float, sys.argv[1:]); print(round(a / (b + c), 3))' "$(median "${times[@]}")" "$(median "${ones[@]}")" "$(median "${copies[@]}")")" 1.3
read -r shared whole < <(storm memory "$VMS" "${ours[@]}")
goal "MiB of $VMS VMs at once, at the peak" "$((shared / 1024))" $((VMS * 8))
finish_bench

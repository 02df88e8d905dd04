#!/usr/bin/env bash
# The host's cache: what crosses the network, what is handed out, and what becomes of a cache that
# somebody touched, filled, or ended a run in.
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"
# shellcheck source=../servers/vsftpd.sh
. "$TESTS/servers/vsftpd.sh"

mkdir no-maps
export ELILOADER_MAP_DIR=$WORK/no-maps
CACHE=$WORK/cache
export ELILOADER_CACHE=$CACHE
tree plain isolinux/vmlinuz isolinux/initrd.img
# What was changed a moment ago has no date that lasts.
find "$WWW" -type f -exec touch -d '2 hours ago' {} +
nginx_start "$WWW"

# gets NAME TREE: fetches TREE, and gets what it has.
gets() {
    rm -rf got && mkdir got
    run_in fetch --distro=rhlike --output-directory="$WORK/got" "$NGINX/$2"
    is "$status $(cat err)" '0 ' "$1: succeeds"
    is "$(cat got/*-kernel.* | md5sum)" "$(md5sum <"$WWW/$2/isolinux/vmlinuz")" "$1: the kernel"
    is "$(cat got/*-ramdisk.* | md5sum)" "$(md5sum <"$WWW/$2/isolinux/initrd.img")" \
        "$1: the ramdisk"
}
run_in() { "$ELILOADER" "$@" >out 2>err && status=0 || status=$?; }
# requests: how many brought each file, and how many did not, since the last call.
requests() {
    sed -n 's/^GET [^ ]*\/\(vmlinuz\|initrd.img\) \(200\|304\) .*/\1 \2/p' "$NGINX_LOG" | sort |
        uniq -c | awk '{printf "%s%s %s %s", sep, $2, $3, $1; sep = ", "}'
    : >"$NGINX_LOG"
}
contents() { find "$CACHE/contents" -type f | wc -l; }

gets 'a first time' plain
is "$(requests)" 'initrd.img 200 1, vmlinuz 200 1' 'a first time: both cross the network'
is "$(contents)" 2 'both are in the cache'
is "$(find "$CACHE" -type f -path '*contents*' -printf '%m %u\n' | sort -u)" "400 $(id -un)" \
    'readable to its owner alone'
is "$(cd "$CACHE/contents" && sha256sum ./* | awk '$1 != substr($2, 3)')" '' \
    'each is called what it is'
gets 'a second time' plain
is "$(requests)" 'initrd.img 304 1, vmlinuz 304 1' 'a second time: neither does'

# A change on the server.
printf 'more' >>"$WWW/plain/isolinux/initrd.img"
touch -d '1 hour ago' "$WWW/plain/isolinux/initrd.img"
gets 'a change' plain
requests >/dev/null
is "$(contents)" 3 'a change: the new one is kept too'
gets 'after it' plain
is "$(requests)" 'initrd.img 304 1, vmlinuz 304 1' 'after it: nothing crosses the network'

# Many at once.
rm -rf "$CACHE" && mkdir many
for i in {1..12}; do
    mkdir "many/$i"
    "$ELILOADER" fetch --distro=rhlike --output-directory="$WORK/many/$i" "$NGINX/plain" \
        >"many/$i.out" 2>"many/$i.err" &
done
wait
is "$(cat many/*.err)" '' 'twelve at once succeed'
is "$(cat many/*/*-ramdisk.* | wc -c)" "$((12 * $(wc -c <"$WWW/plain/isolinux/initrd.img")))" \
    'each has its ramdisk'
is "$(requests | grep -o '200 [0-9]*' | sort -u)" '200 1' 'each file crosses the network once'

# Whoever fetches dies: the next takes over.
rm -rf "$CACHE"
mkdir -p "$CACHE"
chmod 700 "$CACHE"
tree slow isolinux/vmlinuz isolinux/initrd.img
dd if=/dev/urandom of="$WWW/slow/isolinux/initrd.img" bs=1M count=2 status=none
nginx_start "$WWW" 'location /slow/ { limit_rate 800k; }'
rm -rf got && mkdir got killed
"$ELILOADER" fetch --distro=rhlike --output-directory="$WORK/killed" "$NGINX/slow" >/dev/null 2>&1 &
first=$!
for _ in $(seq 100); do
    [ -e "$CACHE/lanes" ] && break
    sleep 0.05
done
sleep 0.3
"$ELILOADER" fetch --distro=rhlike --output-directory="$WORK/got" "$NGINX/slow" >out 2>err &
second=$!
sleep 0.3
kill -KILL "$first"
wait "$first" 2>/dev/null
wait "$second"
is "$? $(cat err)" '0 ' 'the one that fetches is killed: the one that waits takes over'
is "$(cat got/*-ramdisk.* | md5sum)" "$(md5sum <"$WWW/slow/isolinux/initrd.img")" \
    'and has the whole file'

# Somebody touches what is in it.
rm -rf "$CACHE"
gets 'before it is touched' plain
for file in "$CACHE"/contents/*; do
    chmod 600 "$file" && printf 'evil' | dd of="$file" conv=notrunc status=none && chmod 400 "$file"
done
rm -rf got && mkdir got
run_in fetch --distro=rhlike --output-directory="$WORK/got" "$NGINX/plain"
is "$status" 0 'touched contents: the run succeeds'
like "$(cat err)" 'of the cache .* is not used, and is fetched anew: somebody has changed it' \
    'touched contents: it says so'
is "$(cat got/*-kernel.* got/*-ramdisk.* | md5sum)" \
    "$(cat "$WWW"/plain/isolinux/{vmlinuz,initrd.img} | md5sum)" 'touched contents: are not used'
gets 'after that' plain
# What was kept before the limit was lowered.
rm -rf got && mkdir got
run_in fetch --distro=rhlike --ramdisk-max-size=10 --output-directory="$WORK/got" "$NGINX/plain"
like "$status $(cat err)" "^1 .*$NGINX/plain/isolinux/initrd.img: the ramdisk, which the cache has, is larger than the limit of 10 bytes" \
    'a limit that is lower now'
is "$(ls got)" '' 'a limit that is lower now: nothing is left'
# As if the host had been started anew, and the disk had not what was written.
sed -i 's/"boot": "[^"]*"/"boot": "00000000-0000-0000-0000-000000000000"/' "$CACHE/index.json"
gets 'another boot' plain
unlike "$(cat "$CACHE/index.json")" '00000000-0000' 'another boot: contents were looked through'
printf '{' >"$CACHE/index.json"
rm -rf got && mkdir got
run_in fetch --distro=rhlike --output-directory="$WORK/got" "$NGINX/plain"
like "$status $(cat err)" '^0 .*the index of the cache .* begins anew: it is damaged' \
    'a damaged index begins anew'
is "$(contents)" 2 'and what it had is swept'

# The bound: what was not used for longest goes.
rm -rf "$CACHE"
tree other isolinux/vmlinuz isolinux/initrd.img
for t in plain other; do
    head -c 300000 /dev/urandom >"$WWW/$t/isolinux/initrd.img"
done
find "$WWW" -type f -exec touch -d '2 hours ago' {} +
export ELILOADER_CACHE_MAX_SIZE=400K
gets 'bounded' plain
is "$(find "$CACHE/contents" -size +200k | wc -l)" 1 'bounded: it is kept'
gets 'bounded, another' other
is "$(find "$CACHE/contents" -size +200k -exec md5sum {} + | cut -d' ' -f1)" \
    "$(md5sum <"$WWW/other/isolinux/initrd.img" | cut -d' ' -f1)" 'bounded: the older one went'
# What is as large as the bound is kept alone, and what is a byte larger is not.
for bound in 300000:1 299999:0; do
    export ELILOADER_CACHE_MAX_SIZE=${bound%:*}
    rm -rf "$CACHE"
    gets "a bound of ${bound%:*}" other
    is "$(find "$CACHE/contents" -size +200k | wc -l)" "${bound#*:}" \
        "a bound of ${bound%:*}: a file of 300000"
done
unset ELILOADER_CACHE_MAX_SIZE

# A login, and somebody else's proxy, keep a tree out of it.
rm -rf "$CACHE" got && mkdir got
run_in fetch --distro=rhlike --output-directory="$WORK/got" "${NGINX/\/\//\/\/user:secret@}/plain"
is "$status $(contents)" '0 0' 'what came with a login is not kept'
unlike "$(cat "$CACHE"/* 2>/dev/null)" 'secret' 'and no password is'

# A tree with checksums needs no request for its files.
tree summed isolinux/vmlinuz isolinux/initrd.img
printf '[general]\nfamily = CentOS\nversion = 7\narch = x86_64\n[images-x86_64]\nkernel = isolinux/vmlinuz\ninitrd = isolinux/initrd.img\n[checksums]\nisolinux/vmlinuz = sha256:%s\nisolinux/initrd.img = sha256:%s\n' \
    "$(sha256sum <"$WWW/summed/isolinux/vmlinuz" | cut -d' ' -f1)" \
    "$(sha256sum <"$WWW/summed/isolinux/initrd.img" | cut -d' ' -f1)" >"$WWW/summed/.treeinfo"
cp -r "$WWW/summed" "$WWW/mirror"
: >"$NGINX_LOG"
gets 'checksums' summed
is "$(requests)" 'initrd.img 200 1, vmlinuz 200 1' 'checksums: both come once'
gets 'checksums, another repository' mirror
is "$(requests)" '' 'checksums: another repository of the same is asked for no file'

# Over FTP, size and time tell.
vsftpd_start "$WWW"
nginx_url=$NGINX
NGINX=$VSFTPD
gets 'FTP' plain
: >"$VSFTPD_LOG"
gets 'FTP, a second time' plain
is "$(grep -c -E 'RETR plain/isolinux/(vmlinuz|initrd)' "$VSFTPD_LOG")" 0 'FTP: no file is asked for again'
printf 'x' | dd of="$WWW/plain/isolinux/vmlinuz" bs=1 seek=2000 conv=notrunc status=none
touch -d '1 hour ago' "$WWW/plain/isolinux/vmlinuz"
gets 'FTP, a change' plain
NGINX=$nginx_url

# A filesystem that is full, which only root can mount.
if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
    mkdir small
    rm -rf got && mkdir got
    # shellcheck disable=SC2016 # not here
    unshare -m sh -c 'mount -t tmpfs -o size=64k,mode=700 tmpfs small && exec "$@"' sh \
        env ELILOADER_CACHE="$WORK/small" "$ELILOADER" fetch --distro=rhlike \
        --output-directory="$WORK/got" "$NGINX/other" >out 2>err && status=0 || status=$?
    is "$status" 0 'a full cache: the run goes on'
    like "$(cat err)" 'does not enter the cache: cannot write to the cache .*No space left' \
        'a full cache: it says so'
    is "$(cat got/*-ramdisk.* | md5sum)" "$(md5sum <"$WWW/other/isolinux/initrd.img")" \
        'a full cache: the whole file'
fi

# Where it cannot be.
mkdir open && chmod 777 open
rm -rf got && mkdir got
ELILOADER_CACHE=$WORK/open run_in fetch --distro=rhlike --output-directory="$WORK/got" "$NGINX/plain"
like "$status $(cat err)" '^0 .*the cache is not used .*can be written to by everybody' \
    'a folder that everybody can write to is no cache; the run goes on without'
ELILOADER_CACHE=relative run_in fetch --distro=rhlike --output-directory="$WORK/got" "$NGINX/plain"
like "$status $(cat err)" '^0 .*no absolute path' 'nor is one that is no absolute path'

# --- the commands -------------------------------------------------------------------------------
rm -rf "$CACHE"
gets 'for the list' plain
run_in cache list
like "$(cat out)" '2 files, .* of 4(\.0+)? GiB' 'list: how much'
like "$(cat out)" "    $NGINX/plain  isolinux/vmlinuz" 'list: where it came from'
run_in cache list --json
is "$(jq -r '.contents[].places[] | .repository + " " + .path' out | sort)" \
    "$NGINX/plain isolinux/initrd.img
$NGINX/plain isolinux/vmlinuz" 'list --json: places'
is "$(jq -r '[.contents[].size] | add' out)" "$(jq .size out)" 'list --json: sizes'
run_in cache verify
is "$status $(cat out)" '0 2 files, 0 damaged' 'verify: all is well'
# A fault of the disk: nobody has touched the file.
name=$(jq -r '.contents | keys[0]' "$CACHE/index.json")
chmod 600 "$CACHE/contents/$name"
printf 'x' | dd of="$CACHE/contents/$name" conv=notrunc status=none
chmod 400 "$CACHE/contents/$name"
python3 - "$CACHE" "$name" <<'PY'
import json, os, sys
cache, name = sys.argv[1:]
with open(cache + "/index.json") as file:
    index = json.load(file)
index["contents"][name]["changed"] = os.stat(cache + "/contents/" + name).st_ctime_ns
with open(cache + "/index.json", "w") as file:
    json.dump(index, file)
PY
run_in cache verify --json
is "$status $(jq -c '[.contents, (.damaged | length), .damaged[0].sha256 == "'"$name"'"]' out)" \
    '1 [2,1,true]' 'verify: finds what the disk has changed'
like "$(jq -r '.damaged[0].why' out)" 'has the SHA-256 [0-9a-f]{64}' 'verify: says so'
is "$(contents)" 1 'verify: removes it'
gets 'after it' plain
run_in cache clear --json
is "$status $(jq -c .removed out)" '0 2' 'clear --json'
gets 'after that' plain
run_in cache clear
like "$status $(cat out)" '^0 2 files .* were removed' 'clear: says what'
is "$(contents)" 0 'clear: nothing is left'
run_in cache lst
is "$status" 2 'another word is a mistake'
ELILOADER_CACHE='' run_in cache list
like "$status $(cat err)" '^2 .*this host keeps nothing: set cache = DIRECTORY' \
    'without the setting it says which one that is'

done_testing

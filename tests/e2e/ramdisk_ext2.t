#!/usr/bin/env bash
# Overlays on ext2 ramdisks: what debugfs sees of the result, and what e2fsck says of it.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
# shellcheck disable=SC2119 # make_cpio without an argument
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../ramdisk.sh
. "$TESTS/ramdisk.sh"

# image SIZE [mke2fs options]: the folder tree as ext2 in the file image, packed in vendor.
image() {
    rm -f image
    mke2fs -q -F -t ext2 -b 1024 "${@:2}" -d tree image "$1" >mke2fs.out 2>&1 || cat mke2fs.out
    gzip -c image >vendor
}
# clean NAME: the run before succeeded and left a sound filesystem.
clean() {
    e2fsck -fn out >e2fsck.out 2>&1
    ok "$((status + $?))" "$1" "$last" "$(cat e2fsck.out err)"
}
# content PATH / facts PATH: as debugfs reads them.
content() {
    debugfs -R "cat $1" out 2>/dev/null
}
facts() {
    debugfs -R "stat $1" out 2>/dev/null |
        sed -nE 's/.*(Type: [A-Za-z ]*[a-zA-Z]) +(Mode: +[0-7]+).*/\1 \2/p; s/.*(User: +[0-9]+ +Group: +[0-9]+).*/\1/p
            s/^(Links: [0-9]+).*/\1/p; s/.*(Device .*)/\1/p; s/^(Fast.*)/\1/p' | xargs
}
same_size() {
    is "$(stat -c %s out) $(jq .answer.size <<<"$last")" "$(stat -c '%s %s' image)" "$1"
}

mkdir -p tree/sbin tree/etc/full tree/usr/lib tree/empty
echo vendor >tree/sbin/loader
ln tree/sbin/loader tree/sbin/other
echo x >tree/etc/full/file
ln -s usr/lib tree/lib
ln -s /etc/full tree/absolute
head -c 300000 /dev/urandom >tree/large
head -c 300000 /dev/urandom | base64 -w 0 | head -c 200000 >content
long=$(printf 'l%.0s' {1..200})
make_cpio >overlay <<EOF
./sbin/loader f 4755 8 1 overlay
sbin/deep/er/file f 640 11 1 deep
new d 1777 12 2
new/fifo p 600 13 1
new/null c 666 15 1 1:3
new/big b 660 16 1 1000:70000
new/short l 777 17 1 loader
new/long l 777 18 1 $long
lib/module f 644 19 1 module
absolute/through f 644 22 1 through
large f 600 23 1 $(cat content)
one f 644 24 3
two f 644 24 3
three f 644 24 3 names
empty l 777 25 1 sbin
EOF
image 2M
overlay vendor overlay '.type = "ext2"'
clean 'files, directories, links and nodes'
same_size 'the size stays'
is "$(content /sbin/loader) $(content /sbin/other)" 'overlay vendor' 'a file of two names keeps the other'
is "$(facts /sbin/other)" "Type: regular Mode: 0644 User: $(id -u) Group: $(id -g) Links: 1" 'with one name less'
is "$(facts /sbin/loader)" 'Type: regular Mode: 04755 User: 1 Group: 3 Links: 1' 'mode and owner'
is "$(facts /new)" 'Type: directory Mode: 01777 User: 5 Group: 2 Links: 2' 'a directory'
is "$(facts /sbin/deep/er)" 'Type: directory Mode: 0755 User: 0 Group: 0 Links: 2' 'one that nobody names'
like "$(facts /new/null)" 'character special.*Device major/minor number: 01:03' 'a node'
like "$(facts /new/big)" 'block special.*Device major/minor number: 1000:70000' 'one with large numbers'
like "$(facts /new/fifo)" 'FIFO' 'a fifo'
like "$(facts /new/short)" 'symlink.*Fast link dest: loader' 'a link'
is "$(content /new/long)" "$long" 'a long one'
is "$(content /usr/lib/module) $(content /etc/full/through)" 'module through' 'through links of the vendor'
is "$(debugfs -R 'cat /large' out 2>/dev/null | cmp - content && facts /large)" \
    'Type: regular Mode: 0600 User: 2 Group: 3 Links: 1' 'a large file'
is "$(content /one) $(facts /two)" 'names Type: regular Mode: 0644 User: 3 Group: 4 Links: 3' 'hard links'
like "$(facts /empty)" 'symlink.*dest: sbin' 'a link for an empty directory'
overlay image overlay '.type = "ext2"'
clean 'an image that is not compressed'
for options in '-r 0' '-I 128 -O none' '-I 256' '-b 4096' '-O extents,flex_bg,64bit,metadata_csum'; do
    # shellcheck disable=SC2086 # options
    image 4M $options
    overlay vendor overlay '.type = "ext2"'
    clean "mke2fs $options"
done

# --- a directory that is not empty stays ---
image 2M
echo 'etc l 777 1 1 sbin' | make_cpio >symlink
overlay vendor symlink '.type = "ext2"'
clean 'a link for a directory that is not empty'
like "$(facts /etc) $(xargs <answer)" 'directory.*note.*etc of the overlay is left out' 'is left out, with a note'

# --- a directory grows ---
for i in $(seq 400); do echo "many/a-name-of-some-length-$i f 644 $i 1"; done | make_cpio >many
image 2M -N 1000
overlay vendor many '.type = "ext2"'
clean 'a directory of many blocks'
is "$(debugfs -R 'ls -p /many' out 2>/dev/null | grep -c a-name)" 400 'holds them all'
image 2M -N 100
overlay vendor many '.type = "ext2"'
fails 'INVALID_SOURCE: the overlay does not fit.*vendor: [0-9]+ more inodes' 'too few inodes'

# --- room, to the block ---
image 1M -m 0
free=$(dumpe2fs -h image 2>/dev/null | sed -n 's/^Free blocks: *//p')
# The largest file that fits: blocks, and those that list them (12 in the inode, then 256 a block).
data=$free
indirect() { echo $(($1 > 268 ? 2 + ($1 - 268 + 255) / 256 : $1 > 12)); }
while [ $((data + $(indirect "$data"))) -gt "$free" ]; do data=$((data - 1)); done
# filled BYTES: an overlay with one such file
filled() {
    (mkdir -p big && cd big && rm -f ./* && head -c "$1" /dev/zero >f && echo f | cpio -o -H newc --quiet) >overlay
}
filled $((data * 1024))
overlay vendor overlay '.type = "ext2"'
clean 'a file that fills it'
filled $((data * 1024 + 1))
overlay vendor overlay '.type = "ext2"'
fails 'INVALID_SOURCE: the overlay does not fit.*vendor: 1 more blocks of 1024 bytes \(1 KiB\)' 'one block more'
filled 3145728
overlay vendor overlay '.type = "ext2"'
fails 'INVALID_SOURCE: the overlay does not fit.* [0-9]{4} more blocks' 'far too large: says how much is missing'

# --- limits and hostile images ---
echo 'f f 644 1 1 x' | make_cpio >overlay
overlay vendor overlay '.type = "ext2" | .limit = 1048576'
clean 'at the limit'
overlay vendor overlay '.type = "ext2" | .limit = 1048575'
fails 'LIMITS: ' 'over the limit'
overlay vendor overlay '.type = "ext2" | .append = true'
fails 'INTERNAL_ERROR: .*append' 'nothing is joined to a filesystem'
# bad NAME REGEX COMMAND…: what COMMAND makes of the file bad, a copy of the image
bad() {
    cp image bad
    eval "${*:3}"
    overlay bad overlay '.type = "ext2"'
    fails "INVALID_SOURCE: .*$2" "$1"
}
# shellcheck disable=SC2317 # run by bad
poke() {
    printf '%b' "$2" | dd of=bad bs=1 seek="$1" conv=notrunc status=none
}
bad 'no filesystem' 'no superblock' 'head -c 100000 /dev/zero >bad'
bad 'too small' 'too small' 'echo x >bad'
bad 'cut off' 'cut off' 'truncate -s 500000 bad'
bad 'blocks of 2^60 bytes' 'block size' "poke 1048 '\x3c'"
bad 'no blocks in a group' 'blocks per group' "poke 1056 '\0\0\0\0'"
bad 'bitmaps outside' 'cannot open' "poke 2048 '\xff\xff\xff\x7f'"
bad 'a journal to be replayed' 'cannot be changed' "poke 1120 '\x06'"
echo 'l/f f 644 1 1 x' | make_cpio >overlay
rm -rf tree && mkdir tree && ln -s l tree/l
image 1M
bad 'a link to itself' '[Ss]ymbolic link' true
bad 'a link of 2,000,000,000 bytes' '[Ii]node.* corrupt' \
    "debugfs -w -R 'set_inode_field l size 2000000000' bad >/dev/null 2>&1"
crashes=0
echo 'a/b/c f 644 1 1 x' | make_cpio >overlay
for seed in $(seq "${DAMAGES:-60}"); do
    python3 - "$seed" <<'PYTHON'
import random, sys
random.seed(int(sys.argv[1]))
image = bytearray(open("image", "rb").read())
for _ in range(20):
    image[1024 + random.randrange(40000)] = random.randrange(256)
open("bad", "wb").write(image)
PYTHON
    overlay bad overlay '.type = "ext2"'
    if [ "$status" -gt 1 ] || [ -z "$last" ]; then crashes=$((crashes + 1)); cat err; fi
done
is "$crashes" 0 'random damage: an error or a result, never a crash'
done_testing

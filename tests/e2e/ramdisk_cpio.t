#!/usr/bin/env bash
# Overlays on cpio ramdisks, compared with what cpio(1) extracts: the vendor's, then the overlay.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../ramdisk.sh
. "$TESTS/ramdisk.sh"
[ "$(id -u)" = 0 ] || skip_all 'needs root, for cpio to make device nodes and owners'
# What takes the sanitizers minutes is whole in `make check-long`.
whole=$LONG
[ -n "$SANITIZED" ] || whole=1

# extract FOLDER ARCHIVE…: one after the other, each a plain archive.
extract() {
    local folder=$1
    shift
    rm -rf "$folder" && mkdir "$folder"
    for archive; do
        (cd "$folder" && cpio -idum --quiet --no-absolute-filenames) <"$archive" 2>>cpio.err
    done
    "$TESTS/images/cpio.py" snapshot "$folder" >"$folder.txt"
}
# same NAME VENDOR OVERLAY PLAIN…: VENDOR and OVERLAY merged give what PLAIN extracted in a row give.
same() {
    local name=$1
    overlay "$2" "$3"
    extract expected "${@:4}"
    extract got out
    diff expected.txt got.txt >difference
    ok "$((status + $?))" "$name" "$last" "$(head -n 20 difference)" "$(cat err)"
}
# crafted NAME: files vendor and overlay as they are.
crafted() {
    same "$1" vendor overlay vendor overlay
}

# --- the real one ---
mkdir tree && (
    cd tree && mkdir -p sbin lib/new/deep && echo loader >sbin/init && echo a >lib/new/deep/file
    ln sbin/init sbin/other && mknod lib/new/null c 1 3 && ln -s ../x lib/new/link && chown -R 3:4 lib/new
    find . | cpio -o -H newc --quiet
) >overlay
zcat $INSTALLER/initrd.gz >plain
if [ -n "$whole" ]; then
    same 'a real ramdisk' $INSTALLER/initrd.gz overlay plain overlay
    is "$(cpio -it --quiet <out | sort | uniq -d)" '' 'no path twice'
fi
if [ -n "$LONG" ]; then
    xz -1 --check=crc32 <plain >plain.xz
    same 'the same by xz' plain.xz overlay plain overlay
fi
rm -rf plain plain.xz tree expected got

# --- small ones ---
base() {
    make_cpio "$@" <<'EOF'
. d 755 1 5
dev d 755 2 2
dev/console c 600 3 1 5:1
dev/sda b 660 4 1 8:0
dev/big c 600 5 1 1000:70000
etc d 750 6 2
etc/pipe p 644 7 1
etc/set-user f 4755 8 1 suid
etc/one f 644 9 3
etc/two f 644 9 3
etc/three f 644 9 3 three-names
etc/link l 777 10 1 one
sbin d 755 11 2
sbin/loader f 755 12 1 vendor
EOF
}
base >vendor
printf '%s\n' 'sbin/loader f 700 1 1 overlay' 'new d 700 2 2' 'new/file f 600 3 1 x' | make_cpio >overlay
cp vendor base
crafted 'newc: files, nodes, links, owners, times'
is "$(cpio -it --quiet <out | sort | uniq -d)" '' 'one entry a path'
base crc >vendor
crafted 'crc'
base odc | sed 's/X/X/' >vendor
printf '%s\n' 'a f 644 1 2 twice' 'b f 644 1 2 twice' 'c f 644 2 1 c' | make_cpio odc >vendor
crafted 'odc, whose names each carry the content'
is "$(grep -ac twice out)" 1 'and newc carries it once'
for spelling in ./sbin/loader sbin/loader /sbin/loader .//sbin/./loader; do
    cp base vendor
    echo "$spelling f 700 1 1 overlay" | make_cpio >overlay
    crafted "the spelling $spelling"
    is "$(cpio -it --quiet <out | grep -c loader)" 1 'replaces'
done
for tool in gzip xz lzma zstd bzip2; do
    $tool -qc <base >vendor
    $tool -qc <overlay >overlay.packed
    same "compressed by $tool" vendor overlay.packed base overlay
done
gzip -c <base | cat - <(head -c 512 /dev/zero) >vendor
same 'zeros behind gzip' vendor overlay base overlay

# --- joined archives ---
printf '%s\n' 'kernel d 755 1 2' 'kernel/x86 d 755 2 2' 'kernel/x86/microcode.bin f 644 9 1 code' \
    | make_cpio >microcode
for tool in cat gzip xz lzma zstd bzip2; do
    (cat microcode; head -c 1024 /dev/zero; $tool <base) >vendor
    same "microcode in front of $tool" vendor overlay microcode base overlay
    ($tool <base; $tool <microcode) >vendor
    same "$tool twice" vendor overlay base microcode overlay
done
(xz -c base; zstd -qc microcode; gzip -c base) >vendor
same 'three compressions in a row' vendor overlay base microcode base overlay
(cat base microcode | gzip) >vendor
same 'two archives in one compressed run' vendor overlay base microcode overlay
head -c 700 base | gzip >vendor
tail -c +701 base | gzip >>vendor
same 'one archive in two members of gzip' vendor overlay base overlay
# The same number in both: two files, not two names of one.
printf '%s\n' 'p f 644 9 2' 'q f 644 9 2 second' | make_cpio >second
cat base second >vendor
same 'hard links of two archives with one number' vendor overlay base second overlay
same 'and of the overlay' base second base second

# --- hard links across ---
for replaced in one two three; do
    cp base vendor
    echo "etc/$replaced f 600 1 1 own" | make_cpio >overlay
    crafted "hard links: $replaced of three replaced"
done
printf '%s\n' 'etc/one f 600 1 1 a' 'etc/three f 600 2 1 b' | make_cpio >overlay
crafted 'hard links: two of three replaced'
printf '%s\n' 'a f 644 5 3 first' 'b f 644 5 3' 'c f 644 5 3' | make_cpio >vendor
crafted 'hard links: the content with the first'
echo 'a f 600 1 1 own' | make_cpio >overlay
crafted 'hard links: and that one replaced'
gzip -c vendor >vendor.gz
same 'hard links: the same, compressed' vendor.gz overlay vendor overlay
printf '%s\n' 'a f 644 5 2' 'b f 644 5 2' 'n c 600 6 2 1:3' 'm c 600 6 2 1:3' | make_cpio >vendor
crafted 'hard links: empty files and nodes'
printf '%s\n' 'x f 644 9 2' 'b f 644 9 2 both' | make_cpio >overlay
crafted 'hard links: in the overlay'

# --- other types in the same place ---
cp base vendor
printf '%s\n' 'etc/link f 600 1 1 file' 'sbin/loader l 777 2 1 /bin/x' 'dev/sda d 700 3 2' \
    'etc/pipe c 600 4 1 1:5' | make_cpio >overlay
crafted 'types that change'
echo 'etc l 777 1 1 sbin' | make_cpio >overlay
crafted 'a link for a directory that is not empty: the directory stays'
like "$(cat answer)" 'note.*etc of the overlay is left out' 'and a note says so'
printf '%s\n' 'e d 755 1 2' 'f f 644 2 1 f' | make_cpio >vendor
echo 'e l 777 1 1 f' | make_cpio >overlay
crafted 'a link for an empty directory'
printf '%s\n' 'usr d 755 1 3' 'usr/lib d 755 2 2' 'lib l 777 3 1 usr/lib' 'lib/a f 644 4 1 a' \
    | make_cpio >vendor
printf '%s\n' 'lib/b f 644 1 1 b' 'usr/lib/a f 644 2 1 own' | make_cpio >overlay
crafted 'through a symbolic link'
printf '%s\n' 'lib d 700 5 2' 'lib/b f 644 1 1 b' | make_cpio >overlay
crafted 'a directory for a symbolic link, of which something is reached'
like "$(cat answer)" 'note.*directory lib replaces a symbolic link' 'and a note says so'
printf '%s\n' 'a/b/c f 644 1 1 c' | make_cpio >overlay
overlay vendor overlay
is "$(cpio -it --quiet <out | tail -n 3 | xargs)" 'a a/b a/b/c' 'directories that nobody names are added'
printf '%s\n' 'a/f f 644 1 1 c' 'a d 700 2 2' | make_cpio >overlay
overlay vendor overlay
is "$(cpio -it --quiet <out | tail -n 2 | xargs)" 'a a/f' 'directories come before their files'
crafted 'and have their own mode'

# --- joined, untouched ---
gzip -c base >vendor
overlay vendor overlay '.append = true'
is "$status $(head -c "$(stat -c %s vendor)" out | cmp - vendor && echo same)" '0 same' 'append: the vendor untouched'
offset=$((($(stat -c %s vendor) + 3) / 4 * 4))
is "$(tail -c +$((offset + 1)) out | cmp - overlay && echo same) $(jq .answer.size <<<"$last")" \
    "same $(stat -c %s out)" 'append: the overlay behind it, aligned'

# --- limits ---
size=$(stat -c %s out)
overlay vendor overlay ".append = true | .limit = $size"
is "$status" 0 'append: at the limit'
overlay vendor overlay ".append = true | .limit = $((size - 1))"
fails 'LIMITS: vendor with its overlay becomes larger than' 'append: over the limit'
overlay base overlay
size=$(stat -c %s out)
overlay base overlay ".limit = $size"
is "$status" 0 'the result at the limit'
overlay base overlay ".limit = $((size - 1))"
fails 'LIMITS: ' 'the result over the limit'
# A bomb, of what would be dropped.
bomb=64M
[ -z "$LONG" ] || bomb=4G
for tool in gzip zstd xz; do
    (make_cpio <<<'a f 644 1 1 x'; head -c $bomb /dev/zero) | $tool -q1 >vendor
    overlay vendor overlay '.limit = 1048576'
    fails 'LIMITS: vendor unpacks to more than the limit of 1 MiB' "a bomb of $tool"
done

# --- hostile ones ---
printf '%s\n' '../up f 644 1 1 a' '/etc/abs f 644 2 1 b' 'l l 777 3 1 /etc' 'l/below f 644 4 1 c' \
    'a/../b f 644 5 1 d' '\x1b[2J\xff f 644 6 1 e' | make_cpio >vendor
overlay vendor overlay
is "$status $(cpio -it --quiet <out | head -n 5 | xargs)" '0 ../up /etc/abs l l/below a/../b' \
    'names that lead out are kept as data'
entries=200000
[ -z "$LONG" ] || entries=1000000
python3 - $entries >vendor <<'PYTHON'
import sys
for i in range(int(sys.argv[1])):
    name = b"f%07d\0" % i
    sys.stdout.buffer.write(b"070701" + b"%08X" % i + b"000081A4" + b"0" * 16 + b"00000001" +
        b"0" * 48 + b"%08X" % len(name) + b"0" * 8 + name + bytes(-(110 + len(name)) % 4))
sys.stdout.buffer.write(b"070701" + b"0" * 88 + b"0000000B" + b"0" * 8 + b"TRAILER!!!" + bytes(4))
PYTHON
rm -f out
command time -f %M "$RAMDISK" <request 3>answer 4<vendor 5<overlay 6<>out 2>peak
is "$? $(cpio -it --quiet <out 2>/dev/null | wc -l)" "0 $((entries + 2))" "$entries entries"
[ -n "$SANITIZED" ] || [ "$(cat peak)" -lt 16384 ]
ok $? 'in bounded memory' "$(cat peak) KiB"
# bad NAME REGEX: what stands on stdin as the vendor's.
bad() {
    cat >vendor
    overlay vendor overlay
    fails "INVALID_SOURCE: cannot read vendor: .*$2" "$1"
}
bad 'nothing' 'it is empty' </dev/null
bad 'text' 'it is no cpio archive' <<<'this is no archive at all'
bad 'cut off in a header' 'cut off' < <(head -c 150 base)
bad 'cut off without its trailer' 'cut off' < <(head -c 110 base)
bad 'cut off in compressed data' 'ends in the middle' < <(gzip -c base | head -c 200)
bad 'damaged compressed data' 'damaged' < <(gzip -c base | sed 's/.\{4\}$/xxxx/')
bad 'a negative size' 'is no number' < <(sed 's/00000007/-0000007/' base)
bad 'a size of 4 GiB' 'within a file' < <(sed 's/0000000600000008/FFFFFFFF00000008/' base)
bad 'a name of 4 GiB' 'longer than 4095' < <(sed 's/0000000200000000\./FFFFFFFF00000000./' base)
bad 'a name of nothing' 'without a name' < <(sed 's/0000000200000000\./0000000000000000./' base)
bad 'a wrong checksum' 'checksum' < <(base crc | sed 's/vendor/Vendor/')
bad 'something behind it' 'something else' < <(cat base; echo trailing)
bad 'lz4' 'lz4, which is not known' < <(printf '\x02\x21\x4c\x18aaaaaaaaaaaaaaaa')
bad 'compressed twice' 'compressed twice' < <(gzip -c base | gzip -c)
head -c 100 overlay >broken
overlay base broken
fails 'SUPPORT_PACKAGE_MISSING: cannot read broken: .*cut off' 'a broken overlay has another name'
done_testing

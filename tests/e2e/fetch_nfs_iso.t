#!/usr/bin/env bash
# The helper fetch out of an ISO image that lies on an NFS server: a server of faults, and nfs-ganesha,
# which only root can start; and what a VM's installer is told.
# Boundaries: time
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../fetch.sh
. "$TESTS/fetch.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
needs xorriso genisoimage

# --- images: big in what nobody asks for ---
printf '[general]\nfamily=CentOS\nversion=9\narch=x86_64\n[images-x86_64]\nkernel=images/pxeboot/vmlinuz\ninitrd=images/pxeboot/initrd.img\n[checksums]\nimages/pxeboot/initrd.img = sha256:%s\n' \
    "$(sha256sum files/initrd.img | cut -d' ' -f1)" >tree/.treeinfo
mkdir -p tree/packages tree/inside/images tree/links
for i in $(seq 200); do : >"tree/packages/a-package-with-a-rather-long-name-$i.rpm"; done
cp -r tree/images/pxeboot tree/inside/images/
truncate -s 40M tree/packages/big.rpm
ln -s ../images/pxeboot/vmlinuz tree/links/fine
ln -s /images/pxeboot/vmlinuz tree/links/root
ln -s ../../../../etc/passwd tree/links/out
ln -s loop tree/links/loop
# image NAME [OPTION…]
image() {
    local name=$1
    shift
    xorriso -as mkisofs -quiet "$@" -V TEST -o "files/$name" tree 2>/dev/null
}
image dvd.iso -R -J
# Without links, which it has no words for.
genisoimage -quiet -J -joliet-long -m links -V TEST -o files/plain.iso tree 2>/dev/null
head -c 1000000 /dev/urandom >files/random.iso
: >files/empty.iso
head -c 60000 files/dvd.iso >files/short.iso
# Cut off in the last file that is asked for, and behind it: the kernel's last byte is not there.
python3 - files/dvd.iso files/vmlinuz files/cut-1.iso files/cut-0.iso <<'PYTHON'
import sys
image, kernel = (open(name, 'rb').read() for name in sys.argv[1:3])
end = image.index(kernel) + len(kernel)
open(sys.argv[3], 'wb').write(image[:end - 1])
open(sys.argv[4], 'wb').write(image[:end])
PYTHON

start_server faulty python3 "$TESTS/servers/faulty_nfs.py" "$WORK/files"
# nfs FAULT IMAGE [JQ CHANGE]
nfs() {
    fetch "nfs+iso://127.0.0.1:$port/$1/$2?version=3&mountport=$port" \
        ".stall_timeout = 1 | .connect_timeout = 2${3:+| $3}"
}
named='.family = "pygrub" | .kernel = "images/pxeboot/vmlinuz" | .ramdisk = "images/pxeboot/initrd.img"'
reads() { grep -c '^100003 6$' faulty.log; }

# --- what is there ---
before=$(reads)
nfs fine dvd.iso
succeeds 'an image'
after=$(reads)
[ $((after - before)) -lt 30 ]
ok $? "an image: of 40 MiB, $((after - before)) reads were made" # 9 of the two files
is "$(jq -r '.answer.kernel.url' <<<"$last")" \
    "nfs+iso://127.0.0.1:$port/fine/dvd.iso/images/pxeboot/vmlinuz?version=3&mountport=$port" 'an image: the URL of a file'
nfs fine plain.iso
succeeds 'names of Joliet'
fetch "nfs+iso:vers=3,port=$port,mountport=$port:127.0.0.1:/fine/dvd.iso/"
succeeds 'with options of mount'
nfs fine dvd.iso/inside
succeeds 'a folder inside'
for link in fine root; do
    nfs fine dvd.iso ".family = \"pygrub\" | .kernel = \"links/$link\""
    is "$status$(jq -r .answer.kernel.size <<<"$last")" "0$KERNEL_SIZE" "a symbolic link inside ($link)"
done
nfs reorders dvd.iso
succeeds 'answers in another order'
nfs short dvd.iso
succeeds 'answers with less than was asked for'
nfs closes=2 dvd.iso
succeeds 'a connection that ends'
nfs fine dvd.iso ".ramdisk_max = $RAMDISK_SIZE"
succeeds 'at the limit'
nfs fine cut-0.iso "$named"
succeeds 'an image that ends behind what is asked for'
like "$(cat answer)" 'dvd.iso|cut-0.iso\?[^ ]* is cut off: it should have [0-9]+ bytes and has [0-9]+' 'an image that is cut off: says so'

# --- what is not ---
nfs fine dvd.iso ".ramdisk_max = $((RAMDISK_SIZE - 1))"
fails 'over the limit' LIMITS "initrd.img.*: the ramdisk is larger than the limit .*announces $RAMDISK_SIZE" ramdisk
nfs fine cut-1.iso "$named"
fails 'an image that is cut off in it' INVALID_SOURCE 'images/pxeboot/vmlinuz in nfs[+]iso://.*cut-1.iso.*: byte [0-9]+ is past the end of the volume'
nfs fine random.iso
fails 'no ISO image' INVALID_SOURCE 'cannot read the ISO 9660 of nfs[+]iso://.*/random.iso.*: there is no volume descriptor of ISO 9660'
nfs fine empty.iso
fails 'an empty file' INVALID_SOURCE 'cannot read the ISO 9660 of nfs[+]iso://.*/empty.iso.*: byte 0 is past|cannot read the ISO 9660 of .*: byte [0-9]+ is past the end'
nfs fine short.iso
fails 'hardly an image' INVALID_SOURCE 'cannot (read|copy|look).* nfs[+]iso://.*/short.iso'
nfs fine none.iso
fails 'no such image' INVALID_SOURCE 'none.iso.*: the NFS server has no such file; check the path of the image'
nfs directory pxeboot
fails 'a directory in its place' INVALID_SOURCE 'the NFS server has no regular file there; check the path of the image|has no such file'
nfs fine dvd.iso '.family = "pygrub" | .kernel = "no/kernel"'
fails 'no such file in it' INVALID_SOURCE 'no/kernel.*the image has no such file' kernel
nfs fine dvd.iso '.family = "pygrub" | .kernel = "images"'
fails 'a directory in it' INVALID_SOURCE 'images.*the image has no such file' kernel
nfs fine dvd.iso '.family = "pygrub" | .kernel = "links/out"'
fails 'a link out of it' INVALID_SOURCE 'links/out.*the image has no such file' kernel
nfs fine dvd.iso '.family = "pygrub" | .kernel = "links/loop"'
fails 'links that never end' INVALID_SOURCE 'links/loop'
nfs denies dvd.iso
fails 'not for us' INVALID_SOURCE 'dvd.iso.*: the NFS server does not let us read it'
nfs error=5 dvd.iso
fails 'a fault of its disk' INVALID_SOURCE 'dvd.iso.*: reading from the NFS server fails: .*NFS3ERR_IO'
nfs changes dvd.iso
fails 'changed meanwhile' INVALID_SOURCE 'was changed on the server while it was being fetched'
nfs swaps=1 dvd.iso
fails 'a connection that ends, and the image is another by then' INVALID_SOURCE 'dvd.iso.* was changed on the server while it was being fetched'
nfs closes dvd.iso
fails 'a connection that ends again and again' INVALID_SOURCE 'dvd.iso.*closed the connection'
nfs cut dvd.iso
fails 'an image that ends before its size' INVALID_SOURCE 'announced [0-9]+ bytes and the file ends after'
nfs more dvd.iso
fails 'more than was asked for' INVALID_SOURCE 'reading from the NFS server fails: '
nfs lies=1000000 cut-1.iso "$named"
fails 'a size that is a lie' INVALID_SOURCE 'announced [0-9]+ bytes and the file ends after'
nfs stalls dvd.iso
fails 'a stall' INVALID_SOURCE 'dvd.iso.*: nothing came for 1 seconds, after [0-9]+ of [0-9]+ bytes'
nfs drips dvd.iso
fails 'a drip' INVALID_SOURCE 'dvd.iso.*: (nothing came for 1 seconds|only [0-9]+ bytes came in 1 seconds)'
nfs refuses=13 dvd.iso
fails 'a refused mount' INVALID_SOURCE 'has no such export or directory, or does not give it to this host'
fetch nfs+iso://127.0.0.1:1/x.iso
fails 'a refused port' INVALID_SOURCE '127.0.0.1, port 1 refuses the connection'
for place in nfs+iso:h nfs+iso:h: nfs+iso:h:/ nfs+iso:// nfs+iso://h nfs+iso://h/ nfs+iso:me:s3cret@h:/x; do
    fetch "$place"
    fails "no image ($place)" INVALID_SOURCE 'names no image; write nfs[+]iso:HOST:/PATH/IMAGE.iso|has no host|has a host that is none|is not known'
done

# A root of 16 MiB, of which all but the first sectors is empty, is read anew for each file that is not there.
python3 - files/plain.iso files/endless.iso <<'PYTHON'
import sys
image = bytearray(open(sys.argv[1], 'rb').read())
joliet = next(at for at in range(16 * 2048, 80 * 2048, 2048) if image[at] == 2) + 156
place, size = (int.from_bytes(image[joliet + at:joliet + at + 4], 'little') for at in (2, 10))
root = bytes(image[place * 2048:place * 2048 + size])
empty = image.index(bytes(17 << 20)) // 2048 + 1
for at, value in (2, empty), (10, 16 << 20):
    image[joliet + at:joliet + at + 4] = value.to_bytes(4, 'little')
image[empty * 2048:empty * 2048 + size] = root
open(sys.argv[2], 'wb').write(image)
PYTHON
nfs fine endless.iso '.family = "debianlike" | .stall_timeout = 5'
fails 'a directory that is large and empty' INVALID_SOURCE \
    'endless.iso.*(more than 64 MiB of directories were read|too much would have to be read)'

# --- the whole way ---
place=nfs+iso:vers=3,port=$port,mountport=$port:127.0.0.1:/fine/dvd.iso
boot identify --json "$place"
is "$status$(jq -r '.tree | [.family, .version, .arch] | join(" ")' out)" '0rhlike 9 x86_64' 'identify'
boot --output-format=simple --location="$place" --args=quiet
is "$status$(parse_simple out "$BOOT" | sed -n 's/^args=//p')" 0quiet '--location'
cmp -s "$(answered kernel)" files/vmlinuz && cmp -s "$(answered ramdisk)" files/initrd.img
ok $? '--location: both files are as in the image'
clear_boot
file=$place/images/pxeboot
ELILOADER=$BUILD/bin/xenpvnetboot
boot --output-format=simple --kernel="$file/vmlinuz" --ramdisk="$file/initrd.img"
cmp -s "$(answered kernel)" files/vmlinuz && cmp -s "$(answered ramdisk)" files/initrd.img
ok $? 'xenpvnetboot: a whole URL of each file'
ELILOADER=$BUILD/bin/eliloader
clear_boot
vm_new guest install-repository="$place" install-arch=x86_64
boot --vm=guest /dev/null
is "$status $(parse_simple out "$BOOT" | sed -n 's/^args=//p')" \
    "0 inst.repo=nfs:${place#nfs+iso:}" 'round one: what the installer is told'
cmp -s "$(answered ramdisk)" files/initrd.img
ok $? 'round one: the ramdisk'

# --- a real server ---
[ "$(id -u)" = 0 ] || {
    echo "ok $((++test_count)) - nfs-ganesha # SKIP needs root"
    done_testing
}
# shellcheck source=../servers/ganesha.sh
. "$TESTS/servers/ganesha.sh"
mkdir -p export/sub
cp files/dvd.iso export/sub/
cp files/dvd.iso export/sub/dvd
ln -s dvd.iso export/sub/link.iso
ganesha_start "$WORK/export"
for place in "nfs+iso://127.0.0.1/open/sub/dvd.iso?version=4&nfsport=$GANESHA_PORT" \
    "nfs+iso:vers=4,port=$GANESHA_PORT:127.0.0.1:/secure/sub/dvd"; do
    fetch "$place"
    succeeds "ganesha: $place"
done
fetch "nfs+iso://127.0.0.1/open/sub/link.iso?version=4&nfsport=$GANESHA_PORT"
fails 'ganesha: a link by version 4' INVALID_SOURCE '/link.iso is a symbolic link, and over NFS version 4'
done_testing

#!/usr/bin/env bash
# Round one over a real web server: every family, every layout, every key, and what the record
# says afterwards.
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"
# shellcheck source=../servers/nginx.sh
. "$TESTS/servers/nginx.sh"
# shellcheck source=../servers/squid.sh
. "$TESTS/servers/squid.sh"

nginx_start "$WWW"
# What the shipped tables say of these trees has tests of its own: e2e/overlay.t.
mkdir no-maps
export ELILOADER_MAP_DIR=$WORK/no-maps
# What the loader itself remembers of an installation is covered with `vm reinstall`.
config='.other_config | with_entries(select(.key | startswith("eliloader-") | not))'

# installs NAME KERNEL ARGS KEY=VALUE…: a VM with these keys boots the kernel and the ramdisk that
# were made for the path KERNEL, with these arguments.
installs() {
    local name=$1 kernel=$2 args=$3
    shift 3
    vm_new guest "$@"
    clear_boot
    boot --vm=guest
    is "$status $(cat err)" '0 ' "$name: succeeds" || return
    is "$(parse_simple out "$BOOT" | sed -n 's/^args=//p')" "$args" "$name: arguments"
    is "$(tail -c +2049 "$(answered kernel)")" "$kernel" "$name: the right kernel"
    is "$(cut -c7- "$(answered ramdisk)" | cut -d' ' -f1)" "${kernel%% *}" "$name: its ramdisk"
}

# --- rhlike -------------------------------------------------------------------------------------
tree xen images/xen/vmlinuz images/xen/initrd.img
tree xen isolinux/vmlinuz isolinux/initrd.img
tree iso isolinux/vmlinuz isolinux/initrd.img
tree iso images/pxeboot/vmlinuz images/pxeboot/initrd.img
tree pxe images/pxeboot/vmlinuz images/pxeboot/initrd.img
installs 'rhlike by default' 'xen images/xen/vmlinuz' "method=$NGINX/xen/" \
    install-repository="$NGINX/xen"
is "$(record guest '[.PV_bootloader, .PV_args, .PV_bootloader_args]')" '["pygrub","",""]' \
    'rhlike: pygrub boots it from now on'
is "$(record guest "$config")" "{\"install-repository\":\"$NGINX/xen\"}" \
    'rhlike: install-round and install-distro are gone'
installs 'rhlike, isolinux' 'iso isolinux/vmlinuz' "inst.repo=$NGINX/iso/" \
    install-distro=rhlike install-repository="$NGINX/iso/" install-round=1 install-arch=x86_64
is "$(record guest "$config | keys")" '["install-arch","install-repository"]' \
    'rhlike: of the keys, only those two go'
installs 'rhlike, pxeboot' 'pxe images/pxeboot/vmlinuz' "inst.repo=$NGINX/pxe/" \
    install-repository="$NGINX/pxe///"
like "$(cat "$NGINX_LOG")" 'GET /pxe/+images/pxeboot/vmlinuz 200 eliloader/[0-9]' \
    'the request says who asks'

# treeinfo NAME VERSION [SECTION…]: one with the checksums of what is there.
treeinfo() {
    local dir=$WWW/$1 version=$2
    {
        printf '[general]\nfamily = %s\nversion = %s\narch = x86_64\n' "${FAMILY:-CentOS}" "$version"
        printf '[images-x86_64]\nkernel = images/pxeboot/vmlinuz\ninitrd = images/pxeboot/initrd.img\n'
        printf '%b' "${3-}"
        printf '[checksums]\n'
        (cd "$dir" && find . -name 'vmlinuz' -o -name 'initrd.img') | sed 's,^\./,,' |
            while read -r file; do echo "$file = sha256:$(sha256 "$dir/$file")"; done
    } >"$dir/${4:-.treeinfo}"
}
tree el7 images/pxeboot/vmlinuz images/pxeboot/initrd.img
treeinfo el7 7.9
installs 'RHEL 7' 'el7 images/pxeboot/vmlinuz' "inst.repo=$NGINX/el7/" \
    install-repository="$NGINX/el7"
installs 'RHEL 7 with everything' 'el7 images/pxeboot/vmlinuz' \
    "inst.repo=$NGINX/el7/ vnc inst.vnc vncpassword=secret inst.vncpassword=secret text ks=http://ks/1 console=hvc0" \
    install-repository="$NGINX/el7" install-vnc=true install-vncpasswd=secret \
    install-args='text ks=http://ks/1' PV-args=console=hvc0
is "$(record guest .PV_args)" console=hvc0 'PV_args stay in the record'
tree el6 images/pxeboot/vmlinuz images/pxeboot/initrd.img
treeinfo el6 6.10
installs 'RHEL 6 with everything' 'el6 images/pxeboot/vmlinuz' \
    "method=$NGINX/el6/ vnc vncpassword=secret text" \
    install-repository="$NGINX/el6" install-vnc=1 install-vncpasswd=secret install-args=text
installs 'no vnc' 'el6 images/pxeboot/vmlinuz' "method=$NGINX/el6/" \
    install-repository="$NGINX/el6" install-vnc=false
tree f10 images/pxeboot/vmlinuz images/pxeboot/initrd.img
FAMILY=Fedora treeinfo f10 10
installs 'Fedora 10' 'f10 images/pxeboot/vmlinuz' "method=$NGINX/f10/" \
    install-repository="$NGINX/f10"
tree el5 images/xen/vmlinuz images/xen/initrd.img
tree el5 images/pxeboot/vmlinuz images/pxeboot/initrd.img
treeinfo el5 5.11 '[images-xen]\nkernel = images/xen/vmlinuz\ninitrd = images/xen/initrd.img\n' treeinfo
installs '[images-xen] comes first, and treeinfo has no dot' 'el5 images/xen/vmlinuz' \
    "method=$NGINX/el5/" install-repository="$NGINX/el5"
tree odd boot/k boot/r
printf '[general]\nversion=8\n[images-i386]\nkernel=boot/k\ninitrd=boot/r\n' >"$WWW/odd/.treeinfo"
tree odd images/pxeboot/vmlinuz images/pxeboot/initrd.img
installs '.treeinfo decides' 'odd boot/k' "inst.repo=$NGINX/odd/" install-repository="$NGINX/odd"
boot --vm=guest --args=x
vm_new guest install-repository="$NGINX/odd" PV-args=pv install-args='own 1'
boot --vm=guest --default_args=d --args=a
is "$(answered args)" "inst.repo=$NGINX/odd/ own 1 pv d a" \
    'the family, install-args, PV_args, the command line: in this order'

# --- sleslike -----------------------------------------------------------------------------------
tree sles boot/i386/vmlinuz-xenpae boot/i386/initrd-xenpae
tree sles boot/x86_64/vmlinuz-xen boot/x86_64/initrd-xen
tree sles boot/x86_64/loader/linux boot/x86_64/loader/initrd
tree sles15 boot/x86_64/loader/linux boot/x86_64/loader/initrd
tree sles32 boot/i386/loader/linux boot/i386/loader/initrd
installs 'sleslike i386' 'sles boot/i386/vmlinuz-xenpae' "install=$NGINX/sles/" \
    install-distro=sleslike install-repository="$NGINX/sles"
is "$(record guest .PV_bootloader) $(record guest "$config")" \
    "eliloader {\"install-distro\":\"sleslike\",\"install-repository\":\"$NGINX/sles\",\"install-round\":\"2\"}" \
    'sleslike: round 2 is next, nothing else changes'
installs 'sleslike x86_64' 'sles boot/x86_64/vmlinuz-xen' "install=$NGINX/sles/" \
    install-distro=sleslike install-repository="$NGINX/sles/" install-arch=x86_64
installs 'sleslike today' 'sles15 boot/x86_64/loader/linux' \
    "install=$NGINX/sles15/ vnc vncpassword=s autoyast=x" \
    install-distro=sleslike install-repository="$NGINX/sles15" install-arch=amd64 \
    install-vnc=true install-vncpasswd=s install-args=autoyast=x
installs 'sleslike today, i386' 'sles32 boot/i386/loader/linux' "install=$NGINX/sles32/" \
    install-distro=sleslike install-repository="$NGINX/sles32" install-arch=i386

# --- debianlike ---------------------------------------------------------------------------------
current=dists/bookworm/main/installer-amd64/current
tree deb $current/images/netboot/debian-installer/amd64/linux \
    $current/images/netboot/debian-installer/amd64/initrd.gz
installs 'debianlike today' "deb $current/images/netboot/debian-installer/amd64/linux" '' \
    install-distro=debianlike debian-release=bookworm install-arch=amd64 \
    install-repository="$NGINX/deb"
is "$(record guest .PV_bootloader) $(record guest "$config | keys")" \
    'pygrub ["debian-release","install-arch","install-repository"]' 'debianlike: the record'
unlike "$(cat out)" '^args' 'debianlike: no arguments, no such line'
installs 'debianlike, x86_64, args, a slash' "deb $current/images/netboot/debian-installer/amd64/linux" \
    'priority=low console=hvc0' install-distro=debianlike debian-release=bookworm \
    install-arch=x86_64 install-repository="$NGINX/deb/" install-args='priority=low console=hvc0'
old=dists/squeeze/main/installer-i386/current/images/netboot/xen
tree deb $old/vmlinuz $old/initrd.gz
installs 'debianlike of then, i386 by default' "deb $old/vmlinuz" '' \
    install-distro=debianlike debian-release=squeeze install-repository="$NGINX/deb"
installs 'a URL with /dists/RELEASE/' "deb $current/images/netboot/debian-installer/amd64/linux" '' \
    install-distro=debianlike debian-release=bookworm install-arch=amd64 \
    install-repository="$NGINX/deb/dists/bookworm/"
for sums in MD5SUMS SHA256SUMS; do
    program=${sums%SUMS}
    program=${program,,}sum
    (cd "$WWW/deb/$current/images" && find . -type f ! -name '*SUMS' -exec "$program" {} + >$sums)
    installs "with right $sums" "deb $current/images/netboot/debian-installer/amd64/linux" '' \
        install-distro=debianlike debian-release=bookworm install-arch=amd64 \
        install-repository="$NGINX/deb"
    boot --debug --vm=guest
    vm_new guest install-distro=debianlike debian-release=bookworm install-arch=amd64 \
        install-repository="$NGINX/deb"
    boot --debug --vm=guest
    is "$(grep -c "verified by the tree's checksum" err)" 2 "with right $sums: both were verified"
done

# --- pygrub -------------------------------------------------------------------------------------
tree own boot/my-kernel boot/my-ramdisk
installs pygrub 'own boot/my-kernel' 'root=/dev/xvda1' install-distro=pygrub \
    install-repository="$NGINX/own" install-kernel=boot/my-kernel install-ramdisk=/boot/my-ramdisk \
    install-args=root=/dev/xvda1
is "$(record guest .PV_bootloader) $(record guest "$config | keys")" \
    'pygrub ["install-args","install-kernel","install-ramdisk","install-repository"]' \
    'pygrub: the record'
vm_new guest install-distro=pygrub install-repository="$NGINX/own/" install-kernel=/boot/my-kernel
clear_boot
boot --vm=guest
is "$status $(boot_files)" '0 eliloader-kernel' 'pygrub without a ramdisk'
is "$(parse_simple out "$BOOT" | cut -d= -f1)" kernel 'pygrub without a ramdisk: the answer'

# --- the record ---------------------------------------------------------------------------------
vm_new guest install-repository="$NGINX/pxe" platform:pv-kernel-max-size=1M \
    platform:pv-postinstall-kernel-max-size=2M platform:pv-postinstall-ramdisk-max-size=3M \
    platform:other=x other-config:mine=y xenstore-data:vm-data/a=b name-label='A VM'
before=$(record guest 'del(.platform, .other_config, .PV_bootloader)')
boot --vm=guest
is "$(record guest '.platform | to_entries | map(.key + "=" + .value) | sort')" \
    '["other=x","pv-kernel-max-size=2M","pv-ramdisk-max-size=3M"]' \
    'pv-postinstall-* move when the bootloader is switched'
is "$(record guest 'del(.platform, .other_config, .PV_bootloader)')" "$before" 'all else stays'
is "$(record guest .other_config.mine)" y 'and so do keys of others'
vm_new guest install-distro=sleslike install-arch=x86_64 install-repository="$NGINX/sles" \
    platform:pv-postinstall-kernel-max-size=2M
boot --vm=guest
is "$(record guest '.platform | keys')" '["pv-postinstall-kernel-max-size"]' \
    'pv-postinstall-* stay when it is not'
jq '.VBDs = [{"userdevice": "0", "bootable": false}, {"userdevice": "1", "bootable": true}]' \
    "$RECORDS/guest.json" >new && cp new "$RECORDS/guest.json"
before=$(record guest .VBDs)
boot --vm=guest
is "$(record guest .VBDs)" "$before" 'a network installation leaves the disks as they are'
vm_new guest install-repository="$NGINX/pxe" install-args= install-proxy= install-vnc= install-arch=
jq '.other_config += {"install-args": "", "install-proxy": "", "install-vnc": "",
    "install-vncpasswd": "", "install-arch": ""}' "$RECORDS/guest.json" >new &&
    cp new "$RECORDS/guest.json"
boot --vm=guest
is "$status $(answered args)" "0 inst.repo=$NGINX/pxe/" 'empty values are none'

# --- limits -------------------------------------------------------------------------------------
size=$(stat -c %s "$WWW/pxe/images/pxeboot/vmlinuz")
vm_new guest install-repository="$NGINX/pxe" platform:pv-kernel-max-size="$size"
boot --vm=guest
is "$status" 0 'a kernel as large as its limit'
vm_new guest install-repository="$NGINX/pxe" platform:pv-kernel-max-size=$((size - 1))
ELILOADER_KERNEL_MAX_SIZE=1M boot --vm=guest
is "$status" 1 "the VM's own limit comes before the host's"
boot --vm=guest --kernel-max-size=1M
is "$status" 0 "the command line's limit comes before the VM's own"

# --- a real installer ---------------------------------------------------------------------------
images=/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64
if [ -e $images/linux ]; then
    mirror=$WWW/mirror/$current/images
    mkdir -p "$mirror/netboot/debian-installer/amd64"
    ln -s $images/linux $images/initrd.gz "$mirror/netboot/debian-installer/amd64"
    (cd "$mirror" && sha256sum ./netboot/debian-installer/amd64/* >SHA256SUMS)
    vm_new guest install-distro=debianlike debian-release=bookworm install-arch=amd64 \
        install-repository="$NGINX/mirror"
    clear_boot
    boot --debug --vm=guest
    is "$(grep -c 'verified by' err)" 2 "Debian 12's installer: verified"
    parse_simple out "$BOOT" >answer
    cmp "$(sed -n s/^kernel=//p answer)" $images/linux
    ok $? "Debian 12's installer: its kernel"
    cmp "$(sed -n s/^ramdisk=//p answer)" $images/initrd.gz
    ok $? "Debian 12's installer: its ramdisk"
    mkdir -p "$WWW/real/images/pxeboot"
    ln -s $images/linux "$WWW/real/images/pxeboot/vmlinuz"
    ln -s $images/initrd.gz "$WWW/real/images/pxeboot/initrd.img"
    treeinfo real 9
    vm_new guest install-repository="$NGINX/real"
    clear_boot
    boot --vm=guest --ramdisk-max-size=$(($(stat -Lc %s $images/initrd.gz)))
    is "$status $(answered args)" "0 inst.repo=$NGINX/real/" 'the same as a tree of Red Hat'
fi

# --- without a VM -------------------------------------------------------------------------------
clear_boot
run "$ELILOADER" fetch --distro=sleslike "$NGINX/sles15"
is "$status $(cat err) $(answered args)" "0  install=$NGINX/sles15/" 'fetch: x86_64 by default'
is "$(boot_files)" 'fetched-kernel fetched-ramdisk' 'fetch: files of its own'
run "$ELILOADER" fetch --distro=sleslike "$NGINX/$(printf './%.0s' {1..600})sles15"
like "$status $(cat err)" '^0 eliloader: warning: .* bytes long; a PV guest gets the first 1023' \
    'fetch: says when the arguments are too long for a PV guest'
run "$ELILOADER" fetch "$NGINX/deb" --distro debianlike --release bookworm --arch amd64 \
    --output-format sxp --output-directory "$WORK/here"
like "$(cat out)" "^linux \(kernel $WORK/here/fetched-kernel\.[a-z2-7]{8}\)\(ramdisk [^()]*\)$" \
    'fetch: all of its options'
run "$ELILOADER" fetch --distro=pygrub --kernel=boot/my-kernel "$NGINX/own"
is "$status $(parse_simple out "$BOOT" | cut -d= -f1)" '0 kernel' 'fetch: pygrub'
clear_boot
run "$ELILOADER" fetch "$NGINX/none"
is "$status $(wc -l <err) $(boot_files)" '1 1 ' 'fetch: fails with one line'
like "$(cat err)" "^eliloader: the repository $NGINX/none has no kernel where .* rhlike .*404" \
    'fetch: says why'

# --- https, proxy -------------------------------------------------------------------------------
make_certificates "$WORK/tls"
nginx_start_tls "$WWW" "$WORK/tls/server.pem" "$WORK/tls/server.key"
HTTPS=$NGINX
vm_new guest install-repository="$HTTPS/pxe"
clear_boot
refused 1 INVALID_SOURCE "$HTTPS/pxe/.*certificate of 127.0.0.1:[0-9]* cannot be verified.*--cacert" \
    'https without its CA' --vm=guest
refused 2 - "no file $WORK/none of CA certificates" 'a CA file that is not there' \
    --vm=guest --cacert="$WORK/none"
echo nonsense >"$WORK/bad.pem"
refused 1 INVALID_SOURCE '^the file of --cacert holds no certificate' 'a CA file of something else' \
    --vm=guest --cacert="$WORK/bad.pem"
boot --vm=guest --cacert="$WORK/tls/ca.pem"
is "$status $(answered args)" "0 inst.repo=$HTTPS/pxe/" 'https with its CA'
make_certificates "$WORK/other" wrong.example
nginx_start_tls "$WWW" "$WORK/other/server.pem" "$WORK/other/server.key"
vm_new guest install-repository="$NGINX/pxe"
clear_boot
refused 1 INVALID_SOURCE 'certificate of .* is for another name' 'https of another name' \
    --vm=guest --cacert="$WORK/other/ca.pem"

# shellcheck disable=SC2119 # without a password
squid_start
# through NAME WORD…: the run succeeds, through the proxy.
through() {
    local name=$1
    shift
    : >"$SQUID_LOG"
    clear_boot
    boot --vm=guest "$@"
    is "$status $(grep -cE '/200 .* (GET|CONNECT) ' "$SQUID_LOG" | sed 's/^[1-9].*/some/')" '0 some' \
        "$name" || sed 's/^/# /' err
}
nginx_start "$WWW"
vm_new guest install-repository="$NGINX/pxe" install-proxy="http://$SQUID"
through 'install-proxy' --proxy=http://127.0.0.1:1/
vm_new guest install-repository="$NGINX/pxe" install-proxy="$SQUID/"
through 'install-proxy without a scheme'
vm_new guest install-repository="$NGINX/pxe"
through '--proxy' --proxy="http://$SQUID"
vm_new guest install-repository="$NGINX/pxe"
ELILOADER_PROXY=http://$SQUID through 'ELILOADER_PROXY'
vm_new guest install-repository="$HTTPS/pxe"
through 'https through the proxy' --proxy="http://$SQUID" --cacert="$WORK/tls/ca.pem"
vm_new guest install-repository="$NGINX/pxe"
http_proxy=http://127.0.0.1:1/ boot --vm=guest
is "$status" 0 "http_proxy of whoever started it means nothing"
vm_new guest install-repository="$NGINX/pxe" install-proxy=http://127.0.0.1:1/
clear_boot
refused 1 INVALID_SOURCE 'refuses the connection' 'a proxy that is not there' --vm=guest
vm_new guest install-repository="$NGINX/pxe" install-proxy=ftp://127.0.0.1/
refused 1 INVALID_SOURCE 'proxy' 'a proxy of another kind' --vm=guest

done_testing

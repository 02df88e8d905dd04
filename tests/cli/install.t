#!/usr/bin/env bash
# make install and make uninstall: what they stage runs from there. Packages: tests/e2e/package.t.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# stage TARGET: of the build under test as it is: a rebuild would change it under other tests.
stage() {
    run env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$TOP" -o all O="$BUILD" \
        PREFIX=/usr DESTDIR="$WORK/root" "$1"
}

# --- a repository ---------------------------------------------------------------------------
# What the boot protocol's magic makes a kernel, and anything as its ramdisk.
{ head -c 510 /dev/zero && printf '\125\252\0\0HdrS' && head -c 5000 /dev/zero; } >kernel
head -c 9000 /dev/urandom >ramdisk
mkdir -p www/images/pxeboot && cp kernel www/images/pxeboot/vmlinuz &&
    cp ramdisk www/images/pxeboot/initrd.img
python3 -u -m http.server 0 --bind 127.0.0.1 --directory www >server 2>&1 &
at_exit kill $!
for _ in {1..100}; do
    port=$(sed -n 's/.* port \([0-9]*\).*/\1/p' server)
    [ -z "$port" ] || break
    sleep 0.1
done

# fetches PROGRAM NAME: PROGRAM, run from where it is, finds its helper.
fetches() {
    run "$1" fetch --output-directory="$WORK/boot" "http://127.0.0.1:$port"
    is "$status $(cat err)" '0 ' "$2: fetch succeeds"
    cmp -s kernel "$(sed -n 's/^kernel //p' out)"
    ok $? "$2: the kernel is here"
    cmp -s ramdisk "$(sed -n 's/^ramdisk //p' out)"
    ok $? "$2: the ramdisk is here"
    rm -rf boot
}

# --- install and uninstall --------------------------------------------------------------------
mkdir -p root/usr/bin root/usr/share/man/man8 && touch root/usr/bin/other root/usr/share/man/man8/other.8
stage install
is "$status $(cat err)" '0 ' 'make install'
helpers=$(cd "$BUILD/libexec/eliloader" && printf 'usr/libexec/eliloader/%s 755\n' *)
documents=$(cd "$TOP" && for d in LICENSE NEWS.md README.md SECURITY.md docs/*.md packaging/eliloader.conf packaging/eliloader.nft; do
    echo "usr/share/doc/eliloader/${d##*/} 644"
done | sort)
maps=$(cd "$TOP/distros/maps" && printf 'usr/share/eliloader/maps/%s 644\n' *.map)
is "$(cd root && find . ! -type d -printf '%P %m\n' | sort)" "usr/bin/domUloader 777
usr/bin/domUloader.py 777
usr/bin/eliloader 755
usr/bin/other 644
usr/bin/xenpvnetboot 777
$helpers
usr/share/bash-completion/completions/domUloader 777
usr/share/bash-completion/completions/domUloader.py 777
usr/share/bash-completion/completions/eliloader 644
usr/share/bash-completion/completions/xenpvnetboot 777
$documents
$maps
usr/share/fish/vendor_completions.d/domUloader.fish 777
usr/share/fish/vendor_completions.d/domUloader.py.fish 777
usr/share/fish/vendor_completions.d/eliloader.fish 644
usr/share/fish/vendor_completions.d/xenpvnetboot.fish 777
usr/share/man/man5/eliloader-maps.5 644
usr/share/man/man5/eliloader.conf.5 644
usr/share/man/man7/eliloader-record.7 644
usr/share/man/man8/domUloader.8 644
usr/share/man/man8/domUloader.py.8 644
usr/share/man/man8/eliloader.8 644
usr/share/man/man8/other.8 644
usr/share/man/man8/xenpvnetboot.8 644
usr/share/zsh/site-functions/_eliloader 644" 'what is installed'
fetches "$WORK/root/usr/bin/eliloader" 'installed'
is "$(readlink root/usr/bin/domUloader root/usr/bin/domUloader.py root/usr/bin/xenpvnetboot | sort -u)" \
    eliloader 'the programs that it stands in for are links to it'
ln -s "$WORK/root/usr/bin/eliloader" linked
fetches "$WORK/linked" 'through a symbolic link'
mv root/usr/libexec/eliloader/fetch root/usr/libexec/eliloader/gone
run root/usr/bin/eliloader fetch --output-directory="$WORK/boot" "http://127.0.0.1:$port"
is "$status" 1 'half an installation'
like "$(cat err)" 'cannot start the helper .*/fetch: No such file' 'half an installation: says so'
mv root/usr/libexec/eliloader/gone root/usr/libexec/eliloader/fetch

stage install
is "$status $(cat err)" '0 ' 'make install over itself'
run root/usr/bin/eliloader media check
like "$status $(cat out err)" '^0 all is well: tables [1-9]' 'the installed tables are read'
stage uninstall
is "$status $(cat err)" '0 ' 'make uninstall'
is "$(cd root && find . ! -type d -printf '%P\n' | sort)" 'usr/bin/other
usr/share/man/man8/other.8' 'uninstall leaves what is not its own, and nothing else'
is "$(find root -name '*eliloader*')" '' 'and no folder of its own'
stage uninstall
is "$status" 0 'make uninstall where nothing is'

done_testing

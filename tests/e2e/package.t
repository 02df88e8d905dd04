#!/usr/bin/env bash
# The Debian package: built, looked at by lintian, installed, used, upgraded, removed and purged: in a
# copy of this system that nobody else sees; in `make check-long`, also on a fresh Debian, and built
# twice for the same bytes.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

[ "${SANITIZED:-}" != 1 ] || skip_all 'a package is built by its own rules: once is enough'
needs dpkg-buildpackage dh lintian unshare

# What the Makefile installs to build is what the package asks for, beside what every package may.
# shellcheck disable=SC2016 # for make
is "$(sed -n '/^Build-Depends:/,/^Standards/p' "$TOP/debian/control" | grep -oE '[a-z0-9.+-]+-dev|pkg-config' | sort | xargs)" \
    "$(env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s -C "$TOP" -f - <<<'include Makefile
build-packages: ; @printf "%s\n" $(BUILD_PACKAGES)' build-packages | grep -vxE 'gcc|make|libc6-dev|linux-libc-dev' | sort | xargs)" \
    'what it needs to build'

# --- building -----------------------------------------------------------------------------------
# Without optimization in half the time; the release's own build is for the long run.
[ -n "$LONG" ] || export DEB_BUILD_OPTIONS=noopt
mkdir first second
"$TOP/packaging/build-deb" first >packages 2>log
is $? 0 'the packages are built' || tail -n 30 log >&2
package=$(grep '/eliloader_' packages)
version=$("$ELILOADER" --version | cut -d' ' -f2)
is "$(xargs -n1 basename <packages | sed 's/_[a-z0-9]*\.deb$//' | sort | xargs)" \
    "eliloader-dbgsym_$version eliloader_$version" 'which they are'
run lintian -I --allow-root ${DEB_BUILD_OPTIONS:+--suppress-tags hardening-no-fortify-functions} first/*.changes
is "$status$(cat out)" 0 'lintian finds nothing'
if [ -n "$LONG" ]; then
    (umask 077; TMPDIR=$WORK "$TOP/packaging/build-deb" second >/dev/null 2>&1)
    is "$(cd first && sha256sum -- *.deb)" "$(cd second && sha256sum -- *.deb)" 'built again: the same bytes'
fi
[ "$(id -u)" = 0 ] || { ok 0 'the rest # SKIP needs root, for dpkg'; done_testing; }

# --- in a system ----------------------------------------------------------------------------------
# What is done there, by itself in the file `session`: each line of its output is looked at.
cat >session <<'END'
set -u
say() { printf '%s: %s\n' "$@"; }
quietly() { "$@" >/tmp/log 2>&1 || { echo "failed: $*"; cat /tmp/log; exit 1; }; }
export DEBIAN_FRONTEND=noninteractive
rm -rf /etc/eliloader /var/lib/eliloader /run/xend
sed -i '/^eliloader:/d' /etc/subuid /etc/subgid
quietly dpkg -i /packages/eliloader_*.deb
say version "$(eliloader --version)"
say names "$(readlink -f /usr/bin/domUloader /usr/bin/domUloader.py /usr/bin/xenpvnetboot | sort -u | xargs)"
say users "$(grep -h ^eliloader: /etc/subuid /etc/subgid | sort -u | xargs)"
say directories "$(stat -c '%n=%a' /var/lib/eliloader/vms /run/xend/boot | xargs)"
say tables "$(eliloader media check | sed 's/[0-9]*, .*//')"
say probe "$(eliloader probe --json /packages/guest.img | grep -q '"kernel": "/boot/vmlinuz' && echo boots)"
say uid "$(cp /packages/guest.img /tmp && chmod 600 /tmp/guest.img && strace -qq -f -e trace=setresuid eliloader probe /tmp/guest.img 2>&1 >/dev/null | grep -c 'setresuid(18[0-9]\{8\}')"
eliloader vm create -q web1 install-repository=http://127.0.0.1/ && say record "$(stat -c %a /var/lib/eliloader/vms/web1.json)"
echo '# mine' >>/etc/eliloader/eliloader.conf
quietly dpkg -i /packages/eliloader_*.deb
say upgraded "$(tail -n1 /etc/eliloader/eliloader.conf) $(eliloader vm list --json | grep -c "\"id\": \"web1\"") $(grep -c ^eliloader: /etc/subuid)"
quietly dpkg -r eliloader
say removed "$(ls /usr/bin/domUloader /usr/bin/eliloader /usr/libexec/eliloader 2>/dev/null | xargs) $(ls /var/lib/eliloader/vms)"
quietly dpkg -i /packages/eliloader_*.deb
quietly dpkg -P eliloader
say purged "$(ls -d /etc/eliloader /var/lib/eliloader /usr/share/eliloader 2>/dev/null | xargs)$(grep -h ^eliloader: /etc/subuid /etc/subgid)"
END
cat >expected <<END
version: eliloader $version
names: /usr/bin/eliloader
users: eliloader:1879048192:65536
directories: /var/lib/eliloader/vms=700 /run/xend/boot=700
tables: all is well: tables 
probe: boots
uid: 1
record: 600
upgraded: # mine 1 1
removed:  web1.json
purged: 
END
cp "$("$TESTS/images/make.sh" dos-ext4-grub2-2 "$WORK")" first/guest.img

# session ROOT: in a mount namespace, with all that is changed there in memory.
session() {
    # shellcheck disable=SC2016 # expanded there
    unshare -m --propagation private sh -ec '
        mount -t tmpfs none "$2" && mkdir "$2/upper" "$2/work" "$2/root"
        mount -t overlay overlay -o lowerdir="$1",upperdir="$2/upper",workdir="$2/work" "$2/root"
        cd "$2/root" && mkdir -p packages tmp && mount --bind "$3/first" packages
        mount -t tmpfs none tmp && mount -t tmpfs none run && mount -t proc none proc && mount --rbind /dev dev
        exec chroot . env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb bash -s <"$3/session"' \
        session "$1" "$WORK/layer" "$WORK" >got 2>&1
}
mkdir layer
# shellcheck disable=SC2016 # expanded there
if unshare -m --propagation private sh -c 'mount -t tmpfs none "$0" && mkdir "$0/u" "$0/w" && mount -t overlay o -o lowerdir=/,upperdir="$0/u",workdir="$0/w" /mnt' "$WORK/layer" 2>err; then
    session /
    is "$(cat got)" "$(cat expected)" 'installed, used, upgraded, removed and purged'
else
    ok 0 "installed, used, … # SKIP no overlay can be mounted here: $(head -n1 err)"
fi
if [ -n "$LONG" ]; then
    needs debootstrap
    dependencies=$(dpkg-deb -f "$package" Depends | sed 's/([^)]*)//g; s/|[^,]*//g; s/ //g')
    debootstrap --variant=minbase --include="$dependencies,strace" bookworm fresh >log 2>&1
    ok $? 'a fresh Debian' "$(tail -n5 log)"
    session "$WORK/fresh"
    is "$(cat got)" "$(cat expected)" 'the same there'
fi
done_testing

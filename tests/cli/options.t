#!/usr/bin/env bash
# The command line, the environment and the configuration file: what is taken, what comes first,
# what is refused.
# SPDX-License-Identifier: GPL-3.0-or-later
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../toolstack.sh
. "$TESTS/toolstack.sh"

# usage REGEX NAME WORD…: one line on stderr, status 2, nothing else.
usage() {
    local regex=$1 name=$2
    shift 2
    boot "$@"
    is "$status $(wc -l <err) $(wc -c <out)" '2 1 0' "$name: status 2, one line on stderr" ||
        sed 's/^/# /' err
    like "$(cat err)" "$regex" "$name: names it"
}

# --- help and version ---------------------------------------------------------------------------
for command in '' vm fetch 'vm create' 'vm list'; do
    # shellcheck disable=SC2086 # words
    boot $command --help
    is "$status $(wc -c <err)" '0 0' "--help of '$command': status 0, on stdout"
    like "$(head -n1 out)" '^Usage: eliloader' "--help of '$command' begins with the usage"
    is "$(awk 'length > 100' out)" '' "--help of '$command': no line is too wide"
    # shellcheck disable=SC2086
    boot $command --version
    is "$status $(cat out)" "0 eliloader $(sed -n 's/^VERSION := //p' "$TOP/Makefile")" \
        "--version of '$command'"
done
boot -h
is "$status$(wc -c <err)" 00 '-h'
boot -V
is "$status$(wc -c <err)" 00 '-V'
boot --vm=x --help --args
is "$status" 2 'a bad command line stays bad beside --help'
ELILOADER_CONFIG=/nowhere boot --help
is "$status" 0 '--help reads no configuration'
# shellcheck disable=SC2016 # for the other shell
run bash -c '"$0" --help >&-' "$ELILOADER"
is "$status" 1 '--help with a closed stdout fails'
if [ -c /dev/full ]; then
    # shellcheck disable=SC2016
    run bash -c '"$0" --help >/dev/full' "$ELILOADER"
    is "$status" 1 '--help that cannot be written fails'
    like "$(cat err)" 'stdout: No space left' '--help that cannot be written: says why'
fi

# --- what is refused ----------------------------------------------------------------------------
usage "unknown option '--frob'" 'unknown option' --frob --vm=x
usage "unknown option '--frob'" 'unknown option with a value' --frob=secret --vm=x
usage "unknown option '-x'" 'unknown letter' -x --vm=x
usage "unknown option '-qd'" 'letters are not joined' -qd --vm=x
usage "unknown option '---quiet'" 'three dashes' ---quiet --vm=x
usage "unknown option '--vmx'" 'a longer name' --vmx=y
usage "unknown option '--v'" 'a shorter name' --v=y
usage "unknown option '--'" 'no name' --=y
usage "unknown option '--distro'" 'an option of another command' --distro=rhlike --vm=x
usage "unknown option '--vm'" 'an option of another command, fetch' fetch --vm=x http://h/
usage "unknown option '--json'" 'an option of another command, json' --json --vm=x
usage 'option --vm has no value' 'no second word' --vm
usage 'option --vm: .*no value' 'an empty value' --vm=
usage 'option --output-directory: .*no value' 'an empty directory' --vm=x --output-directory=
usage 'option --quiet takes no value' 'a flag with a value' --quiet=yes --vm=x
usage 'no VM and no disk: --vm=ID or a DISK is missing' 'no words at all'
usage 'simple, simple0 or sxp: .grub' 'a form that is not there' --vm=x --output-format=grub
usage 'option --runas: not the number' 'runas root' --vm=x --runas=0
usage 'option --runas: not the number' 'runas a name' --vm=x --runas=nobody
usage 'option --runas: not the number' 'runas nobody at all' --vm=x --runas=4294967295
usage 'option --connect-timeout: .*1 to 86400' 'no time at all' --vm=x --connect-timeout=0
usage 'option --connect-timeout: .*1 to 86400' 'too long a time' --vm=x --connect-timeout=86401
usage 'option --stall-timeout: ' 'a time with a unit' --vm=x --stall-timeout=1m
usage 'option --pygrub-timeout: ' 'a negative time' --vm=x --pygrub-timeout=-1
for size in 0 -1 1.5M 64X MiB '64 M' 0x10 2T 18446744073709551616 99999999999999999999M; do
    usage 'option --kernel-max-size: .*not a size' "size $size" --vm=x --kernel-max-size="$size"
done
usage 'no configuration file /nowhere' 'a configuration file that is not there' \
    --vm=x --config=/nowhere
usage 'fetch takes one REPOSITORY' 'fetch without a repository' fetch
usage 'fetch takes one REPOSITORY' 'fetch of two' fetch http://a/ http://b/
usage "is 'gentoo', which is none of rhlike, sleslike, debianlike, pygrub" 'fetch of no family' \
    fetch --distro=gentoo http://a/
usage $'unknown option \'--.x1b.2J' 'what would clear the terminal does not' $'--\e[2J' --vm=x
usage "unknown option '--a.x0ab" 'what would add a line does not' $'--a\nb' --vm=x

# xapi puts what a VM's PV_bootloader_args say behind "-q --vm ID", and the disk behind that; who
# wrote the words is not asked of xapi, for it may be away, or elsewhere.
# of_editor WHAT NAME WORD…: WORDs of an editor's are refused in each form, and say what root may do.
of_editor() {
    local what=$1 name=$2
    shift 2
    usage "the $what may not stand in a VM's PV_bootloader_args, .*; root may write it before --vm" \
        "$name" -q --vm x "$@" /dev/null
    usage "the $what may not stand in a VM's PV_bootloader_args" "$name, older form" \
        -q --default_args= --extra_args= --vm=x "$@" /dev/null
}
for option in vm config record record-dir xapi-socket output output-directory output-format map-dir pygrub \
    pygrub-timeout pygrub-as-root cacert runas runas-base require-confinement proxy connect-timeout stall-timeout extra_args default_args; do
    of_editor "option --$option" "PV_bootloader_args with --$option" --$option=/etc/shadow
done
for option in --not-really --list-entries --interactive --help --version --debug --logging --quiet --check-kernel \
    -n -l -i -h -V -q; do
    of_editor "option $option" "PV_bootloader_args with $option" $option
done
of_editor 'option --config' 'in two words' --config /etc/shadow
of_editor 'option --logging' 'a level of logging' --logging=debug
of_editor "word '/dev/other'" 'another disk' /dev/other
of_editor "word '/dev/other'" 'another disk behind others' --kernel=/boot/vmlinuz --ramdisk=/etc/shadow /dev/other
of_editor "word '--'" 'two dashes' -- /dev/other
of_editor "word '-'" 'a dash' -
of_editor 'option --kern' 'an abbreviation' --kern=/k
for option in args entry kernel ramdisk offset location handoff kernel-max-size; do
    of_editor "option --$option" "--$option that would take the disk" --$option
done
of_editor "word '/dev/other'" 'one that would take the disk, behind another' /dev/other --args
usage 'option --handoff: not auto' 'a handoff that there is not' -q --vm x --handoff=evil /dev/null
# Where every editor is root, which only the configuration file says.
ELILOADER_TRUST_BOOTLOADER_ARGS=yes of_editor 'option --proxy' 'the environment does not trust them' --proxy=x
usage "unknown option '--trust-bootloader-args'" 'nor does the command line' --trust-bootloader-args --vm=x
echo 'trust-bootloader-args = yes' >trust.conf
run env ELILOADER_CONFIG=trust.conf "$ELILOADER" -q --vm x --record=file --record-dir="$WORK/none" /dev/null /dev/zero
like "$status $(cat err)" "^1 .*no VM 'x' in $WORK/none" 'trusted, they may name a record and two disks'
ELILOADER_CONFIG=trust.conf usage '--config comes too late behind' 'trusted, but no other configuration' \
    -q --vm x --config=/x /dev/null
# What is root's by its form.
run "$ELILOADER" --record=file -q --record-dir="$WORK/none" --vm x /dev/null
unlike "$(cat err)" 'may not stand' 'by hand: a word before -q'
run "$ELILOADER" -q --record=file --record-dir="$WORK/none" --vm x /dev/null
like "$status $(cat err)" "^1 .*no VM 'x' in $WORK/none" 'what stands before --vm is the toolstack'"'s own"
run "$ELILOADER" --output=out.answer --output-format=simple0 --output-directory="$WORK/xl" -q --vm=x --record=file \
    --record-dir="$WORK/none" --proxy=http://p /dev/null
like "$status $(cat err)" "^1 .*no VM 'x' in $WORK/none" 'xl: all words are root'"'s"

# --- what is taken ------------------------------------------------------------------------------
# Whoever gets past the options is told that there is no such VM.
taken() {
    local name=$1
    shift
    boot "$@"
    like "$status $(head -n1 err)" "^1 eliloader: there is no VM 'none'" "taken: $name"
}
taken 'name=value' --vm=none
taken 'two words' --vm none
taken 'after the disk' /dev/null --vm none
taken 'the last of two' --vm=other --vm=none
taken 'a value that looks like an option' --vm=other --args --frob --vm=none
taken '-q, --quiet' -q --quiet --vm=none
taken 'words after --' --vm=none -- --frob
taken 'a lone dash' --vm=none -
taken 'empty words' '' --vm=none '' '' /dev/null ''
taken 'empty args' --args= --extra_args= --default_args= --vm=none
taken 'empty args in two words' --args '' --vm=none
taken 'dashes for underscores' --extra-args=x --default-args=y --vm=none
taken 'logging' --logging --vm=none
taken 'a level of logging' --logging=debug --vm=none
taken 'debug' --debug --vm=none
taken 'runas' --runas=65534 --vm=none
taken 'the largest user' --runas=4294967294 --vm=none
taken 'the longest time' --connect-timeout=86400 --stall-timeout=1 --vm=none
for size in 1 1K 64M 64MiB 64m 1G 1T 1099511627776; do
    taken "size $size" --kernel-max-size="$size" --ramdisk-max-size "$size" --vm=none
done
for format in simple simple0 sxp; do
    taken "form $format" --output-format=$format --vm=none
done
taken 'xapi: what is for the guest' -q --vm none --kernel=a --ramdisk b --entry=c --offset=1 --args=d \
    --location=http://h/ --handoff=native --kernel-max-size=1M /dev/null
taken 'xapi: dom0 before the VM' -q --output-directory="$WORK/boot" --vm none /dev/null
taken 'xapi, older form' -q --default_args= --extra_args= --vm=none --kernel=a /dev/null
taken 'six disks' --vm=none a b c d e f

# --- the configuration file ---------------------------------------------------------------------
# In which directory the VM is looked for shows which setting counted.
unset ELILOADER_RECORD_DIR ELILOADER_OUTPUT_DIRECTORY
unset ELILOADER_CONFIG
# looked_in DIR NAME WORD…
looked_in() {
    local want=$1 name=$2
    shift 2
    boot --vm=none "$@"
    like "$(head -n1 err)" "there is no VM 'none' in $want;" "$name"
}
printf '# a comment\n\n; another\n  record-dir  =  %s  \r\n' "$WORK/file" >conf
printf 'record-dir = %s' "$WORK/other file" >conf2
looked_in "$WORK/file" 'the file of --config' --config=conf
looked_in "$WORK/other file" 'a value with a space, and no newline at the end' --config=conf2
ELILOADER_CONFIG=conf looked_in "$WORK/file" 'the file of ELILOADER_CONFIG'
ELILOADER_CONFIG=conf2 looked_in "$WORK/file" '--config over ELILOADER_CONFIG' --config conf
ELILOADER_RECORD_DIR=$WORK/env looked_in "$WORK/env" 'environment over file' --config=conf
ELILOADER_RECORD_DIR=$WORK/env looked_in "$WORK/line" 'command line over environment' \
    --config=conf --record-dir="$WORK/line"
ELILOADER_RECORD_DIR='' looked_in "$WORK/file" 'an empty variable is none' --config=conf
ELILOADER_CONFIG='' looked_in /var/lib/eliloader/vms 'the default' --config=/dev/null
printf 'record-dir = %s\nrecord-dir = %s\n' "$WORK/one" "$WORK/two" >conf
looked_in "$WORK/two" 'the last of two lines' --config=conf

export ELILOADER_CONFIG=/dev/null
ELILOADER_STALL_TIMEOUT=never usage "environment's ELILOADER_STALL_TIMEOUT: .*'never'" \
    'a bad variable' --vm=x
ELILOADER_KERNEL_MAX_SIZE=0 usage "environment's ELILOADER_KERNEL_MAX_SIZE: " \
    'a bad size in a variable' --vm=x
ELILOADER_DEBUG=perhaps usage "environment's ELILOADER_DEBUG: .*'perhaps'" \
    'a bad flag in a variable' --vm=x
ELILOADER_VM=none usage 'no VM and no disk' 'what is no setting is not taken from the environment'
ELILOADER_DEBUG=no boot --vm=none
is "$(grep -c '^eliloader: ' err)" 1 'a flag that is off in the environment'

# bad_line TEXT REGEX NAME: line 2 of the file.
bad_line() {
    printf '# comment\n%b\n' "$1" >"$WORK/bad.conf"
    usage "$WORK/bad.conf, line 2: $2" "$3" --vm=x --config="$WORK/bad.conf"
}
bad_line 'frob = 1' "there is no setting 'frob'" 'unknown setting'
bad_line 'vm = x' "there is no setting 'vm'" 'an option that is no setting'
bad_line '[section]' "'\[section\]' is not 'name = value'" 'a section'
bad_line 'record-dir' "'record-dir' is not 'name = value'" 'no ='
bad_line '= x' "there is no setting ''" 'no name'
bad_line 'record-dir =' 'record-dir: .*no value' 'no value'
bad_line 'kernel-max-size = 64X' "kernel-max-size.* not a size: '64X'" 'a bad size'
bad_line 'connect-timeout = 0' 'connect-timeout: .*1 to 86400' 'a bad time'
bad_line 'debug = perhaps' "debug: .*'perhaps'" 'a bad flag'
bad_line 'runas = root' "runas: .*'root'" 'a bad user'
printf 'record-dir = /x\0y\n' >bad.conf
usage 'bad.conf holds a NUL byte' 'a NUL' --vm=x --config=bad.conf
{
    printf '#%65535s' '' | tr ' ' x
} >bad.conf
usage 'no VM' 'a file of 64 KiB' --config=bad.conf
printf x >>bad.conf
boot --vm=x --config=bad.conf
is "$status" 1 'a larger file is refused'
like "$(head -n1 err)" 'bad.conf: it is larger than 65536 bytes' 'a larger file: says why'
boot --vm=x --config=/
like "$(head -n1 err)" 'cannot read /: it is not a regular file' 'a directory'

# Every setting that --help of any command shows and the file takes, the environment takes too.
for setting in output-directory=/x proxy=http://p:1 cacert=/x kernel-max-size=1M \
    ramdisk-max-size=1M connect-timeout=5 stall-timeout=5 map-dir=/x pygrub=/x pygrub-timeout=5 \
    runas=5 record=file record-dir="$WORK/vms" debug=no; do
    name=${setting%%=*}
    echo "${setting%%=*} = ${setting#*=}" >conf
    taken "$name in a file" --vm=none --config=conf
    variable=ELILOADER_$(tr a-z- A-Z_ <<<"$name")
    run env "$variable=${setting#*=}" "$ELILOADER" --vm=none
    like "$(head -n1 err)" "there is no VM 'none'" "taken: $variable"
done

done_testing

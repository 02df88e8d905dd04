#!/usr/bin/env bash
# How a command is found: behind options, by `help`, and when it is mistyped; and never among the words
# of a VM's editor.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"
export ELILOADER_RECORD_DIR=$WORK/vms

# says STATUS OUTPUT NAME WORD…: what the program prints, stdout and stderr.
says() {
    local status_wanted=$1 wanted=$2 name=$3
    shift 3
    run "$ELILOADER" "$@"
    is "$status $(head -n1 out)$(head -n1 err)" "$status_wanted $wanted" "$name"
}
"$ELILOADER" vm create -q web1
for options in '-q' '--debug' '-q --debug' '--config=/dev/null' '--config /dev/null -q'; do
    # shellcheck disable=SC2086 # words
    says 0 PV-args\ =\  "behind $options" $options vm show web1
done
says 0 'eliloader '"$("$ELILOADER" --version | cut -d' ' -f2)" 'version' version
for command in vm fetch probe ls cat identify media cache check domuloader; do
    run "$ELILOADER" help "$command"
    is "$status $(cat err)" '0 ' "help $command"
    is "$(cat out)" "$("$ELILOADER" "$command" --help)" "help $command: as with --help"
done
for words in '' help version; do
    run "$ELILOADER" help ${words:+"$words"}
    is "$(cat out)" "$("$ELILOADER" --help)" "help $words: as --help"
done
run "$ELILOADER" help vm create
is "$(cat out)" "$("$ELILOADER" vm --help)" 'help vm create: that of vm'
says 2 "eliloader: there is no command 'fecth'; did you mean 'fetch'?" 'help of what is none' help fecth
says 2 "eliloader: there is no command 'prob'; did you mean 'probe'? (there is no disk of that name here either)" \
    'mistyped' prob disk.img
says 2 "eliloader: there is no command 'windows' (there is no disk of that name here either)" \
    'like none of them' -q windows
says 2 "eliloader: there is no command 'vm lst'; did you mean 'list'? (there are create, set, edit, show, list, remove, reinstall)" \
    'of vm' vm lst
says 2 "eliloader: there is no command 'cache lst'; did you mean 'list'? (there are list, clear, verify)" \
    'of cache' cache lst
says 2 "eliloader: cache needs a command: list, clear, verify" 'of cache, none' cache
says 2 "eliloader: --distro is 'debianlik', which is none of rhlike, sleslike, debianlike, pygrub, alpinelike, netbsdlike, freebsdlike and auto; did you mean 'debianlike'?" \
    'a family' fetch --distro=debianlik http://127.0.0.1:9/
says 2 "eliloader: unknown option '--dbug'; did you mean '--debug'? (--help lists them)" 'an option' --dbug probe x
says 2 "eliloader: unknown option '--bogus' (--help lists them)" 'an option like none' --bogus probe x
echo 'handof = native' >one.conf
says 2 "eliloader: one.conf, line 1: there is no setting 'handof'; did you mean 'handoff'?" 'a setting' \
    --config=one.conf vm list

# A path is a disk, whether it is there or not, and so is what is there.
for disk in ./prob prob.img /no/prob; do
    run "$ELILOADER" "$disk"
    like "$status $(head -n1 err)" "^1 .*cannot open the disk $disk: No such file" "$disk is a disk"
done
: >prob
run "$ELILOADER" prob
like "$status $(head -n1 err)" '^[13] .*prob' 'a file of that name is a disk'

# Behind a VM's ID words are an editor's.
for words in 'vm list' 'help' 'version' 'probe /dev/null' 'fetch http://127.0.0.1/'; do
    # shellcheck disable=SC2086 # words
    run "$ELILOADER" -q --vm web1 $words /dev/null
    is "$status $(cat out)" '2 ' "editor's: $words: nothing is done"
    like "$(cat err)" "may not stand in a VM's PV_bootloader_args" "editor's: $words: refused"
done
done_testing

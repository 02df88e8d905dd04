#!/usr/bin/env bash
# Completion in bash, zsh and fish, each a real one: all offer what --help says, and the same.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck source-path=SCRIPTDIR source=../lib.sh
. "$(dirname "$0")/../lib.sh"

export ELILOADER_RECORD_DIR=$WORK/vms
PATH=$BUILD/bin:$PATH

# complete WORD…: what the program offers for the last of the words but files, on one line.
complete() {
    eliloader complete -- "$@" 2>&1 | sed '/^\t/d; s/\t.*//' | tr '\n' ' ' | sed 's/ $//'
}
mapfile -t commands < <(eliloader --help | sed -n 's/^ .*eliloader \([a-z]*\) .*/\1/p')
is "$(eliloader complete -- eliloader '' | grep -v '^\(help\|version\)$' | sort)" \
    "$(printf '%s\n' "${commands[@]}" $'\tfiles' | sort)" 'the commands'
for command in "${commands[@]}"; do
    # The usage is what completion is made of: each word in capitals is one that it knows.
    for word in $(eliloader "$command" --help | sed -n '/^Usage:/,/^[^U ]/p' | sed '$d; s/--[^ ]*//g' |
        tr -c 'A-Z.=\n-' ' ' | tr ' ' '\n' | grep -E '^[A-Z]{2}[A-Z.=]*$' | sort -u); do
        case $word in OPTION | KEY=VALUE | ID | VM) continue ;; esac
        grep -q "{\"$word\", " "$TOP/loader/complete/values.c"
        ok $? "eliloader $command: what may be a $word is known"
    done
done
# So is what --help calls a value.
for word in $({ eliloader --help && for command in "${commands[@]}"; do eliloader "$command" --help; done; } |
    sed -nE 's/^  (-.,|   ) --[^ =]+=([A-Z]+).*/\2/p' | sort -u); do
    [ "$word" = ID ] || grep -q "{\"$word\", " "$TOP/loader/complete/values.c"
    ok $? "what may be a $word is known"
done

# --- what the program says --------------------------------------------------------------------
eliloader -q vm create web1 && eliloader -q vm create web2 && eliloader -q vm create db
is "$(complete eliloader vm '')" "$(sed -n 's/^\.It Cm vm //p' "$TOP/man/eliloader.8" | awk '!seen[$1]++ { printf "%s%s", s, $1; s = " " }')" \
    'the commands of vm'
is "$(complete eliloader --debug --config /dev/null fe)" 'fetch' 'a command behind options'
is "$(complete eliloader vm --json show '')" 'db web1 web2' 'VM IDs behind an option'
is "$(complete eliloader --vm=d)" '--vm=db' 'the ID of --vm=ID'
is "$(complete eliloader --vm d)" 'db' 'the ID of --vm ID'
is "$(complete eliloader vm "--record-dir=$WORK/none" show '')" '' 'IDs of the directory that is named'
is "$(ELILOADER_RECORD_DIR='' complete eliloader vm --record-dir "$WORK/vms" show w)" 'web1 web2' 'the same, of this one'
is "$(complete eliloader vm create '')" '' 'a new VM has no ID that is there'
is "$(complete eliloader vm create new w)" '' 'nor has a second one'
is "$(complete eliloader vm create new install-di)" 'install-distro=' 'but keys'
is "$(complete eliloader vm set db install-di)" 'install-distro=' 'a key'
is "$(complete eliloader vm set db PV-args=x install-distro=s)" 'install-distro=sleslike' 'its value'
is "$(complete eliloader vm set db other-config:install-distro=s)" 'other-config:install-distro=sleslike' 'by its long name'
is "$(complete eliloader vm create new platform:pv-k)" 'platform:pv-kernel-max-size=' 'a key of platform'
is "$(complete eliloader vm set db other-config:boot-h)" 'other-config:boot-handoff=' 'who boots the VM'
families=$(eliloader fetch --distro=none http://h/ 2>&1 | sed 's/.* none of //; s/ and auto.*//; s/,//g')
is "$(complete eliloader fetch --distro '')" "$families auto" 'the families, as the program names them'
is "$(complete eliloader fetch --arch=a)" '--arch=amd64 --arch=aarch64 --arch=arm64' 'architectures'
is "$(complete eliloader --guest-type '')" 'pv pv32 pvh' 'what a guest starts as'
is "$(complete eliloader media add x --type '')" 'cpio ext2 cpio+append' 'what an overlay is'
is "$(complete eliloader help me)" 'media' 'help of a command'
is "$(complete eliloader -- --de)" '' 'no option behind --'
is "$(complete domUloader --entry=x --o)" '--output= --output-format= --output-directory=' 'domUloader'
is "$(complete /usr/bin/xenpvnetboot --lo)" '--location= --logging' 'xenpvnetboot'
is "$(eliloader complete -- eliloader fetch --cacert=x)" $'\tfiles' 'files are for the shell'
is "$(eliloader complete -- eliloader fetch --output-directory '')" $'\tdirectories' 'so are directories'
run eliloader complete --
is "$status" 2 'nothing to complete is a disk that is not there'
# Every key that it offers can be set (and what may stand in each is another matter).
for key in $(complete eliloader vm set db ''); do
    case $key in
    *:) run eliloader vm set db "${key}x=1" ;;
    *[!=]) continue ;; # another VM
    *) run eliloader vm set db "$key" ;;
    esac
    is "$status$(cat err)" 0 "the key $key is one"
done
# Every value that it offers for one, too.
for key in install-distro install-arch install-vnc install-round other-config:boot-handoff other-config:boot-well-known; do
    # shellcheck disable=SC2046 # words
    run eliloader vm set -q db $(complete eliloader vm set db "$key=")
    is "$status$(cat err)" 0 "the values of $key"
done

# --- what the shells show ----------------------------------------------------------------------
needs bash zsh fish python3
mkdir tty tty/folder && cd tty && : >disk.img && : >'the disk.img'
lines=()
for command in '' "${commands[@]}"; do
    lines+=("eliloader ${command:+$command }--")
done
more=('eliloader ' 'eliloader vm ' 'eliloader vm show w' 'eliloader --vm=d' 'eliloader vm set db install-distro='
    'eliloader vm set db other-config:boot-handoff=n' 'eliloader --vm=db dis' 'eliloader probe the\ d'
    'eliloader --config=dis' 'eliloader --output-directory ' 'xenpvnetboot --loc' "$BUILD/bin/eliloader --debug id")
show() {
    echo "$1" | sed 's/^eliloader //' | {
        read -r line
        # shellcheck disable=SC2086 # no word, or one
        "$ELILOADER" ${line%--} --help | sed -nE 's/^  (-.,|   ) --([^ =]+=?).*/--\2/p' | sort
    }
}
# What bash shows is behind the last '=' or ':', zsh may quote, and a folder may end in '/'.
plain() { sed -E '/^== /!{ s/\\//g; s/^.*[=:](.)/\1/; s,/$,,; }' | uniq; }
for shell in bash zsh fish; do
    file=$TOP/completions/eliloader.$shell
    [ "$shell" != zsh ] || file=$TOP/completions
    # fish and zsh would look for other settings of this user.
    HOME=$WORK XDG_CONFIG_HOME=$WORK "$TESTS/programs/tab.py" "$shell" "$file" "${lines[@]}" "${more[@]}" >"../$shell" 2>&1
    for line in "${lines[@]}"; do
        is "$(awk -v line="== $line" '/^== / { on = $0 == line; next } on' "../$shell" | sort)" "$(show "$line")" \
            "$shell: the options of '$line'"
    done
    awk -v line="== ${more[0]}" '$0 == line { on = 1 } on' "../$shell" | plain | sed "s|$BUILD/bin/||" >"../$shell.more"
done
# shellcheck disable=SC2046 # words
is "$(cat ../bash.more)" "$({
    echo '== eliloader '
    { eliloader complete -- eliloader '' | grep -v files && ls; } | sort
    echo '== eliloader vm '
    complete eliloader vm '' | tr ' ' '\n' | sort
    printf '%s\n' '== eliloader vm show w' web1 web2 '== eliloader --vm=d' db \
        '== eliloader vm set db install-distro=' $(echo "$families auto" | tr ' ' '\n' | sort) \
        '== eliloader vm set db other-config:boot-handoff=n' native '== eliloader --vm=db dis' disk.img \
        '== eliloader probe the\ d' 'the disk.img' '== eliloader --config=dis' disk.img \
        '== eliloader --output-directory ' folder '== xenpvnetboot --loc' '--location=' \
        '== eliloader --debug id' identify
})" 'bash: words, IDs, values, files'
is "$(cat ../zsh.more)" "$(cat ../bash.more)" 'zsh shows the same'
is "$(cat ../fish.more)" "$(cat ../bash.more)" 'fish shows the same'
done_testing

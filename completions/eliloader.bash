# bash completion for eliloader, and for the programs in whose place it stands. What may follow, the
# program itself says; bash knows files. Works with and without the package bash-completion.
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=bash

# The words up to the cursor, into words, the last of them into cur. Bash has parted them at each '='
# and ':' too; what stood together in the line is one word again, without its quotes.
_eliloader_split() {
    local line=${COMP_LINE:0:COMP_POINT} part i joined=''
    words=()
    for ((i = 0; i <= COMP_CWORD; i++)); do
        part=${COMP_WORDS[i]}
        [ -n "$joined" ] && [[ $line != [[:blank:]]* ]] || words+=('')
        while [[ $line == [[:blank:]]* ]]; do line=${line#?}; done
        [ "$i" -lt "$COMP_CWORD" ] || part=$line
        line=${line#"$part"}
        part=${part//[\"\'\\]/}
        words[${#words[@]} - 1]+=$part
        joined=1
    done
    cur=${words[${#words[@]} - 1]}
}

_eliloader() {
    local words cur program word typed behind
    _eliloader_split
    COMPREPLY=()
    program=${words[0]}
    [ "${program##*/}" = eliloader ] || program=eliloader
    # Bash replaces only what is behind the last '=' or ':' of the word.
    behind=${cur%"${cur##*[=:]}"}
    typed=$cur
    [[ $cur != --*=* ]] || typed=${cur#*=}
    while IFS= read -r word; do
        case $word in
        $'\tfiles')
            compopt -o filenames 2>/dev/null
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$typed")
            ;;
        $'\tdirectories')
            compopt -o filenames 2>/dev/null
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -d -- "$typed")
            ;;
        *)
            word=${word%%$'\t'*}
            [[ $word != *[=:] ]] || compopt -o nospace 2>/dev/null
            COMPREPLY+=("${word#"$behind"}")
            ;;
        esac
    done < <("$program" complete -- "${words[@]}" 2>/dev/null </dev/null)
}
complete -F _eliloader eliloader domUloader domUloader.py xenpvnetboot

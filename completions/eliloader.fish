# fish completion for eliloader, and for the programs in whose place it stands. What may follow, the
# program itself says; fish knows files.
# SPDX-License-Identifier: GPL-3.0-or-later

function __eliloader_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct | string unescape)
    set -l program $words[1]
    if test (string replace -r '.*/' '' -- $program) != eliloader
        set program eliloader
    end
    set -l before (string match -r -- '^--[^=]*=' $typed)
    for line in ($program complete -- $words "$typed" 2>/dev/null </dev/null)
        switch $line
            case \tfiles
                printf '%s\n' "$before"(__fish_complete_path (string replace -- "$before" '' $typed))
            case \tdirectories
                printf '%s\n' "$before"(__fish_complete_directories (string replace -- "$before" '' $typed))
            case '*'
                printf '%s\n' $line
        end
    end
end

for name in eliloader domUloader domUloader.py xenpvnetboot
    complete -c $name -e
    complete -c $name -f -a '(__eliloader_complete)'
end

#!/usr/bin/env python3
"""What a shell offers when the key for its completions is pressed, on a terminal as a person has it.
bash shows it; zsh, which moves about the screen for that, says what it would.

    tab.py bash|zsh|fish COMPLETION-FILE LINE…

prints, for each LINE, "== LINE" and what is offered behind it, a word a line, sorted, as the shell shows
it. fish has a command for that and is asked by it.
SPDX-License-Identifier: GPL-3.0-or-later"""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time

KEY = "\x14"  # control-T: lists what may follow
PROMPT = "@@@"  # here it is written otherwise
CLEAR = "\x15"  # control-U: forgets the line

START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], """PS1='@'@@
bind 'set completion-display-width 0' 'set page-completions off' 'set completion-query-items 0' 'set bell-style none' 'set enable-bracketed-paste off' 'set mark-directories on'
bind '"\\C-t": possible-completions'
. '%s'
"""),
    "zsh": (["zsh", "-f", "-i"], """PS1='@'@@ PROMPT_SP= PROMPT_EOL_MARK= 
unset zle_bracketed_paste
fpath=('%s' $fpath)
autoload -Uz compinit && compinit -D -u
compadd() {
    local -a found
    builtin compadd -O found "$@"
    (( $#found )) && print -rl -- "" "found:"$^found
    builtin compadd "$@"
}
list() { _main_complete; print -l "" lis""ted; }
zle -C list list-choices list
bindkey '^T' list
bindkey '^U' kill-whole-line
"""),
}


class Terminal:
    def __init__(self, argv):
        self.child, self.fd = pty.fork()
        if self.child == 0:
            os.environ.update(TERM="xterm", LC_ALL="C.UTF-8", HISTFILE="/dev/null")
            os.execvp(argv[0], argv)
        self.rest = ""
        # Wide, so that nothing is wrapped, and high, so that nothing is paged.
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 1000, 400, 0, 0))

    def send(self, text):
        os.write(self.fd, text.encode())

    def until(self, end):
        """What is printed up to END; what follows it is kept."""
        deadline = time.monotonic() + 60
        while end not in self.rest:
            if not select.select([self.fd], [], [], max(0, deadline - time.monotonic()))[0]:
                sys.exit("the shell is silent: " + repr(self.rest))
            self.rest += os.read(self.fd, 65536).decode(errors="replace")
        text, self.rest = self.rest.split(end, 1)
        return text


def on_terminal(shell, completion, lines):
    argv, setup = START[shell]
    terminal = Terminal(argv)
    terminal.send(setup % completion + "echo rea''dy\n")
    terminal.until("ready\r\n")
    terminal.until(PROMPT)
    for number, line in enumerate(lines):
        terminal.send(line + KEY)
        # zsh forgets what it looks for when more is typed meanwhile.
        text = terminal.until("listed\r\n") if shell == "zsh" else ""
        terminal.send(CLEAR + "echo end''%d\n" % number)
        text += terminal.until("end%d\r\n" % number)
        # Not before: what is typed while the terminal is not the shell's own, it would take for its own keys.
        terminal.until(PROMPT)
        # What moves the cursor and clears parts of the screen.
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|[\0\x07\x08]", "", text)
        rows = [row.strip() for row in re.split(r"[\r\n]+", text)]
        if shell == "zsh":
            words = {row[len("found:"):] for row in rows if row.startswith("found:")}
        else:
            words = {row for row in rows if line.strip() not in row and "end''" not in row} - {"end%d" % number, "", PROMPT}
        yield sorted(words)
    terminal.send("exit\n")
    os.waitpid(terminal.child, 0)


def main():
    shell, completion, lines = sys.argv[1], sys.argv[2], sys.argv[3:]
    if shell == "fish":
        script = "source $argv[1]; for l in $argv[2..]; echo \"== $l\"; complete -C $l | string replace -r '\\t.*' '' | sort; end"
        sys.exit(subprocess.run(["fish", "--no-config", "-c", script, completion] + lines).returncode)
    for line, words in zip(lines, on_terminal(shell, completion, lines)):
        print("== " + line, *words, sep="\n")


main()

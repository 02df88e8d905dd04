#!/usr/bin/env python3
# Runs a command on a terminal of its own, and types there.
#
#   terminal.py KIND STEP… -- COMMAND…
#
# KIND is raw (as libxl makes it: of no size) or cooked. MENU_TERM is its TERM ("dumb"; "" is none), and
# MENU_SIZE its ROWSxCOLUMNS, where these are set. The steps, each within a minute:
#   see:REGEX     waits until it has been written, behind what was seen before
#   show:REGEX    waits until the screen that a terminal shows of all that (pyte's) matches it
#   dump          prints that screen: rows without what is blank at their ends, "|" where the cursor is,
#                 and rows in reverse video between "<" and ">"
#   type:TEXT     with Python's escapes
#   bytes         prints how many bytes were written since the last such step
#   size:ROWSxCOLUMNS   another size
#   signal:NAME, kill:NAME   to the command; SIGKILL to its child of that name
#   stop          SIGTERM when nothing more can be written, for nobody reads
#   close         hangs up, prints the exit status, and ends
# Then prints the exit status, whether the terminal's modes are what they were, and all that was written.
# SPDX-License-Identifier: GPL-3.0-or-later
import fcntl, os, pty, re, select, signal, struct, subprocess, sys, termios, time, tty

kind, rest = sys.argv[1], sys.argv[2:]
steps, command = rest[:rest.index('--')], rest[rest.index('--') + 1:]
term, size = os.environ.get('MENU_TERM', 'dumb'), os.environ.get('MENU_SIZE')
master, slave = pty.openpty()
if kind == 'raw':
    tty.setraw(slave)
def set_size(text):
    rows, columns = map(int, text.split('x'))
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
    return rows, columns
rows, columns = set_size(size) if size else (24, 80)
screen = stream = None
if any(s == 'dump' or s.startswith('show:') for s in steps):
    import pyte
    screen = pyte.Screen(columns, rows)
    stream = pyte.ByteStream(screen)
before = termios.tcgetattr(slave)
def own_terminal():
    os.setsid()
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
environment = {k: v for k, v in os.environ.items() if k != 'TERM'}
if term:
    environment['TERM'] = term
child = subprocess.Popen(command, stdin=slave, stdout=slave, preexec_fn=own_terminal,
                         stderr=subprocess.DEVNULL if 'stop' in steps else slave, env=environment)
shown, seen, counted, deadline = b'', 0, 0, time.monotonic() + 60

def read(seconds):
    global shown
    if not select.select([master], [], [], seconds)[0]:
        return False
    part = os.read(master, 65536)
    shown += part
    if stream:
        stream.feed(part)
    return True
# What SHOWN has of it, without and with marks.
def display(marks=False):
    lines = []
    for y in range(screen.lines):
        # pyte keeps an empty cell behind one of two columns.
        cells = [screen.buffer[y][x] for x in range(screen.columns)]
        text = ''.join(c.data for c in cells)
        if marks and y == screen.cursor.y:
            before_it = ''.join(c.data for c in cells[:screen.cursor.x])
            text = before_it + '|' + text[len(before_it):]
        text = text.rstrip()
        if marks and any(c.reverse for c in cells):
            text = '<' + text + '>'
        lines.append(text)
    return '\n'.join(lines)
def wait(found, what):
    while not (result := found()):
        if child.poll() is not None and not read(0):
            sys.exit('ended (%s) without %s: %r' % (child.poll(), what, shown))
        if time.monotonic() > deadline:
            sys.exit('never %s: %r%s' % (what, shown, '\n' + display() if screen else ''))
        read(0.1)
    return result

for word in steps:
    step, _, text = word.partition(':')
    if step == 'see':
        seen += wait(lambda: re.search(text.encode(), shown[seen:], re.S), word).end()
    elif step == 'show':
        wait(lambda: re.search(text, display(), re.M), word)
    elif step == 'dump':
        print(display(True).rstrip('\n'))
    elif step == 'bytes':
        print(len(shown) - counted)
        counted = len(shown)
    elif step == 'type':
        os.write(master, text.encode('latin-1', 'backslashreplace').decode('unicode_escape').encode('utf-8', 'surrogateescape'))
    elif step == 'size':
        screen.resize(*set_size(text))
    elif step == 'signal':
        child.send_signal(getattr(signal, text))
    elif step == 'kill':
        subprocess.run(['pkill', '-KILL', '-P', str(child.pid), '-x', text], check=True)
    elif step == 'stop':
        select.select([master], [], [], 60)
        child.send_signal(signal.SIGTERM)
        child.wait(60)
    elif step == 'close':
        os.close(slave)
        os.close(master)
        print(child.wait(60))
        sys.exit()
while child.poll() is None and time.monotonic() < deadline:
    read(0.05)
while read(0):
    pass
if child.poll() is None:
    child.kill()
print(child.wait(), 'same' if termios.tcgetattr(slave) == before else 'changed')
sys.stdout.flush()
sys.stdout.buffer.write(shown)

#!/usr/bin/env python3
"""Command lines as xenopsd makes them of what a VM's editor wrote, each run under strace.

  words.py ELILOADER TABLE WORK COUNT SEED

TABLE is loader/settings/options_table.c, whose options are put together with abbreviations, repetitions,
empty words and values that look like disks, programs and files of dom0, in both forms of xapi. Whatever the
words are, no file is opened but the VM's own disk (WORK/own.img), our own directories and what programs of
this system read at their start, and no program is run but our helpers and WORK/pygrub. Words that an editor
may not say end with status 2 before any helper starts. A line on stdout for each that is not so; status 1.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import random
import re
import subprocess
import sys

ELILOADER, TABLE, WORK = (os.path.realpath(path) for path in sys.argv[1:4])
COUNT, SEED = int(sys.argv[4]), int(sys.argv[5])
BUILD = os.path.dirname(os.path.dirname(ELILOADER))
OWN, TRACE = f'{WORK}/own.img', f'{WORK}/trace'

# What an editor may say; every other option of the table is refused.
EDITORS = {'args', 'location', 'kernel', 'ramdisk', 'offset', 'entry', 'handoff', 'kernel-max-size',
           'ramdisk-max-size', 'guest-type'}
# Those that take no value.
EDITORS_FLAGS = {'well-known'}
# A run that ends by itself does so within seconds.
SECONDS = 60


def read_table():
    """The names, other spellings and letters of all options: (words with a value, flags)."""
    with open(TABLE, encoding='utf-8') as file:
        found = re.findall(r'\{"([a-z_-]+)",\s*(?:NULL|"([a-z_-]+)"),\s*(?:0|\'(.)\'),\s*KIND_([A-Z]+)', file.read())
    options = [(word, kind == 'FLAG') for name, alias, _, kind in found for word in (name, alias) if word]
    return options, [f'-{letter}' for _, _, letter, _ in found if letter]


OPTIONS, LETTERS = read_table()
VALUES = [f'{WORK}/victim.img', f'{WORK}/dom0/secret', f'{WORK}/dom0', f'{WORK}/evil', '/etc/shadow', '/dev/sda',
          'file:///etc/shadow', f'file:{WORK}/dom0/secret', f'FILE://{WORK}/dom0', 'http://127.0.0.1:1/x',
          'nfs:127.0.0.1:/x', 'tftp://127.0.0.1/x', '', '-', '--', '--args', '--vm', '-q', 'x', '../../etc/shadow',
          '/boot/vmlinuz', '/boot/grub/menu.lst', '0', '1', '512', '1K', '64M', '1T', 'auto', 'native', 'pygrub',
          'simple0', 'yes', OWN, './own.img', 'own.img', '/boot/../../etc/shadow', f'{WORK}/own.img/../victim.img']
# Of options that editors have, those that lead furthest.
PLAUSIBLE = {
    'args': ['a', '', '--vm=y', f'{WORK}/victim.img'],
    'location': ['http://127.0.0.1:1/x', f'{WORK}/dom0', f'file://{WORK}/dom0', f'{WORK}/victim.img', '/etc', '.'],
    'kernel': ['/boot/vmlinuz', f'{WORK}/dom0/vmlinuz', f'file://{WORK}/dom0/vmlinuz', 'http://127.0.0.1:1/k'],
    'ramdisk': ['/etc/shadow', f'{WORK}/dom0/secret', f'file:{WORK}/dom0/secret', '/boot/vmlinuz'],
    'offset': ['0', '1', '512', '-1', '9223372036854775807', '99999999999999999999'],
    'entry': ['0', '1', 'own', '99', '/etc/shadow'],
    'handoff': ['auto', 'native', 'pygrub'],
    'kernel-max-size': ['1K', '64M', '64K', '1T'],
    'ramdisk-max-size': ['1K', '512M', '1T', '0'],
}


def misspelt(rng, name):
    """An abbreviation of NAME, or something else that is close to it."""
    return rng.choice([name[:rng.randint(1, len(name))], name + rng.choice('x-='), name.upper(), f'-{name}',
                       name.replace('-', '_'), f' {name}', name + '\t'])


def words_of_option(rng, name, flag):
    spelling = name if rng.random() < 0.8 else misspelt(rng, name)
    dashes = '--' if rng.random() < 0.95 else '-'
    value = rng.choice(VALUES)
    how = rng.random()
    if flag and how < 0.7 or how > 0.85:
        return [dashes + spelling]
    return [f'{dashes}{spelling}={value}'] if how < 0.5 else [dashes + spelling, value]


def hostile(rng):
    """Anything that stands in a VM's PV_bootloader_args."""
    words = []
    for _ in range(rng.randint(0, 5)):
        kind = rng.random()
        if kind < 0.65:
            words += words_of_option(rng, *rng.choice(OPTIONS))
        elif kind < 0.75:
            words.append(rng.choice(LETTERS + ['-', '--', '']))
        elif kind < 0.85 and words:
            words.append(rng.choice(words))
        else:
            words.append(rng.choice(VALUES))
    if rng.random() < 0.3:
        words.append('--' + rng.choice(OPTIONS)[0])
    return words


def plausible(rng):
    """Only options that an editor has, whole."""
    words = []
    for name in rng.sample(sorted(PLAUSIBLE), rng.randint(0, 4)):
        value = rng.choice(PLAUSIBLE[name])
        words += [f'--{name}={value}'] if rng.random() < 0.6 else [f'--{name}', value]
    return words


def may_say(words):
    """Whether an editor may say WORDS, by the rule and not by the program."""
    rest = iter(words)
    for word in rest:
        if not word:
            continue
        name, equals, _ = word.partition('=')
        if name.startswith('--') and name[2:] in EDITORS_FLAGS and not equals:
            continue
        if not name.startswith('--') or name[2:] not in EDITORS:
            return False
        if not equals and next(rest, None) is None:
            return False
    return True


# --- what a run did ------------------------------------------------------------------------------

# What the dynamic linker, libc, the resolver and TLS read, of any program here, and what we read ourselves.
SYSTEM = ('/lib/', '/lib64/', '/usr/lib/', '/usr/lib64/', '/usr/share/', '/etc/ssl/', '/usr/local/lib/',
          '/proc/self/', '/proc/thread-self/', '/sys/', '/run/systemd/resolve/')
SYSTEM_FILES = {'/etc/ld.so.cache', '/etc/ld.so.preload', '/dev/null', '/dev/urandom', '/dev/tty', '/etc/nsswitch.conf',
                '/etc/host.conf', '/etc/resolv.conf', '/etc/hosts', '/etc/gai.conf', '/etc/passwd', '/etc/localtime',
                '/proc/filesystems', '/proc/version', '/proc/devices', '/proc/partitions', '/etc/services',
                '/etc/blkid.conf', '/etc/sysconfig/64bit_strstr_via_64bit_strstr_sse2_unaligned', '/dev/fd'}
OURS = (f'{BUILD}/', f'{WORK}/vms/', f'{WORK}/boot/', '/opt/xensource/packages/files/guest-installer')
OURS_FILES = {OWN, '/', BUILD, f'{WORK}/vms', f'{WORK}/boot', f'{WORK}/conf', f'{WORK}/pygrub', WORK}
FLAGS_DIRECTORY = re.compile(r'O_(PATH|DIRECTORY)')
HELPERS = f'{BUILD}/libexec/eliloader/'
CALL = re.compile(r'^\d+ +(open|openat|openat2|creat|execve|execveat)\((.*)$')
STRING = re.compile(r'"((?:[^"\\]|\\.)*)"(\.\.\.)?')


def allowed_file(path):
    return path in OURS_FILES or path in SYSTEM_FILES or path.startswith(SYSTEM) or path.startswith(OURS)


def path_of(arguments):
    """The path that a call names, made absolute by what strace -y says of its directory."""
    name = STRING.search(arguments)
    if not name:
        return None
    text = name.group(1).encode().decode('unicode_escape').encode('latin-1').decode('utf-8', 'replace')
    base = re.match(r'(?:AT_FDCWD|\d+)<([^>]*)>, ', arguments)
    if not text:
        return os.path.normpath(base.group(1)) if base else ''
    return os.path.normpath(os.path.join(base.group(1) if base else WORK, text))


def complaints(refused):
    """What the trace of one run shows that must not be."""
    programs = 0
    with open(TRACE, encoding='utf-8', errors='replace') as trace:
        for line in trace:
            call = CALL.match(line)
            if not call:
                continue
            path = path_of(call.group(2))
            # Descriptors that were handed over have no name here.
            if path is None:
                continue
            if call.group(1).startswith('exec'):
                programs += 1
                if path not in (ELILOADER, f'{WORK}/pygrub') and not path.startswith(HELPERS):
                    yield f'runs {path}'
            elif not allowed_file(path) and not FLAGS_DIRECTORY.search(line):
                yield f'opens {path}'
            elif FLAGS_DIRECTORY.search(line) and path.startswith((f'{WORK}/dom0', f'{WORK}/victim')):
                yield f'opens {path}'
    if refused and programs > 1:
        yield 'runs a program before it refuses'


def run(line):
    strace = ['strace', '-f', '-y', '-qq', '-s', '4096', '-e', 'signal=none', '-o', TRACE, '-e',
              'trace=open,openat,openat2,creat,execve,execveat']
    return subprocess.run(strace + [ELILOADER] + line, cwd=WORK, stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=SECONDS, check=False)


FORMS = [['-q', '--vm', 'guest'], ['-q', '--default_args=', '--extra_args=', '--vm=guest'],
         ['', '--default_args=a b', '--extra_args=--vm', '--vm=guest'], ['-q', '--args=', '--vm', 'guest']]


def check(rng):
    words = plausible(rng) if rng.random() < 0.25 else hostile(rng)
    line = rng.choice(FORMS) + words + [OWN]
    refused = not may_say(words)
    ended = run(line)
    found = set(complaints(refused))
    if ended.returncode not in ((2,) if refused else (0, 1, 2, 3)):
        found.add(f'ends with status {ended.returncode}')
    if ended.returncode != 0 and ended.stdout:
        found.add('answers, and fails')
    if refused and (ended.stderr.count(b'\n') != 1 or b'VICTIM' in ended.stderr):
        found.add(f'does not say in one line why: {ended.stderr.decode(errors="replace")}')
    for delivered in os.listdir(f'{WORK}/boot'):
        with open(f'{WORK}/boot/{delivered}', 'rb') as file:
            if b'SECRET' in file.read():
                found.add(f'delivers a secret as {delivered}')
        os.unlink(f'{WORK}/boot/{delivered}')
    for what in sorted(found):
        print(f'{line!r}: {what}')
    return refused, bool(found)


def main():
    results = [check(random.Random(f'{SEED} {i}')) for i in range(COUNT)]
    print(f'{COUNT} command lines, {sum(refused for refused, _ in results)} refused by the rule', file=sys.stderr)
    return any(bad for _, bad in results)


sys.exit(main())

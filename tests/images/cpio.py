#!/usr/bin/env python3
"""cpio archives of any shape, also those that cpio(1) would not make; and what a folder holds.

    cpio.py newc|crc|odc <LINES >ARCHIVE
    cpio.py snapshot FOLDER

A line: NAME TYPE MODE INO NLINK [DATA], TYPE one of f d l c b p, DATA a file's content, a link's
target or MAJOR:MINOR; \\xNN in NAME and DATA is that byte. Owners and times follow from INO.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import codecs
import hashlib
import os
import stat
import sys

KINDS = {"f": 0o100000, "d": 0o040000, "l": 0o120000, "c": 0o020000, "b": 0o060000, "p": 0o010000}


def text(word):
    return codecs.escape_decode(word.encode())[0]


def entry(form, name, mode, ino, nlink, data=b"", rdev=(0, 0), number=0):
    name += b"\0"
    fields = (ino, mode, number % 7, number % 5, nlink, 1000000000 + number)
    if form == "odc":
        head = "070707%06o%06o%06o%06o%06o%06o%06o%011o%06o%011o" % (
            0x801, ino, *fields[1:5], rdev[0] << 8 | rdev[1], fields[5], len(name), len(data))
        return head.encode() + name + data
    crc = form == "crc"
    head = "07070%d" % (2 if crc else 1) + "%08X" * 13 % (
        *fields, len(data), 8, 1, *rdev, len(name), sum(data) & 0xFFFFFFFF if crc else 0)
    out = head.encode() + name
    out += bytes(-len(out) % 4) + data
    return out + bytes(-len(out) % 4)


def archive(form):
    out = b""
    for line in sys.stdin:
        name, kind, mode, ino, nlink, *data = line.split()
        data, rdev, ino = text(data[0]) if data else b"", (0, 0), int(ino)
        if kind in "cb":
            rdev, data = tuple(int(n) for n in data.split(b":")), b""
        out += entry(form, text(name), KINDS[kind] | int(mode, 8), ino, int(nlink), data, rdev, ino)
    sys.stdout.buffer.write(out + entry(form, b"TRAILER!!!", 0, 0, 1))


def snapshot(folder):
    os.chdir(folder)
    paths = sorted(os.path.join(top, name)[2:] for top, dirs, files in os.walk(".")
                   for name in dirs + files)
    first = {}
    for path in paths:
        s = os.lstat(path)
        words = [repr(path), oct(s.st_mode), s.st_uid, s.st_gid]
        if not stat.S_ISDIR(s.st_mode):
            words += ["links", s.st_nlink, first.setdefault(s.st_ino, repr(path))]
        if stat.S_ISLNK(s.st_mode):
            words.append(os.readlink(path))
        elif stat.S_ISREG(s.st_mode):
            with open(path, "rb") as file:
                words += [int(s.st_mtime), hashlib.md5(file.read()).hexdigest()]
        elif not stat.S_ISDIR(s.st_mode):
            words += [int(s.st_mtime), os.major(s.st_rdev), os.minor(s.st_rdev)]
        print(*words)


if sys.argv[1] == "snapshot":
    snapshot(sys.argv[2])
else:
    archive(sys.argv[1])

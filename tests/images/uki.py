#!/usr/bin/env python3
"""Makes a unified kernel image, or an addon, of sections.

  uki.py OUTPUT NAME=FILE|NAME:TEXT…     in that order: .profile begins a profile

It has all that a boot program looks at, and no code: what systemd-stub is for the image of a test is
the program that comes with Debian and objcopy.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import struct
import sys

HEAD, FILE, PAGE = 0x80, 512, 4096


def align(number, to):
    return (number + to - 1) // to * to


def content(word):
    for i, c in enumerate(word):
        if c == "=":
            with open(word[i + 1:], "rb") as file:
                return word[:i], file.read()
        if c == ":":
            return word[:i], word[i + 1:].encode()
    raise SystemExit("uki.py: %s is no section" % word)


def image(sections):
    table = HEAD + 24 + 240
    at = align(table + 40 * len(sections), FILE)
    memory, heads, body = PAGE, b"", b""
    for name, data in sections:
        padded = align(len(data), FILE)
        heads += struct.pack("<8sIIIIIIHHI", name.encode(), len(data), memory, padded,
                             at + len(body), 0, 0, 0, 0, 0x40000040)
        body += data + bytes(padded - len(data))
        memory += align(max(len(data), 1), PAGE)
    dos = b"MZ" + bytes(58) + struct.pack("<I", HEAD) + bytes(HEAD - 64)
    coff = b"PE\0\0" + struct.pack("<HHIIIHH", 0x8664, len(sections), 0, 0, 0, 240, 0x22e)
    optional = struct.pack("<HBBIIIIIQII", 0x20b, 2, 40, 0, 0, 0, PAGE, PAGE, 0, PAGE, FILE)
    optional += struct.pack("<HHHHHHIIIIHH", 0, 0, 1, 0, 1, 0, 0, memory, at, 0, 10, 0)
    head = dos + coff + optional + bytes(table - len(dos + coff + optional)) + heads
    return head + bytes(at - len(head)) + body


def main():
    with open(sys.argv[1], "wb") as out:
        out.write(image([content(word) for word in sys.argv[2:]]))


if __name__ == "__main__":
    main()

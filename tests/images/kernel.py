#!/usr/bin/env python3
"""Makes kernels of a few hundred bytes.

  kernel.py elf [32|64] [pv] [pvh] [guest] >FILE   an ELF file: notes of Linux with the entries
                                                   named; guest: the text of old kernels instead
  kernel.py bzimage [VERSION] <PAYLOAD >FILE       a boot sector and setup around it
  kernel.py image <TEXT >FILE                      an Image of arm64 with TEXT in it
  kernel.py zboot <PAYLOAD >FILE                   an EFI program with it, that unpacks itself
  kernel.py uki <BZIMAGE >FILE                     an EFI program with it in .linux
  kernel.py payload <BZIMAGE >FILE                 what is in a bzImage, without the 4 bytes behind

SPDX-License-Identifier: GPL-3.0-or-later
"""
import struct
import sys


def note(kind, value, name=b"Xen\0"):
    pad = lambda b: b + bytes(-len(b) % 4)
    return struct.pack("<III", len(name), len(value), kind) + pad(name) + pad(value)


def elf(words):
    wide = "32" not in words
    notes = note(6, b"linux\0") + note(5, b"xen-3.0\0") + note(8, b"generic\0") + note(9, b"yes\0")
    if "pv" in words:
        notes += note(1, struct.pack("<Q", 0xffffffff81000000))
    if "pvh" in words:
        notes += note(18, struct.pack("<Q", 0x1000000))
    text = b"GUEST_OS=linux,XEN_VER=xen-3.0,PAE=yes,LOADER=generic\0"
    names = b"\0.shstrtab\0__xen_guest\0"
    old = "guest" in words
    ident = b"\177ELF" + bytes([2 if wide else 1, 1, 1]) + bytes(9)
    head, segment, section = (64, 56, 64) if wide else (52, 32, 40)
    body = head + segment
    content = text if old else notes
    names_at = body + len(content)
    sections_at = (names_at + len(names) + 7) & ~7
    header = struct.pack("<HHIQQQIHHHHHH" if wide else "<HHIIIIIHHHHHH", 2, 62 if wide else 3, 1,
                         0x1000000, head, sections_at, 0, head, segment, 1, section, 3, 1)
    kind = 1 if old else 4
    program = struct.pack("<IIQQQQQQ", kind, 4, body, 0, 0, len(content), len(content), 4) if wide \
        else struct.pack("<IIIIIIII", kind, body, 0, 0, len(content), len(content), 4, 4)
    form = "<IIQQQQIIQQ" if wide else "<IIIIIIIIII"
    sections = bytes(section)
    sections += struct.pack(form, 1, 3, 0, 0, names_at, len(names), 0, 0, 1, 0)
    sections += struct.pack(form, 11 if old else 0, 1, 0, 0, body, len(content), 0, 0, 1, 0)
    out = ident + header + program + content + names
    return out + bytes(sections_at - len(out)) + sections


def bzimage(payload, version=0x20f):
    setup = bytearray(3 * 512)
    setup[0x1f1] = 2
    setup[0x1fe:0x200] = b"\x55\xaa"
    setup[0x202:0x206] = b"HdrS"
    struct.pack_into("<H", setup, 0x206, version)
    struct.pack_into("<II", setup, 0x248, 64, len(payload))
    return bytes(setup) + bytes(64) + payload + bytes(512)


def payload(image):
    at, length = struct.unpack_from("<II", image, 0x248)
    at += ((image[0x1f1] or 4) + 1) * 512
    return image[at:at + length - 4]


def image(text):
    out = bytearray(64)
    out[0:2] = b"MZ"
    struct.pack_into("<QQQ", out, 8, 0, 64 + len(text), 10)
    out[56:60] = b"ARM\x64"
    return bytes(out) + text


def zboot(payload):
    head = bytearray(64)
    head[0:8] = b"MZ\0\0zimg"
    struct.pack_into("<II", head, 8, 64, len(payload))
    head[56:60] = b"\xcd\x23\x82\x81"
    return bytes(head) + payload


def uki(image):
    out = bytearray(1024)
    out[0:2] = b"MZ"
    struct.pack_into("<I", out, 0x3c, 0x80)
    out[0x80:0x84] = b"PE\0\0"
    struct.pack_into("<HHIIIHH", out, 0x84, 0x8664, 2, 0, 0, 0, 240, 0x22)
    at = 0x80 + 24 + 240
    for name, start, length in ((b".osrel", 1024, 0), (b".linux", 1024, len(image))):
        struct.pack_into("<8sIIII", out, at, name, length, start, length, start)
        at += 40
    return bytes(out) + image


def main():
    words = sys.argv[2:]
    read = sys.stdin.buffer.read
    make = {"elf": lambda: elf(words), "payload": lambda: payload(read()),
            "bzimage": lambda: bzimage(read(), *(int(w, 0) for w in words[:1])),
            "image": lambda: image(read()), "zboot": lambda: zboot(read()),
            "uki": lambda: uki(read())}
    sys.stdout.buffer.write(make[sys.argv[1]]())


if __name__ == "__main__":
    main()

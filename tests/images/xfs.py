#!/usr/bin/env python3
"""Filesystems of XFS for tests.

    xfs.py proto DIRECTORY     prints the description of DIRECTORY that `mkfs.xfs -p` takes
    xfs.py pieces IMAGE        prints the pieces of IMAGE that fuzz_xfs.c starts from: of 4 KiB,
                               each with its number; no file's content and no free space

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import struct
import sys

PIECE, INODE = 4096, 512
# headers and trees of free blocks and inodes
OTHERS = {b"XAGF", b"XAGI", b"XAFL", b"AB3B", b"AB3C", b"IAB3", b"FIB3", b"R3FC", b"RMB3", b"XDF3",
          b"ABTB", b"ABTC", b"IABT", b"FIBT", b"XD2F"}
DIRECTORIES = {b"XDB3", b"XDD3", b"XD2B", b"XD2D", b"BMA3", b"BMAP", b"XSLM"}
INDEXES = {0x3df1, 0x3dff, 0x3ebe, 0xd2f1, 0xd2ff, 0xfebe}


def describe(directory):
    for name in sorted(os.listdir(directory)):
        path = os.path.join(directory, name)
        if os.path.islink(path):
            print(f"{name} l--777 0 0 {os.readlink(path)}")
        elif os.path.isdir(path):
            print(f"{name} d--755 0 0")
            describe(path)
            print("$")
        else:
            print(f"{name} ---644 0 0 {path}")


def of_interest(piece, number, inodes):
    magic = piece[:4]
    if number == 0 or magic in DIRECTORIES or magic == b"\xfe\xed\xba\xbe":
        return True
    if magic in OTHERS:
        return False
    if piece[:2] == b"IN":
        modes = [struct.unpack_from(">H", piece, i + 2)[0] >> 12 for i in range(0, PIECE, INODE)]
        inodes.append(number)
        # directories and links, and the files of the first few
        return any(mode in (4, 10) for mode in modes) or len(inodes) < 6 and any(modes)
    return struct.unpack_from(">H", piece, 8)[0] in INDEXES


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def put_headers(disk):
    """Gives long links of version 5 the header that mkfs.xfs leaves out."""
    if disk[101] & 15 != 5:
        return
    for at in range(0, len(disk), INODE):
        if disk[at:at + 2] != b"IN" or disk[at + 2] >> 4 != 10 or disk[at + 5] != 2:
            continue
        high, low = struct.unpack_from(">QQ", disk, at + 176)
        start = (high & 0x1ff) << 43 | low >> 21
        group, inside = start >> disk[124], start & (1 << disk[124]) - 1
        place = (group * struct.unpack_from(">I", disk, 84)[0] + inside) * PIECE
        size, = struct.unpack_from(">Q", disk, at + 56)
        header = struct.pack(">4sIII16s8sQQ", b"XSLM", 0, size, 0, bytes(disk[32:48]),
                             bytes(disk[at + 152:at + 160]), place // 512, 0)
        block = bytearray(header + disk[place:place + PIECE - len(header)])
        block[12:16] = struct.pack("<I", crc32c(block))
        disk[place:place + PIECE] = block


def pieces(image):
    inodes = []
    with open(image, "rb") as file:
        disk = bytearray(file.read())
    put_headers(disk)
    for number in range(len(disk) // PIECE):
        piece = bytes(disk[number * PIECE:(number + 1) * PIECE])
        if of_interest(piece, number, inodes):
            sys.stdout.buffer.write(struct.pack(">I", number) + piece)


if sys.argv[1] == "proto":
    print("/\n0 0\nd--755 0 0")
    describe(sys.argv[2])
    print("$")
else:
    pieces(sys.argv[2])

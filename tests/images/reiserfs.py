#!/usr/bin/env python3
"""Filesystems of ReiserFS with something in them; Linux and reiserfsprogs have no other way to fill
one than mounting it.

    reiserfs.py fill IMAGE DIRECTORY [OPTION…]   DIRECTORY into IMAGE, which mkreiserfs made
        old          keys and what is known of files as in format 3.5
        notail       every file in blocks of its own
        scatter      only every third block is used
        loose        leaves are filled to a third
    reiserfs.py log BEFORE AFTER IMAGE [OPTION…] IMAGE becomes BEFORE with AFTER's blocks in its log
        parts=N      as N transactions, in each but the last some blocks that the next one has, too
        per=N        as transactions of N blocks
        at=N         the first at place N of the log, which goes on at its begin
        first        no transaction was ever flushed
        torn         a further transaction that is not complete, of nonsense
        stale        a further one of an earlier mount
    reiserfs.py blocks IMAGE                     prints what fuzz_reiserfs.c takes: its blocks of
                                                 1 KiB that are not empty

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import stat
import struct
import sys

STAT, INDIRECT, DIRECT, DIRECTORY = range(4)
HEAD, ITEM = 24, 24
OLD_TYPES = {STAT: 0, INDIRECT: 0xfffffffe, DIRECT: 0xffffffff, DIRECTORY: 500}
SECTOR = 512


def u32(value):
    return value & 0xffffffff


def signed(byte):
    return byte - 256 if byte > 127 else byte


def hash_r5(name):
    a = 0
    for byte in name:
        c = signed(byte)
        a = u32((a + (c << 4) + (c >> 4)) * 11)
    return a


def hash_yura(name):
    a = 0
    for i in range(256):
        c = signed(name[i]) - 48 if i < len(name) else 0 if i < 40 else i
        a = u32(a + c * 10 ** max(len(name) - 1 - i, 0))
    return u32(a << 7)


def tea_rounds(h, key, rounds):
    total, b = 0, list(h)
    for _ in range(rounds):
        total = u32(total + 0x9E3779B9)
        b[0] = u32(b[0] + (u32((b[1] << 4) + key[0]) ^ u32(b[1] + total) ^ u32((b[1] >> 5) + key[1])))
        b[1] = u32(b[1] + (u32((b[0] << 4) + key[2]) ^ u32(b[0] + total) ^ u32((b[0] >> 5) + key[3])))
    h[0], h[1] = u32(h[0] + b[0]), u32(h[1] + b[1])


def tea_word(name):
    word = 0
    for i in range(4):
        word |= u32(signed(name[i]) << (8 * i))
    return u32(word)


def hash_tea(name):
    h = [0x9464a485, 0x542e1a94]
    pad = len(name) | len(name) << 8
    pad = u32(pad | pad << 16)
    while len(name) >= 16:
        tea_rounds(h, [tea_word(name[i:i + 4]) for i in range(0, 16, 4)], 6)
        name = name[16:]
    whole = len(name) // 4
    key = [tea_word(name[4 * i:4 * i + 4]) for i in range(whole)]
    rest = pad
    for byte in name[4 * whole:]:
        rest = u32(u32(rest << 8) | u32(signed(byte)))
    key = (key + [rest] + [pad] * 4)[:4]
    tea_rounds(h, key, 10)
    return h[0] ^ h[1]


HASHES = {1: hash_tea, 2: hash_yura, 3: hash_r5}


class Super:
    """What the superblock at 65536 says."""

    def __init__(self, disk):
        self.bytes = bytearray(disk[65536:65536 + 512])
        self.block = struct.unpack_from("<H", self.bytes, 44)[0]
        (self.blocks, self.free, self.root, self.log, _, self.log_size,
         self.log_most, self.log_number) = struct.unpack_from("<8I", self.bytes)
        self.hash = struct.unpack_from("<I", self.bytes, 64)[0]
        # a log of unusual size: the version stands elsewhere
        self.old = self.bytes[52:60] == b"ReIsErFs" or \
            self.bytes[52:61] == b"ReIsEr3Fs" and self.bytes[72:74] == b"\0\0"


class Writer:
    def __init__(self, path, options):
        self.path = path
        with open(path, "rb") as image:
            self.disk = bytearray(image.read())
        self.sb = Super(self.disk)
        self.block = self.sb.block
        self.old = "old" in options or self.sb.old
        self.tails = "notail" not in options
        self.step = 3 if "scatter" in options else 1
        self.room = (self.block - HEAD) // (3 if "loose" in options else 1)
        self.least = self.room
        self.next = self.sb.root
        self.used = 0
        self.object = 2
        self.leaves = []      # (first key, block, bytes used)
        self.items = []       # of the leaf that is being filled: (key, head, body)
        self.mark(self.sb.root, False)
        self.data = {}

    def mark(self, block, used):
        """In the bitmaps, the first of which stands behind the superblock."""
        per = self.block * 8
        bitmap = block // per * per if block >= per else 65536 // self.block + 1
        at = bitmap * self.block + block % per // 8
        was = self.disk[at] >> (block % 8) & 1
        assert was != used, f"block {block}"
        self.disk[at] ^= 1 << (block % 8)
        self.used += 1 if used else -1

    def allocate(self, count=1):
        """A free block."""
        per = self.block * 8
        while True:
            block = self.next
            self.next += 1
            bitmap = block // per * per if block >= per else 65536 // self.block + 1
            if not self.disk[bitmap * self.block + block % per // 8] >> (block % 8) & 1:
                break
        self.next += count - 1
        self.mark(block, True)
        return block

    def put(self, block, data):
        at = block * self.block
        self.disk[at:at + len(data)] = data

    def key(self, owner, offset, kind, old):
        folder, number = owner
        if old or kind == STAT:
            return struct.pack("<4I", folder, number, offset, OLD_TYPES[kind])
        return struct.pack("<IIQ", folder, number, kind << 60 | offset)

    # --- leaves ---

    def left(self):
        return self.room - sum(ITEM + len(body) for _, _, body in self.items)

    def add(self, owner, offset, kind, body, count, old):
        key = self.key(owner, offset, kind, old)
        version = 0 if old else 1
        self.items.append((key, struct.pack("<HHHH", count, len(body), 0, version), body))
        assert self.left() >= 0

    def end_leaf(self):
        if not self.items:
            return
        block = self.allocate()
        leaf = bytearray(self.block)
        end = self.block
        for i, (key, head, body) in enumerate(self.items):
            end -= len(body)
            leaf[end:end + len(body)] = body
            at = HEAD + i * ITEM
            leaf[at:at + ITEM] = key + head[:4] + struct.pack("<H", end) + head[6:]
        free = end - HEAD - len(self.items) * ITEM
        struct.pack_into("<HHH", leaf, 0, 1, len(self.items), free)
        self.put(block, leaf)
        self.leaves.append((self.items[0][0], block, self.block - HEAD - free))
        self.items = []
        self.room = self.least

    def want(self, size):
        """Room for an item of SIZE bytes."""
        if self.left() < ITEM + size:
            self.end_leaf()
        assert self.left() >= ITEM + size

    def tree(self):
        """The nodes above the leaves. Returns the height."""
        self.end_leaf()
        level, nodes = 1, self.leaves
        most = (self.block - HEAD - 8) // 24
        while len(nodes) > 1:
            level += 1
            above = []
            per = min(most + 1, -(-len(nodes) // -(-len(nodes) // (most + 1))))
            for i in range(0, len(nodes), per):
                children = nodes[i:i + per]
                if len(nodes) - i == 1:  # one child alone is none
                    first, block, node = above.pop()
                    children = nodes[i - per:]
                    assert len(children) <= most + 1
                else:
                    block = self.allocate()
                keys = b"".join(c[0] for c in children[1:])
                kids = b"".join(struct.pack("<IHH", c[1], c[2], 0) for c in children)
                free = self.block - HEAD - len(keys) - len(kids)
                node = struct.pack("<HHH", level, len(children) - 1, free) + bytes(18) + keys + kids
                self.put(block, node + bytes(free))
                above.append((children[0][0], block, self.block - HEAD - free))
            nodes = above
        self.sb.root = nodes[0][1]
        return level + 1

    # --- objects ---

    def stat(self, owner, status, size, links, blocks, tail=0xffffffff):
        """TAIL: the offset of the first byte that is in no block."""
        mode = status.st_mode
        if self.old:
            body = struct.pack("<HHHHIIIIII", mode, links, 0, 0, size, 0, int(status.st_mtime), 0,
                               blocks, tail)
        else:
            body = struct.pack("<HHIQIIIIIII", mode, 0, links, size, 0, 0, 0,
                               int(status.st_mtime), 0, blocks, 0)
        self.want(len(body))
        self.add(owner, 0, STAT, body, 0xffff, self.old)

    def direct(self, owner, offset, data, old):
        """May go on in the next leaf."""
        if not self.old:
            data = data + bytes(-len(data) % 8)
        while data:
            self.want(8)
            part = min(len(data), self.left() - ITEM)
            if part < len(data):
                part -= part % 8
            self.add(owner, offset, DIRECT, data[:part], 0xffff, old)
            data, offset = data[part:], offset + part

    def file(self, owner, path, status):
        block, size = self.block, status.st_size
        tail = size % block if self.tails and size < 4 * block else 0
        if tail > block - HEAD - 3 * ITEM - 44:
            tail = 0
        pointers = []
        with open(path, "rb") as source:
            for _ in range(-(-(size - tail) // block)):
                data = source.read(block)
                pointers.append(self.allocate(self.step) if data.strip(b"\0") else 0)
                if pointers[-1]:
                    self.data[pointers[-1]] = data
            rest = source.read()
        blocks = (sum(map(bool, pointers)) + bool(tail)) * (block // SECTOR)
        self.stat(owner, status, size, 1, blocks, len(pointers) * block + 1 if tail else 0xffffffff)
        offset = 1
        while pointers:
            self.want(4)
            part = min(len(pointers), (self.left() - ITEM) // 4)
            body = b"".join(struct.pack("<I", p) for p in pointers[:part])
            self.add(owner, offset, INDIRECT, body, 0, self.old)
            pointers, offset = pointers[part:], offset + part * block
        if tail:
            self.direct(owner, offset, rest, self.old)

    def entries(self, owner, parent, children):
        """The entries of a directory by their hashes: (offset, key of the target, name)."""
        found = [(1, owner, b"."), (2, parent, b"..")]
        seen = {}
        for name, target in children:
            value = HASHES[self.sb.hash](name) & 0x7fffff80 or 128
            seen[value] = seen.get(value, -1) + 1
            assert seen[value] < 128
            found.append((value + seen[value], target, name))
        return sorted(found)

    def names(self, owner, entries):
        offset = 1
        while entries:
            self.want(40)
            room, count, size = self.left() - ITEM, 0, 0
            padded = [n if self.old else n + bytes(-len(n) % 8) for _, _, n in entries]
            while count < len(entries) and size + 16 + len(padded[count]) <= room:
                size += 16 + len(padded[count])
                count += 1
            if count == 0:
                assert self.items or self.room < self.block - HEAD
                self.end_leaf()
                self.room = self.block - HEAD
                continue
            heads, at = b"", size
            for (value, target, _), name in zip(entries[:count], padded):
                at -= len(name)
                heads += struct.pack("<IIIHH", value, *target, at, 4)
            self.add(owner, offset, DIRECTORY, heads + b"".join(padded[count - 1::-1]), count, True)
            entries = entries[count:]
            if entries:
                offset = entries[0][0]
                self.end_leaf()

    def directory(self, owner, parent, path):
        """DIRECTORY and what is below it, as a list of (key, function that writes it)."""
        found, children, folders = [], [], 0
        for name in sorted(os.listdir(os.fsencode(path))):
            below = os.path.join(os.fsencode(path), name)
            status = os.lstat(below)
            self.object += 1
            target = (owner[1], self.object)
            children.append((name, target))
            if stat.S_ISDIR(status.st_mode):
                folders += 1
                found += self.directory(target, owner, below)
            elif stat.S_ISLNK(status.st_mode):
                found.append((target, self.link(target, os.readlink(below), status)))
            else:
                found.append((target, lambda t=target, b=below, s=status: self.file(t, b, s)))
        entries = self.entries(owner, parent, children)
        size = sum(16 + len(n) + (0 if self.old else -len(n) % 8) for _, _, n in entries)
        status = os.lstat(path)

        def write():
            self.stat(owner, status, size, 2 + folders + (owner == (1, 2)), -(-size // SECTOR))
            self.names(owner, entries)
        return found + [(owner, write)]

    def link(self, owner, target, status):
        def write():
            self.stat(owner, status, len(target), 1, -(-len(target) // SECTOR), 1)
            self.direct(owner, 1, target, True)
        return write

    def fill(self, path):
        for _, write in sorted(self.directory((1, 2), (0, 1), path), key=lambda o: o[0]):
            write()
        height = self.tree()
        for block, data in self.data.items():
            self.put(block, data)
        sb = self.sb.bytes
        struct.pack_into("<I", sb, 4, self.sb.free - self.used)
        struct.pack_into("<I", sb, 8, self.sb.root)
        struct.pack_into("<H", sb, 68, height)
        # the numbers that are taken
        struct.pack_into("<II", sb, 76 if self.sb.old else 204, 1, self.object + 1)
        self.disk[65536:65536 + 512] = sb
        with open(self.path, "wb") as image:
            image.write(self.disk)


class Log:
    def __init__(self, sb, disk, at, first):
        self.sb, self.disk, self.at, self.first = sb, disk, at, first
        self.id, self.mount = 7, 3

    def put(self, place, data):
        at = (self.sb.log + place % self.sb.log_size) * self.sb.block
        self.disk[at:at + self.sb.block] = data + bytes(self.sb.block - len(data))

    def transaction(self, blocks, mount=None, torn=False):
        """BLOCKS: (home, bytes)."""
        block, count = self.sb.block, len(blocks)
        assert 0 < count <= self.sb.log_most
        half = (block - 24) // 4
        head = struct.pack("<III", self.id, count, self.mount if mount is None else mount)
        homes = [struct.pack("<I", home) for home, _ in blocks]
        first = head + b"".join(homes[:half])
        self.put(self.at, first + bytes(block - 12 - len(first)) + b"ReIsErLB")
        for i, (_, data) in enumerate(blocks):
            self.put(self.at + 1 + i, data)
        last = head[:8] + b"".join(homes[half:])
        self.put(self.at + 1 + count, bytes(len(last)) if torn else last)
        self.at += count + 2
        self.id += 1

    def header(self, begin):
        at = (self.sb.log + self.sb.log_size) * self.sb.block
        struct.pack_into("<III", self.disk, at, 0 if self.first else self.id - 1, begin, self.mount)


def log(before, after, path, options):
    values = dict(o.split("=") for o in options if "=" in o)
    with open(before, "rb") as image:
        disk = bytearray(image.read())
    with open(after, "rb") as image:
        new = bytearray(image.read())
    struct.pack_into("<H", new, 65536 + 50, 2)
    struct.pack_into("<H", disk, 65536 + 50, 2)
    sb = Super(disk)
    block = sb.block
    changed = [i for i in range(sb.blocks) if not sb.log <= i <= sb.log + sb.log_size and
               disk[i * block:(i + 1) * block] != new[i * block:(i + 1) * block]]
    contents = [(i, bytes(new[i * block:(i + 1) * block])) for i in changed]
    if 65536 // block not in changed:
        contents.insert(0, (65536 // block, bytes(new[65536:65536 + block])))
    writer = Log(sb, disk, int(values.get("at", 0)), "first" in options)
    writer.header(writer.at)
    parts = int(values.get("parts", 1))
    per = -(-len(contents) // parts)
    if "per" in values:
        per = int(values["per"])
        parts = -(-len(contents) // per)
    for i in range(parts):
        mine = contents[i * per:(i + 1) * per]
        # blocks that a later transaction has again, and right
        later = contents[(i + 1) * per:(i + 1) * per + 5]
        writer.transaction([(home, data[::-1]) for home, data in later] + mine)
    if "stale" in options:
        writer.transaction([(home, data[::-1]) for home, data in contents[:3]], mount=2)
    if "torn" in options:
        writer.transaction([(home, data[::-1]) for home, data in contents[:3]], torn=True)
    with open(path, "wb") as image:
        image.write(disk)


def blocks(path):
    with open(path, "rb") as image:
        number = 0
        while block := image.read(1024):
            if block.strip(b"\0"):
                sys.stdout.buffer.write(struct.pack("<I", number) + block)
            number += 1


if sys.argv[1] == "fill":
    Writer(sys.argv[2], sys.argv[4:]).fill(sys.argv[3])
elif sys.argv[1] == "log":
    log(*sys.argv[2:5], sys.argv[5:])
else:
    blocks(sys.argv[2])

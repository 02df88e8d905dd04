#!/usr/bin/env python3
# Makes members of an md array out of files: superblocks, and the array's bytes laid out over them.
#
#   md.py [-k KEY=VALUE]… VERSION LEVEL CHUNK_KIB DATA FILE… 
#
# VERSION is 0.90, 1.0, 1.1 or 1.2; LEVEL linear, raid0, raid1, raid5, raid10. DATA is a file with what the
# array holds. FILE is a member of some size; "-" is one that is missing. KEYs, of all members or, as
# KEY@N, of member N alone:
#   name (host:boot), uuid (32 hex digits), events, layout, features (added), recovery, role, table_role
#   (of member N, in everybody's table), size_kib (that a member gives), sum (1: the checksum is wrong),
#   big (1: the superblock of a big-endian machine)
# SPDX-License-Identifier: GPL-3.0-or-later
import os, struct, sys

LEVELS = {"linear": -1, "raid0": 0, "raid1": 1, "raid5": 5, "raid10": 10}
MAGIC = 0xa92b4efc
DATA_OFFSET = {"0.90": 0, "1.0": 0, "1.1": 1 << 20, "1.2": 1 << 20}  # bytes

def place(version, size):
    if version == "0.90":
        return (size & ~65535) - 65536
    if version == "1.0":
        return ((size // 512 - 16) & ~7) * 512
    return 0 if version == "1.1" else 4096

def folded(data, words):
    total = sum(struct.unpack(f"<{words}I", data[:4 * words]))
    if len(data) > 4 * words:
        total += struct.unpack("<H", data[4 * words:4 * words + 2])[0]
    return (total & 0xffffffff) + (total >> 32) & 0xffffffff

class Array:
    def __init__(self, keys, version, level, chunk, files):
        self.keys, self.version, self.level, self.chunk, self.files = keys, version, LEVELS[level], chunk * 1024, files
        self.offset = DATA_OFFSET[version]
        self.rooms = [self.room(i) for i in range(len(files))]

    def key(self, name, member, default):
        return self.keys.get(f"{name}@{member}", self.keys.get(name, default))

    def number(self, name, member, default):
        return int(self.key(name, member, default), 0) if isinstance(self.key(name, member, default), str) \
            else self.key(name, member, default)

    # Bytes of a member that hold data.
    def room(self, member):
        if self.files[member] == "-":
            return 0
        size = os.path.getsize(self.files[member])
        end = place(self.version, size) if self.version in ("0.90", "1.0") else size
        room = self.number("size_kib", member, 0) * 1024 or end - self.offset
        return room // self.chunk * self.chunk if self.chunk else room // 1024 * 1024

    def each(self):
        return min(r for r, f in zip(self.rooms, self.files) if f != "-")

    def roles(self):
        return [self.number("table_role", i, i) for i in range(len(self.files))]

    def new(self, member):
        level = struct.unpack("<I", struct.pack("<i", self.level))[0]
        size = 0 if self.level in (-1, 0) else self.each()
        features = self.number("features", member, 0)
        recovery = self.number("recovery", member, 0)
        out = bytearray(256)
        struct.pack_into("<IIII", out, 0, MAGIC, 1, features | (2 if recovery else 0), 0)
        out[16:32] = bytes.fromhex(self.key("uuid", member, "00112233445566778899aabbccddeeff"))
        name = self.key("name", member, "host:boot").encode()
        out[32:32 + len(name)] = name
        struct.pack_into("<IIQII", out, 72, level, self.number("layout", member, 0x102 if self.level == 10 else 0),
                         size // 512, self.chunk // 512, len(self.files))
        at = place(self.version, os.path.getsize(self.files[member]))
        struct.pack_into("<QQQQI", out, 128, self.offset // 512, self.rooms[member] // 512, at // 512, recovery, member)
        struct.pack_into("<QQ", out, 200, self.number("events", member, 17), 0xffffffffffffffff)
        roles = self.roles()
        roles[member] = self.number("role", member, roles[member])
        struct.pack_into("<I", out, 220, len(roles))
        out += struct.pack(f"<{len(roles)}H", *roles)
        struct.pack_into("<I", out, 216, folded(bytes(out), len(out) // 4) ^ self.number("sum", member, 0))
        return at, bytes(out)

    def old(self, member):
        words = [0] * 1024
        uuid = struct.unpack(">4I", bytes.fromhex(self.key("uuid", member, "00112233445566778899aabbccddeeff")))
        words[0:6] = MAGIC, 0, 90, 0, 0, uuid[0]
        words[7] = struct.unpack("<I", struct.pack("<i", self.level))[0]
        words[8] = self.each() // 1024
        words[9] = words[10] = len(self.files)
        words[13:16] = uuid[1:]
        events = self.number("events", member, 17)
        words[33], words[39], words[40] = 1, events & 0xffffffff, events >> 32
        words[64] = self.number("layout", member, 0x102 if self.level == 10 else 0)
        words[65] = self.chunk
        for i, role in enumerate(self.roles()):
            words[128 + 32 * i:128 + 32 * i + 5] = i, 0, 0, min(role, 255), 6 if role < 27 else 1
        role = self.number("role", member, member)
        words[992:997] = member, 0, 0, min(role, 255), 6 if role < 27 else 1
        total = sum(words)
        words[38] = ((total & 0xffffffff) + (total >> 32) & 0xffffffff) ^ self.number("sum", member, 0)
        order = ">" if self.number("big", member, 0) else "<"
        return place("0.90", os.path.getsize(self.files[member])), struct.pack(f"{order}1024I", *words)

    # The member and the place of each byte from `at` on, for all its copies, and how many stand together.
    def spots(self, at):
        if self.level == 1:
            return [(i, at) for i in range(len(self.files))], self.each() - at
        if self.level == -1:
            for i, room in enumerate(self.rooms):
                if at < room:
                    return [(i, at)], room - at
                at -= room
        if self.level == 10:
            number, within = divmod(at, self.chunk)
            return [(m, place + within) for m, place in self.copies(number)], self.chunk - within
        return self.zone(at)

    # RAID 10: where chunk NUMBER is, as drivers/md/raid10.c finds it, step by step.
    def copies(self, number):
        layout, disks = self.number("layout", 0, 0x102), len(self.files)
        near, far, offset, sets = layout & 255, layout >> 8 & 255, layout >> 16 & 1, layout >> 17
        size = {0: disks, 1: disks // far, 2: near * far}.get(sets, disks)
        last = (disks // size - 1) * size
        chunks = self.each() // self.chunk // far * disks // near
        used = -(-chunks * near * far // disks)
        stride = self.chunk if offset else used // far * self.chunk
        stripe, device = divmod(number * near, disks)
        place = stripe * (far if offset else 1) * self.chunk
        for _ in range(near):
            member, there = device, place
            yield member, there
            for _ in range(1, far):
                group = member // size
                member += near
                if disks % size and member > last:
                    member = last + (member - last) % (size + disks % size)
                else:
                    member = member % size + size * group
                there += stride
                yield member, there
            device += 1
            if device >= disks:
                device, place = 0, place + self.chunk

    # RAID 0: zone after zone, each over the members that go on.
    def zone(self, at):
        begin = start = 0
        while True:
            members = [i for i, r in enumerate(self.rooms) if r > begin]
            end = min(self.rooms[i] for i in members)
            if at - start < (end - begin) * len(members):
                break
            start += (end - begin) * len(members)
            begin = end
        number, within = divmod(at - start, self.chunk)
        turn = at // self.chunk if self.number("layout", 0, 0) == 1 else number
        return [(members[turn % len(members)], begin + number // len(members) * self.chunk + within)], self.chunk - within

    def write(self, data):
        files = [None if f == "-" else open(f, "r+b") for f in self.files]
        at = 0
        while at < len(data) and self.level != 5:
            where, together = self.spots(at)
            for member, spot in where:
                if files[member]:
                    files[member].seek(self.offset + spot)
                    files[member].write(data[at:at + together])
            at += together
        for member, file in enumerate(files):
            if file:
                spot, bytes_ = self.old(member) if self.version == "0.90" else self.new(member)
                file.seek(spot)
                file.write(bytes_)
                file.close()

def main(words):
    keys = {}
    while words[0] == "-k":
        key, value = words[1].split("=", 1)
        keys[key] = value
        words = words[2:]
    version, level, chunk, data, *files = words
    with open(data, "rb") as source:
        Array(keys, version, level, int(chunk), files).write(source.read())

main(sys.argv[1:])

#!/usr/bin/env python3
# Makes physical volumes of LVM2 out of files, byte by byte: no root, no device mapper.
#
#   lvm.py [-g GROUP] [-e KIB] [-n SEQNO] [-m MISSING] [-u NUMBER] [-p BYTES] PV… : LV… [= VOLUME FILE…]
#
# Each PV is an existing file; KIB (64) is the size of an extent. An LV is one word:
#   NAME,linear,EXTENTS[,EXTENTS…]          segments, each on the next physical volume in turn
#   NAME,striped,EXTENTS,WIDTH,STRIPE_KIB
#   NAME,mirror,EXTENTS,LEGS  NAME,raid1,EXTENTS,LEGS   NAME,raid0,EXTENTS,LEGS,STRIPE_KIB
#   NAME,raid10,EXTENTS,LEGS,STRIPE_KIB     NAME,cache,EXTENTS,MODE
#   NAME,snapshot,EXTENTS,ORIGIN            NAME,merge,EXTENTS,ORIGIN
#   NAME,nest,EXTENTS,LEGS,KIND             mirrors or raid1 inside one another, each leg of which is the next
#   NAME,KIND,EXTENTS                       a segment of a kind that is not read
# Legs, images and origins are made beside it, each on the next physical volume. Behind "=" stand names of
# logical volumes with the file to be written into each, wherever its bytes are.
#
# The physical volumes' UUIDs are made of their places, so that a test can name them. MISSING names,
# by number, those whose metadata say that they are missing. With NUMBER the UUIDs are those of another
# group; the metadata get BYTES of white space.
# SPDX-License-Identifier: GPL-3.0-or-later
import os, struct, sys

def crc(data, value=0xf597a6cf):
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xedb88320 if value & 1 else 0)
    return value

TABLE = [crc(bytes([b]), 0) for b in range(256)]

def fast_crc(data, value=0xf597a6cf):
    for byte in data:
        value = value >> 8 ^ TABLE[(value ^ byte) & 255]
    return value

def uuid(kind, number):
    text = (f"{kind}{number:03}" * 8)[:32]
    return "-".join((text[:6], text[6:10], text[10:14], text[14:18], text[18:22], text[22:26], text[26:]))

AREA, AREA_SIZE, START = 4096, 1044480, 1048576  # bytes: the metadata's area, and where extents begin

class Group:
    def __init__(self, name, extent, seqno, files, missing, number, padding):
        self.number, self.padding = number, padding
        self.name, self.extent, self.seqno, self.files = name, extent * 1024, seqno, files
        self.missing, self.next, self.lvs, self.places = missing, [0] * len(files), {}, {}
        self.turn = 0

    def take(self, extents):
        pv, self.turn = self.turn, (self.turn + 1) % len(self.files)
        first = self.next[pv]
        self.next[pv] += extents
        return pv, first

    def add(self, name, extents, lines, visible=True):
        self.lvs[name] = (extents, lines, visible)

    # A segment's lines; and PLACES[name]: for each extent-wide chunk, where its copies are.
    def linear(self, name, parts, visible=True):
        lines, spots, start = [], [], 0
        for number, extents in enumerate(parts, 1):
            pv, first = self.take(extents)
            lines.append((start, extents, f'type = "striped"\nstripe_count = 1\nstripes = [\n"pv{pv}", {first}\n]'))
            spots += [[(pv, START + (first + i) * self.extent)] for i in range(extents)]
            start += extents
        self.add(name, start, lines, visible)
        self.places[name] = (self.extent, spots)

    def interleave(self, parts, copies, chunk, extents):
        spots = []
        for number in range(extents * self.extent // chunk):
            here = []
            for copy in range(copies):
                slot = number * copies + copy
                at = slot // len(parts) * chunk
                size, inner = parts[slot % len(parts)]
                here += [(pv, place + at % size) for pv, place in inner[at // size]]
            spots.append(here)
        return (chunk, spots)

    def striped(self, name, extents, width, chunk):
        parts, stripes = [], []
        for _ in range(width):
            pv, first = self.take(extents // width)
            stripes.append(f'"pv{pv}", {first}')
            parts.append((self.extent, [[(pv, START + (first + i) * self.extent)] for i in range(extents // width)]))
        self.add(name, extents, [(0, extents, f'type = "striped"\nstripe_count = {width}\nstripe_size = {chunk * 2}\n'
                                  f'stripes = [\n{",".join(stripes)}\n]')])
        self.places[name] = self.interleave(parts, 1, chunk * 1024, extents)

    def legs(self, name, kind, extents, count):
        names = [f"{name}_{kind}_{i}" for i in range(count)]
        for leg in names:
            self.linear(leg, [extents], False)
        return names

    def nest(self, name, extents, count, kind):
        names = [name] + [f"{name}_{i}" for i in range(1, 8)] + [f"{name}_none"]
        for this, inner in zip(names, names[1:]):
            legs = ",\n".join([f'"{inner}", ' + ("0" if kind == "mirror" else f'"{inner}"')] * count)
            self.add(this, extents, [(0, extents, f'type = "{kind}"\n{"mirrors" if kind == "mirror" else "raids"} = [\n{legs}\n]')],
                     this == name)

    def copies(self, name, names, extents):
        self.places[name] = (self.extent, [sum((self.places[n][1][i] for n in names), []) for i in range(extents)])

    def mirror(self, name, extents, count):
        names = self.legs(name, "mimage", extents, count)
        pairs = ",\n".join(f'"{n}", 0' for n in names)
        self.add(name, extents, [(0, extents, f'type = "mirror"\nmirror_count = {count}\nregion_size = 128\n\nmirrors = [\n{pairs}\n]')])
        self.copies(name, names, extents)

    def raid(self, name, kind, extents, count, chunk):
        each = extents if kind == "raid1" else extents * 2 // count if kind == "raid10" else extents // count
        meta, images = [], []
        for i in range(count):
            turn = self.turn
            if kind != "raid0":
                self.linear(f"{name}_rmeta_{i}", [1], False)
                meta.append(f"{name}_rmeta_{i}")
            self.turn = turn  # a leg and what is known of it are on one disk
            self.linear(f"{name}_rimage_{i}", [each], False)
            images.append(f"{name}_rimage_{i}")
        listed = [f'"{m}", "{i}"' for m, i in zip(meta, images)] if meta else [f'"{i}"' for i in images]
        newline = ",\n"
        stripe = f"stripe_size = {chunk * 2}\n" if chunk else ""
        stripe += "" if kind == "raid0" else "region_size = 128\n"
        self.add(name, extents, [(0, extents, f'type = "{kind}"\ndevice_count = {count}\n{stripe}\n'
                                  f'{"raids" if meta else "raid0_lvs"} = [\n{newline.join(listed)}\n]')])
        if kind == "raid1":
            self.copies(name, images, extents)
        else:
            self.places[name] = self.interleave([self.places[i] for i in images], 2 if kind == "raid10" else 1,
                                                chunk * 1024, extents)

    def cache(self, name, extents, mode):
        self.linear(f"{name}_corig", [extents], False)
        self.linear("pool_cdata", [2], False)
        self.linear("pool_cmeta", [1], False)
        self.add("pool", 2, [(0, 2, 'type = "cache-pool+METADATA_FORMAT"\ndata = "pool_cdata"\nmetadata = "pool_cmeta"\n'
                              f'metadata_format = 2\nchunk_size = 128\ncache_mode = "{mode}"')], False)
        self.add(name, extents, [(0, extents, f'type = "cache"\ncache_pool = "pool"\norigin = "{name}_corig"')])
        self.places[name] = self.places[f"{name}_corig"]

    def snapshot(self, name, extents, origin, key):
        self.linear(f"{name}_cow", [2], False)
        self.add(name, extents, [(0, extents, f'type = "snapshot"\nchunk_size = 8\norigin = "{origin}"\n{key} = "{name}_cow"')])

    def make(self, word):
        name, kind, *rest = word.split(",")
        numbers = [int(r) if r.isdigit() else r for r in rest]
        if kind == "linear":
            self.linear(name, numbers)
        elif kind == "striped":
            self.striped(name, *numbers)
        elif kind == "mirror":
            self.mirror(name, *numbers)
        elif kind.startswith("raid") and kind in ("raid0", "raid1", "raid10"):
            self.raid(name, kind, numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else 0)
        elif kind == "cache":
            self.cache(name, *numbers)
        elif kind == "nest":
            self.nest(name, *numbers)
        elif kind in ("snapshot", "merge"):
            self.snapshot(name, *numbers, "cow_store" if kind == "snapshot" else "merging_store")
        else:
            self.add(name, numbers[0], [(0, numbers[0], f'type = "{kind}"')])

    def text(self):
        out = f'{self.name} {{\nid = "{uuid("G", self.number)}"\nseqno = {self.seqno}\nformat = "lvm2" # informational\n'
        out += f'status = ["RESIZEABLE", "READ", "WRITE"]\nflags = []\nextent_size = {self.extent // 512}\n'
        out += "max_lv = 0\nmax_pv = 0\nmetadata_copies = 0\n\nphysical_volumes {\n"
        for i, file in enumerate(self.files):
            size = os.path.getsize(file)
            flags = '"MISSING"' if i in self.missing else ""
            out += f'\npv{i} {{\nid = "{uuid("P", self.number * 100 + i)}"\ndevice = "/dev/xvd{chr(97 + i)}"\n\nstatus = ["ALLOCATABLE"]\n'
            out += f"flags = [{flags}]\ndev_size = {size // 512}\npe_start = {START // 512}\n"
            out += f"pe_count = {(size - START) // self.extent}\n}}\n"
        out += "}\n\nlogical_volumes {\n"
        # As LVM does: GRUB knows a leg only behind the volume that is made of it.
        listed = sorted(self.lvs.items(), key=lambda lv: not lv[1][2])
        for number, (name, (extents, segments, visible)) in enumerate(listed):
            status = '"READ", "WRITE"' + (', "VISIBLE"' if visible else "")
            out += f'\n{name} {{\nid = "{uuid("L", number)}"\nstatus = [{status}]\nflags = []\n'
            out += f"segment_count = {len(segments)}\n"
            for i, (start, count, lines) in enumerate(segments, 1):
                out += f"\nsegment{i} {{\nstart_extent = {start}\nextent_count = {count}\n\n{lines}\n}}\n"
            out += "}\n"
        out += ("}\n\n}\n# Generated by LVM2\n\ncontents = \"Text Format Volume Group\"\nversion = 1\n\ndescription = \"\"\n"
                "creation_host = \"test\"\ncreation_time = 1700000000\n\n")
        return out.encode() + b" " * self.padding + b"\0"

    def write(self):
        text = self.text()
        for i, path in enumerate(self.files):
            with open(path, "r+b") as file:
                size = os.path.getsize(path)
                label = struct.pack("<8sQII8s", b"LABELONE", 1, 0, 32, b"LVM2 001")
                header = uuid("P", self.number * 100 + i).replace("-", "").encode() + struct.pack("<Q", size)
                header += struct.pack("<QQQQ", START, 0, 0, 0) + struct.pack("<QQQQ", AREA, AREA_SIZE, 0, 0)
                header += struct.pack("<II", 2, 1)
                sector = bytearray((label + header).ljust(512, b"\0"))
                sector[16:20] = struct.pack("<I", crc(sector[20:]))
                file.seek(512)
                file.write(sector)
                # somewhere near the end, so that the text goes round
                at = 512 if self.seqno == 1 else AREA_SIZE - 512
                area = bytearray(512)
                area[4:40] = b" LVM2 x[5A%r0N*>" + struct.pack("<IQQ", 1, AREA, AREA_SIZE)
                area[40:64] = struct.pack("<QQII", at, len(text), fast_crc(text), 0)
                area[0:4] = struct.pack("<I", crc(area[4:]))
                file.seek(AREA)
                file.write(area)
                file.seek(AREA + at)
                file.write(text[:AREA_SIZE - at])
                file.seek(AREA + 512)
                file.write(text[AREA_SIZE - at:])

    def fill(self, name, source):
        chunk, spots = self.places[name]
        with open(source, "rb") as data:
            files = [open(f, "r+b") for f in self.files]
            for spot in spots:
                bytes_ = data.read(chunk)
                if not bytes_:
                    break
                for pv, place in spot:
                    files[pv].seek(place)
                    files[pv].write(bytes_)
            if data.read(1):
                sys.exit(f"lvm.py: {source} is larger than {name}")
            for file in files:
                file.close()

def main(words):
    group, extent, seqno, missing, number, padding = "vg0", 64, 1, set(), 0, 0
    while words[0].startswith("-"):
        option, value, *words = words
        if option == "-g":
            group = value
        elif option == "-e":
            extent = int(value)
        elif option == "-n":
            seqno = int(value)
        elif option == "-u":
            number = int(value)
        elif option == "-p":
            padding = int(value)
        else:
            missing.add(int(value))
    colon = words.index(":")
    equals = words.index("=") if "=" in words else len(words)
    made = Group(group, extent, seqno, words[:colon], missing, number, padding)
    for word in words[colon + 1:equals]:
        made.make(word)
    made.write()
    fills = words[equals + 1:]
    for name, source in zip(fills[::2], fills[1::2]):
        made.fill(name, source)

main(sys.argv[1:])

#!/usr/bin/env python3
"""A name server for tests: dns.py NAME ADDRESS answers for NAME with ADDRESS (IPv4) on
127.0.0.1:53, by UDP, and that there is no other name. Says "ready" when it listens, and then each
name that it is asked for.
SPDX-License-Identifier: GPL-3.0-or-later"""
import socket
import struct
import sys

name, address = sys.argv[1], socket.inet_aton(sys.argv[2])
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 53))
print("ready", flush=True)
while True:
    query, peer = server.recvfrom(512)
    labels, place = [], 12
    while query[place]:
        labels.append(query[place + 1:place + 1 + query[place]].decode())
        place += 1 + query[place]
    asked = ".".join(labels)
    question = query[12:place + 5]
    kind = struct.unpack(">H", question[-4:-2])[0]
    print(asked, kind, flush=True)
    known = asked.lower() == name
    found = known and kind == 1
    answer = query[:2] + struct.pack(">HHHHH", 0x8580 if known else 0x8583, 1, int(found), 0, 0)
    answer += question
    if found:
        answer += b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + address
    server.sendto(answer, peer)

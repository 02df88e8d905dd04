#!/usr/bin/env python3
"""A TFTP server of faults, for what a real one cannot be made to do.

    faulty_tftp.py FOLDER

serves the files of FOLDER by their last name on a free port of 127.0.0.1, which is the first line on
stdout. The first folder of a path says what goes wrong, as FAULT or FAULT=VALUE.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import socket
import struct
import sys
import threading
import time

FOLDER = sys.argv[1]


def answer(request, peer):
    """One transfer, from a port of its own."""
    words = request[2:].split(b'\0')
    path = words[0].decode('latin-1').strip('/')
    options = dict(zip([w.lower() for w in words[2::2]], words[3::2]))
    parts = path.split('/')
    fault, _, value = parts[0].partition('=')
    data = None
    if fault != 'none' and parts[-1] in ('vmlinuz', 'initrd.img') and 'pxeboot' in parts:
        with open(os.path.join(FOLDER, parts[-1]), 'rb') as f:
            data = f.read()
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.0.1', 0))
    s.settimeout(3)

    def error(code):
        s.sendto(struct.pack('!HH', 5, code) + b'No\x1b[31m.\0', peer)

    if data is None:
        return error(1)
    if fault == 'error':
        return error(int(value))
    size = int(options.get(b'blksize', b'512'))
    if fault not in ('plain', 'drips'):
        total = len(data) + int(value or 0) if fault == 'lies' else 1 << 50 if fault == 'huge' else len(data)
        s.sendto(b'\0\6blksize\0%d\0tsize\0%d\0' % (size, total), peer)
        s.recvfrom(600)
    else:
        size = 512
    for number in range(len(data) // size + 1):
        if fault == 'stalls' and number == 3:
            return None
        if fault == 'drips' and number > 3:
            time.sleep(0.7)
        s.sendto(struct.pack('!HH', 3, (number + 1) & 0xffff) + data[number * size:(number + 1) * size], peer)
        s.recvfrom(600)
    return None


def serve(request, peer):
    try:
        answer(request, peer)
    except OSError:
        pass


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(('127.0.0.1', 0))
print(server.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=server.recvfrom(2000), daemon=True).start()

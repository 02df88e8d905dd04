#!/usr/bin/env python3
"""An NFS server of version 3 that is full of faults, for what a real one cannot be made to do, and for
who is not root.

    faulty_nfs.py FOLDER

serves the files of FOLDER, by their last name and read-only, images (.iso) among them, on a free port of 127.0.0.1, which is the
first line on stdout, mount daemon included. Each further line is one request. The path that is mounted
says what goes wrong, as /FAULT or /FAULT=VALUE.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import socket
import struct
import sys
import threading
import time
import zlib

FOLDER = sys.argv[1]
MOUNT, NFS = 100005, 100003
FILE, DIRECTORY, LINK = 1, 2, 5
NOENT, IO, ACCES, NOTDIR = 2, 5, 13, 20
counts, files = {}, {}
lock = threading.Lock()


def count(key):
    """How often this was asked before."""
    with lock:
        counts[key] = counts.get(key, 0) + 1
        return counts[key] - 1


def opaque(data):
    return struct.pack('!I', len(data)) + data + b'\0' * (-len(data) % 4)


class Arguments:
    """XDR (RFC 4506), taken apart."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def number(self, size=4):
        self.at += size
        return int.from_bytes(self.data[self.at - size:self.at], 'big')

    def opaque(self):
        length = self.number()
        start = self.at
        self.at += length + -length % 4
        return self.data[start:start + length]


class Session:
    """One connection. A file handle is the path."""

    def __init__(self, connection):
        self.connection = connection
        self.held = None

    def receive(self, length):
        data = b''
        while len(data) < length:
            part = self.connection.recv(length - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def send(self, xid, body):
        reply = struct.pack('!IIIIII', xid, 1, 0, 0, 0, 0) + body
        self.connection.sendall(struct.pack('!I', 1 << 31 | len(reply)) + reply)

    def run(self):
        while True:
            call = Arguments(self.receive(struct.unpack('!I', self.receive(4))[0] & 0x7fffffff))
            xid = call.number()
            call.number(8)
            program, _, procedure = call.number(), call.number(), call.number()
            for _ in range(2):
                call.number()
                call.opaque()
            with lock:
                print(program, procedure, flush=True)
            name = 'call_%s_%d' % ({MOUNT: 'mount', NFS: 'nfs'}.get(program), procedure)
            do = getattr(self, name, None)
            body = b'' if procedure == 0 else do(call, xid) if do else struct.pack('!I', 10004)
            if body is not None:
                self.send(xid, body)

    # --- the mount daemon ---

    def call_mount_1(self, call, _):
        path = call.opaque()
        fault, _, value = path.decode().strip('/').split('/')[0].partition('=')
        if fault == 'refuses':
            return struct.pack('!I', int(value))
        if fault == 'hangs':
            time.sleep(30)
        if fault == 'leaves' and count(path):
            raise EOFError
        if fault == 'garbage':
            self.connection.sendall(os.urandom(4000))
        if fault == 'endless':
            self.connection.sendall(struct.pack('!I', 0xffffffff) + b'\0' * 100000)
        return struct.pack('!I', 0) + opaque(path) + struct.pack('!II', 1, 1)

    def call_mount_3(self, *_):
        return b''

    # --- files ---

    def look(self, handle):
        """Type, fault, value and bytes of what HANDLE is."""
        parts = [p for p in handle.decode().split('/') if p]
        fault, _, value = parts[0].partition('=')
        image = parts[-1].endswith('.iso')
        if image and not os.path.exists(os.path.join(FOLDER, parts[-1])):
            return None, fault, value, b''
        if image or parts[-1] in ('vmlinuz', 'initrd.img') and 'pxeboot' in parts:
            if fault in ('loop', 'linkout'):
                return LINK, fault, value, b''
            if fault == 'directory':
                return DIRECTORY, fault, value, b''
            if parts[-1] not in files:
                with open(os.path.join(FOLDER, parts[-1]), 'rb') as f:
                    files[parts[-1]] = f.read()
            return FILE, fault, value, files[parts[-1]]
        known = all(p in ('images', 'pxeboot') for p in parts[1:])
        return DIRECTORY if known else None, fault, value, b''

    def attributes(self, handle):
        kind, fault, value, data = self.look(handle)
        size, changed = len(data), 1000
        if fault == 'huge' and kind == FILE:
            size = 1 << 50
        elif fault == 'lies' and kind == FILE:
            size += int(value)
        elif fault == 'changes' and kind == FILE:
            changed += count(handle)
        elif fault == 'swaps' and kind == FILE:
            changed += counts.get(b'closes' + handle, 0)
        return struct.pack('!IIIIIQQIIQQIIIIII', kind, 0o755, 1, 0, 0, size, size, 0, 0, 1,
                           zlib.crc32(handle), 0, 0, changed, 0, 0, 0)

    def call_nfs_1(self, call, _):
        return struct.pack('!I', 0) + self.attributes(call.opaque())

    def call_nfs_3(self, call, _):
        folder = call.opaque()
        handle = folder + b'/' + call.opaque()
        kind, fault, _, _ = self.look(handle)
        if kind is None:
            return struct.pack('!II', NOENT, 0)
        if fault == 'denies' and kind == FILE:
            return struct.pack('!II', ACCES, 0)
        return struct.pack('!I', 0) + opaque(handle) + struct.pack('!I', 1) + self.attributes(handle) + \
            struct.pack('!I', 0)

    def call_nfs_4(self, call, _):
        handle, wanted = call.opaque(), call.number()
        return struct.pack('!II', 0, 1) + self.attributes(handle) + struct.pack('!I', wanted)

    def call_nfs_5(self, call, _):
        handle = call.opaque()
        fault = self.look(handle)[1]
        target = handle.split(b'/')[-1] if fault == 'loop' else b'../../../../../etc/passwd'
        return struct.pack('!II', 0, 0) + opaque(target)

    def call_nfs_6(self, call, xid):
        handle = call.opaque()
        offset, length = call.number(8), call.number()
        _, fault, value, data = self.look(handle)
        if fault == 'error':
            return struct.pack('!II', int(value), 0)
        # "closes": always; "closes=N": the first N times.
        if fault in ('closes', 'swaps', 'leaves') and offset > 0 and \
                (not value or count(b'closes' + handle) < int(value)):
            raise EOFError
        if fault == 'stalls' and offset > 0:
            return None
        if fault == 'drips':
            time.sleep(0.1)
            length = 1
        if fault == 'cut':
            data = data[:len(data) // 2]
        if fault == 'short':
            length = min(length, 10000)
        part = data[offset:offset + length]
        if fault == 'more':
            part += b'x' * 100
        body = struct.pack('!IIII', 0, 0, len(part), offset + length >= len(data)) + opaque(part)
        # Each second answer goes in front of the one before it, where several were asked for at once.
        if fault == 'reorders' and self.held is None and offset + length < len(data) and length > 65536:
            self.held = xid, body
            return None
        if self.held:
            self.send(xid, body)
            (xid, body), self.held = self.held, None
            self.send(xid, body)
            return None
        return body

    def call_nfs_19(self, call, _):
        size = 1 << 20
        return struct.pack('!IIIIIIIIIQIII', 0, 0, size, size, 1, size, size, 1, size, 1 << 60, 0, 1, 0x1b)


def serve(connection):
    try:
        Session(connection).run()
    except (OSError, EOFError):
        connection.close()


server = socket.create_server(('127.0.0.1', 0))
print(server.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()

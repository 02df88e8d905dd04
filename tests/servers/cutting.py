#!/usr/bin/env python3
"""A way to a server of 127.0.0.1 on which the first connection is cut.

    cutting.py PORT BYTES

listens on a free port of 127.0.0.1, which is the first line on stdout, and joins each connection with
one to PORT. After BYTES of the server's, the first is ended, and for half a second all others are at
once, as by a server that is started anew.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import socket
import sys
import threading
import time

PORT, BYTES = int(sys.argv[1]), int(sys.argv[2])
cut_at = None


def end(*sockets):
    for one in sockets:
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def carry(source, target, limit):
    global cut_at
    passed = 0
    try:
        while limit is None or passed < limit:
            data = source.recv(65536)
            if not data:
                break
            target.sendall(data)
            passed += len(data)
        else:
            cut_at = time.monotonic()
    except OSError:
        pass
    end(source, target)


server = socket.create_server(('127.0.0.1', 0))
print(server.getsockname()[1], flush=True)
first = True
while True:
    client = server.accept()[0]
    if cut_at and time.monotonic() < cut_at + 0.5:
        client.close()
        continue
    peer = socket.create_connection(('127.0.0.1', PORT))
    threading.Thread(target=carry, args=(client, peer, None), daemon=True).start()
    threading.Thread(target=carry, args=(peer, client, BYTES if first else None), daemon=True).start()
    first = False

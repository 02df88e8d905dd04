#!/usr/bin/env python3
"""Ways to xenstored with a fault in each: for every FAULT, the Unix socket DIRECTORY/FAULT passes
requests on to the one at REAL and answers back, by the protocol of Xen's public header
io/xs_wire.h. Every connection begins anew; N counts its requests. All listen once
there is a file DIRECTORY/ready.

  xenstored_fault.py DIRECTORY REAL FAULT…

  hang-N      the answer to request N, and all after it, never come
  close-N     the connection ends there
  half-N      it ends in the middle of that answer
  garbage-N   that answer is noise
  long-N      its length is 4 GiB
  again-N     so many ends of transactions fail, as if others had changed something meanwhile
  refuse-N    requests of type N fail, as if a quota were used up

SPDX-License-Identifier: GPL-3.0-or-later
"""
import socket
import struct
import sys
import threading
import time

HEADER = struct.Struct("<IIII")  # type, request, transaction, length
TRANSACTION_END, ERROR = 7, 16

directory, real = sys.argv[1:3]


def receive(connection, length):
    data = b""
    while len(data) < length:
        part = connection.recv(length - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def message(connection):
    header = receive(connection, HEADER.size)
    return header, receive(connection, HEADER.unpack(header)[3])


def error(header, name):
    _, request, transaction, _ = HEADER.unpack(header)
    return HEADER.pack(ERROR, request, transaction, len(name)), name


class Connection:
    def __init__(self, client, fault, number):
        self.client, self.fault, self.number = client, fault, number
        self.again_left = number
        self.server = socket.socket(socket.AF_UNIX)
        self.server.connect(real)

    def answer(self, header, body):
        """What comes back for a request."""
        kind = HEADER.unpack(header)[0]
        if self.fault == "again" and kind == TRANSACTION_END and self.again_left:
            self.again_left -= 1
            self.server.sendall(header + b"F\0")  # undone
            message(self.server)
            return error(header, b"EAGAIN\0")
        if self.fault == "refuse" and kind == self.number:
            return error(header, b"ENOSPC\0")
        self.server.sendall(header + body)
        return message(self.server)

    def spoil(self, header, body):
        """The bytes that are sent in the place of that answer, and of all after it."""
        if self.fault == "hang":
            time.sleep(3600)
        if self.fault == "close":
            return b""
        if self.fault == "half":
            return (header + body)[:-1]
        if self.fault == "garbage":
            return b"\xa5" * len(header + body)
        if self.fault == "long":
            return header[:12] + b"\xff\xff\xff\xff" + body
        return header + body

    def serve(self):
        count = 0
        try:
            while True:
                header, body = self.answer(*message(self.client))
                count += 1
                sent = header + body
                if count >= self.number:
                    sent = self.spoil(header, body)
                self.client.sendall(sent)
                if len(sent) < len(header + body):
                    break
        except (EOFError, ConnectionError):
            pass
        self.client.close()
        self.server.close()


def listen(name):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(directory + "/" + name)
    listener.listen(16)
    return listener


def accept(listener, fault, number):
    while True:
        connection = Connection(listener.accept()[0], fault, int(number))
        threading.Thread(target=connection.serve, daemon=True).start()


for each in sys.argv[3:]:
    threading.Thread(target=accept, args=(listen(each), *each.split("-")), daemon=True).start()
open(directory + "/ready", "w").close()
threading.Event().wait()

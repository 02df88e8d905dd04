#!/usr/bin/env python3
"""An FTP server of faults, for what a real one cannot be made to do.

    faulty_ftp.py FOLDER

serves the files of FOLDER by their last name on a free port of 127.0.0.1, which is the first line on
stdout. Each further line is one command. The first folder of a path says what goes wrong, as FAULT or
FAULT=VALUE; for what happens before any path is named, the user's name does.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import os
import socket
import sys
import threading
import time

FOLDER = sys.argv[1]
counts = {}
lock = threading.Lock()


def count(key):
    """How often this was asked before."""
    with lock:
        counts[key] = counts.get(key, 0) + 1
        return counts[key] - 1


class Session:
    def __init__(self, control):
        self.control, self.file = control, control.makefile('rb')
        self.user, self.rest, self.listener, self.port = '', 0, None, None

    def say(self, text):
        self.control.sendall(text.encode() + b'\r\n')

    def split(self, path):
        """Fault, its value, and the file's bytes, or None."""
        parts = path.strip('/').split('/')
        fault, _, value = parts[0].partition('=')
        name = os.path.join(FOLDER, parts[-1])
        data = None
        if parts[-1] in ('vmlinuz', 'initrd.img') and 'pxeboot' in parts and os.path.isfile(name):
            with open(name, 'rb') as f:
                data = f.read()
        return fault, value, data

    def run(self):
        self.say('220-Hello\r\n220 there')
        for line in self.file:
            word, _, argument = line.decode('latin-1').rstrip('\r\n').partition(' ')
            with lock:
                print(word, argument, flush=True)
            do = getattr(self, 'do_' + word.lower(), None)
            if do is None:
                self.say('502 No.')
            elif do(argument) is False:
                break
        self.control.close()

    def do_user(self, argument):
        self.user = argument
        if argument == 'chatty':
            while True:
                self.say('331-' + 'x' * 1000)
        if argument == 'busy':
            self.say('421 Too many.')
            return False
        self.say('331 Password?')

    def do_pass(self, argument):
        self.say('530 No.' if self.user == 'refused' or argument == 'wrong' else '230 Welcome.')

    def do_pwd(self, _):
        self.say('257 "/"')

    def do_type(self, _):
        self.say('200 Yes.')

    def open_data(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        return self.listener.getsockname()[1]

    def do_epsv(self, _):
        if self.user in ('elsewhere', 'nopassive'):
            self.say('500 No.')
        elif self.user == 'service':
            self.say('229 Here (|||22|)')
        else:
            self.say('229 Here (|||%d|)' % self.open_data())

    def do_pasv(self, _):
        if self.user == 'nopassive':
            self.say('500 No.')
            return
        port = self.open_data()
        self.say('227 There (192,0,2,1,%d,%d)' % (port >> 8, port & 255))

    def do_size(self, path):
        fault, value, data = self.split(path)
        if data is None or fault == 'nosize':
            self.say('550 No.')
        else:
            self.say('213 %d' % (len(data) + int(value) if fault == 'lies' else
                                 1 << 50 if fault == 'huge' else len(data)))

    def do_mdtm(self, path):
        fault, _, data = self.split(path)
        if data is None or fault == 'notime':
            self.say('550 No.')
        else:
            self.say('213 20230102030405' if fault != 'changes' or count('time' + path) == 0
                     else '213 20230102030406')

    def do_rest(self, argument):
        self.rest = int(argument)
        self.say('350 Yes.')

    def do_quit(self, _):
        self.say('221 Bye.')
        return False

    def do_retr(self, path):
        fault, value, data = self.split(path)
        if fault == 'badrest' and self.rest:
            self.say('451 No.')
            return None
        if data is None or (fault == 'vanishes' and count('retr' + path) > 0):
            self.say('550 No such file.')
            return None
        rest, self.rest = self.rest, 0
        if fault == 'unsent':
            self.say('450 Busy.')
            return None
        self.say('150 Here it comes.')
        peer, _ = self.listener.accept()
        self.listener.close()
        drops = {'drops': int(value or 0) if fault == 'drops' else 0}.get(fault)
        if fault in ('changes', 'vanishes', 'badrest'):
            drops = 1
        if drops is not None and count('drop' + path) < drops:
            peer.sendall(data[rest:rest + (len(data) - rest) // 2])
            peer.close()
            self.say('426 Oops.')
            return None
        if fault == 'cut':
            data = data[:len(data) // 2]
        if fault == 'stalls':
            peer.sendall(data[:1000])
            time.sleep(30)
        if fault == 'drips':
            for i in range(300):
                peer.sendall(data[i:i + 1])
                time.sleep(0.1)
        try:
            peer.sendall(data[rest:])
        except OSError:
            pass
        peer.close()
        self.say('226 Done.')
        return None


def serve(control):
    try:
        Session(control).run()
    except OSError:
        pass


server = socket.create_server(('127.0.0.1', 0))
print(server.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()

#!/usr/bin/env python3
"""An HTTP server of faults, for what a real web server cannot be made to do.

    faulty.py FOLDER [CERT KEY]

serves the files of FOLDER by their last name, whatever the folders before it, on a free port of
127.0.0.1, or on the port FAULTY_EVERYWHERE of all addresses, with TLS when it is given a certificate
and its key. The first line on stdout is the port. Each further line is one request: method, path, Range, Authorization.

The first folder of the path says what goes wrong, as FAULT or FAULT=VALUE, and, with FAULT@NAME,
only for the file of that name:

    /drops=3@initrd.img/images/pxeboot/vmlinuz

SPDX-License-Identifier: GPL-3.0-or-later
"""
import base64
import os
import re
import socket
import ssl
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOLDER = sys.argv[1]
DATE = 'Mon, 02 Jan 2023 03:04:05 GMT'
HTML = b'\r\n<!DOCTYPE html><html><body>Please log in</body></html>\n'
counts = {}
lock = threading.Lock()


def count(key):
    """How often this was asked before."""
    with lock:
        counts[key] = counts.get(key, 0) + 1
        return counts[key] - 1


class Handler(BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        path = self.path.split('?')[0]
        with lock:
            print('GET', self.path, self.headers.get('Range', '-'),
                  self.headers.get('Authorization', '-'), flush=True)
        match = re.match(r'/([^/=@]+)(?:=([^/@]*))?(?:@([^/]*))?/(.*)', path)
        if not match:
            return self.status(404)
        fault, self.value, only, self.rest = match.groups()
        self.name = os.path.basename(self.rest)
        if only and only != self.name:
            fault = 'none'
        fault = getattr(self, 'fault_' + fault.replace('-', '_'), None)
        try:
            return fault() if fault else self.status(404)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True

    def body(self):
        """The file of that name, or None after a 404."""
        try:
            with open(os.path.join(FOLDER, self.name), 'rb') as file:
                return file.read()
        except OSError:
            self.status(404)
            return None

    def status(self, code, body=b'nothing for you\n', **headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang_up(self):
        """Ends the connection in the middle."""
        self.close_connection = True
        self.wfile.flush()
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def fault_none(self):
        body = self.body()
        if body is not None:
            self.status(200, body)

    # --- statuses and redirects ---
    def fault_status(self):
        if self.value == '401' and self.headers.get('Authorization') == \
                'Basic ' + base64.b64encode(b'me:s3cret').decode():
            return self.fault_none()
        return self.status(int(self.value))

    def fault_html(self):
        self.status(200, HTML)

    def fault_text(self):
        self.status(200, b'this is a text and by no means a kernel\n' * 40)

    def fault_empty(self):
        self.status(200, b'')

    def fault_redirect_loop(self):
        self.status(302, Location=self.path)

    def fault_redirects(self):
        """VALUE redirects, then the file."""
        left = int(self.value)
        if left == 0:
            return self.fault_none()
        return self.status(302, Location=self.path.replace(f'={left}', f'={left - 1}', 1))

    def fault_redirect_file(self):
        self.status(302, Location='file:///etc/passwd')

    def fault_redirect_nowhere(self):
        """A redirect without a place to go, and a page of VALUE bytes about it."""
        self.status(302, b'x' * int(self.value))

    def fault_redirect_to(self):
        """To port VALUE of another host name."""
        self.status(302, Location=f'http://localhost:{self.value}/none/{self.name}')

    def fault_redirect_host(self):
        """To VALUE, a host or HOST:PORT, for the rest of the path."""
        self.status(302, Location=f'http://{self.value}/{self.rest}')

    # --- bodies ---
    def fault_announces(self):
        """Announces VALUE bytes, sends the file, and waits."""
        body = self.body()
        if body is None:
            return
        self.send_response(200)
        self.send_header('Content-Length', self.value)
        self.end_headers()
        self.wfile.write(body)
        time.sleep(0.3)
        self.hang_up()

    def fault_no_length(self):
        body = self.body()
        if body is None:
            return
        self.send_response(200)
        self.send_header('Connection', 'close')
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def fault_chunked(self):
        """Chunks, the last one missing when VALUE is "cut"."""
        body = self.body()
        if body is None:
            return
        self.send_response(200)
        self.send_header('Transfer-Encoding', 'chunked')
        self.end_headers()
        for at in range(0, len(body), 10000):
            part = body[at:at + 10000]
            self.wfile.write(b'%x\r\n%s\r\n' % (len(part), part))
        if self.value == 'cut':
            return self.hang_up()
        self.wfile.write(b'0\r\n\r\n')

    def fault_endless(self):
        self.send_response(200)
        self.send_header('Connection', 'close')
        self.end_headers()
        self.wfile.write((self.body() or b'')[:1024])
        while True:
            self.wfile.write(b'\0' * 65536)

    def fault_stall(self):
        """Half of the file, then silence."""
        body = self.body()
        if body is None:
            return
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.send_header('ETag', '"one"')
        self.end_headers()
        self.wfile.write(body[:len(body) // 2])
        self.wfile.flush()
        time.sleep(30)

    def fault_silent(self):
        time.sleep(30)

    def fault_slow(self):
        """The file in VALUE parts of 2000 bytes, 0.2 seconds apart, and the rest."""
        body = self.body()
        if body is None:
            return
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        for at in range(int(self.value)):
            self.wfile.write(body[at * 2000:(at + 1) * 2000])
            time.sleep(0.2)
        self.wfile.write(body[int(self.value) * 2000:])

    def fault_drips(self):
        """A byte each 0.2 seconds of a body of 4 MB, with the status VALUE."""
        self.send_response(int(self.value))
        self.send_header('Location', '/none/' + self.name)
        self.send_header('Content-Length', '4000000')
        self.end_headers()
        while True:
            self.wfile.write(b'#')
            time.sleep(0.2)

    # --- headers ---
    def fault_headers(self):
        """So many bytes of one further header, with the name and the line end."""
        body = self.body()
        if body is None:
            return
        fixed = b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % len(body)
        rest = int(self.value) - len(fixed)
        lines = []
        while rest > 0:
            size = rest if rest < 2000 else 1000
            lines.append(b'X: ' + b'y' * (size - 5) + b'\r\n')
            rest -= size
        self.wfile.write(fixed[:-2] + b''.join(lines) + b'\r\n' + body)

    def fault_header_lines(self):
        """So many lines of headers, with the status and the empty line."""
        body = self.body()
        if body is None:
            return
        fixed = b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n' % len(body)
        self.wfile.write(fixed + b'X:\r\n' * (int(self.value) - 3) + b'\r\n' + body)

    def fault_interim(self):
        """VALUE responses in front of the real one; without VALUE there is none but those."""
        sent = 0
        while not self.value or sent < int(self.value):
            self.wfile.write(b'HTTP/1.1 100 Continue\r\n\r\n')
            sent += 1
        self.fault_none()

    def fault_interim_slow(self):
        while True:
            self.wfile.write(b'HTTP/1.1 102 Processing\r\n\r\n')
            time.sleep(0.5)

    def fault_headers_endless(self):
        self.send_response(200)
        self.end_headers = lambda: None
        self.flush_headers()
        while True:
            self.wfile.write(b'X-Header: ' + b'y' * 5000 + b'\r\n')

    def fault_headers_slow(self):
        self.wfile.write(b'HTTP/1.1 200 OK\r\n')
        while True:
            self.wfile.write(b'X: y\r\n')
            time.sleep(0.2)

    def fault_not_http(self):
        self.wfile.write(b'220 this is some other service\r\n')
        self.hang_up()

    def fault_closes(self):
        self.hang_up()

    # --- drops and resumes ---
    def answer_part(self, body, etag='"one"', date=DATE, first=None, shift=0, total=0):
        """What is asked for by Range, or all of it."""
        wanted = re.match(r'bytes=(\d+)-$', self.headers.get('Range', ''))
        first = int(wanted.group(1)) if wanted else 0
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header('Content-Range', 'bytes %d-%d/%d' % (
                first + shift, len(body) - 1, total or len(body)))
        self.send_header('Content-Length', str(len(body) - first))
        if etag:
            self.send_header('ETag', etag)
        if date:
            self.send_header('Last-Modified', date)
        self.end_headers()
        return body[first:]

    def drop(self, **how):
        """Drops VALUE times, then sends the rest."""
        body = self.body()
        if body is None:
            return
        rest = self.answer_part(body, **how)
        if count(self.path) < int(self.value or 1):
            self.wfile.write(rest[:max(1, len(rest) // 3)])
            return self.hang_up()
        self.wfile.write(rest)

    def fault_drops(self):
        self.drop()

    def fault_drops_by_date(self):
        self.drop(etag='W/"weak"')

    def fault_drops_unnamed(self):
        self.drop(etag=None, date=None)

    def fault_drops_changed(self):
        """Another file after the drop: the whole of it, as If-Range wants it."""
        body = self.body()
        if body is None:
            return
        if count(self.path) == 0:
            self.wfile.write(self.answer_part(body)[:5000])
            return self.hang_up()
        self.status(200, body[::-1], ETag='"two"')

    def fault_drops_other(self):
        """A part, but of another file."""
        self.drop(etag='"n%d"' % count(self.path + '#'))

    def fault_drops_shifted(self):
        self.drop(shift=1)

    def fault_drops_total(self):
        self.drop(total=10 ** 7 if 'Range' in self.headers else 0)

    def fault_drops_long(self):
        """After the drop, more than the part that the range says."""
        body = self.body()
        if body is None:
            return
        if 'Range' not in self.headers:
            self.wfile.write(self.answer_part(body)[:5000])
            return self.hang_up()
        self.send_response(206)
        self.send_header('ETag', '"one"')
        self.send_header('Content-Range', 'bytes 5000-%d/%d' % (len(body) - 1, len(body)))
        self.end_headers()
        self.wfile.write(body[5000:] + b'x')
        self.hang_up()

    def fault_drops_gone(self):
        if 'Range' in self.headers:
            return self.status(404)
        return self.drop()


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        pass


everywhere = os.environ.get('FAULTY_EVERYWHERE')
if everywhere:
    Server.address_family = socket.AF_INET6  # which takes IPv4 too
server = Server(('::', int(everywhere)) if everywhere else ('127.0.0.1', 0), Handler)
if len(sys.argv) > 2:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    server.socket = context.wrap_socket(server.socket, server_side=True,
                                        do_handshake_on_connect=False)
print(server.server_address[1], flush=True)
server.serve_forever()

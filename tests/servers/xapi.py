#!/usr/bin/env python3
"""A server that speaks xapi's protocol: JSON-RPC 2.0 by HTTP POST over a Unix socket.

    xapi.py SOCKET DB FAULTS LOG

DB is a JSON object of VMs by UUID, each as eliloader's records are ("VBDs": a list of objects);
it is read again for each call and replaced, whole, after each change, so that a test may look at
it, and write it, at any time. "ready" on stdout says that the socket takes connections. The file
SOCKET.busy is there while a connection is open that has got an answer: a client that is gone may
have left a call that is still to be made.

LOG gets one JSON object a line: {"start": true} when the server starts, {"crash": true} when a
fault ends it, {"forget": true} when one ends all sessions, else {"connection", "method", "params" (without the session), "session", "error"
(the API error's name, or null)}.

FAULTS holds one fault a line, read for each call: WHEN METHOD FAULT [WORD...]. METHOD is a
method's name, "change" for all that change a VM, or "*". WHEN is "always", or N for the Nth such
call from now on: the server counts it down in the file, and removes the line when it has struck.
A line with METHOD "*" does not see session.logout.

    error NAME [DATA...]  the API error NAME
    forget                the session ends before the call (SESSION_INVALID)
    close, half           the connection closes without an answer, after half of it
    hang                  no answer until the client closes
    delay SECONDS         the call is made, the answer comes later
    huge BYTES            the result is a text of so many bytes
    endless               an answer that does not end
    raw TEXT              the body is TEXT; \\n and such as in Python
    status N              the HTTP status
    redirect URL          302
    result JSON           the result of a call that is not made
    both, neither         result and error, or none of them; the call is made
    wrong-id              the call is made
    appears KEY VALUE     after the call, its map gets KEY with VALUE
    set UUID KEY VALUE    after the call, other_config of that VM gets KEY with VALUE
    destroy               after the call, there are no VMs any more
    unplug                after the call, no VM has a VBD any more
    crash                 the call is made, then the server is gone, without an answer
    crash-before          the call is not made
    stop                  (after the call) like crash, but the answer is sent first

SPDX-License-Identifier: GPL-3.0-or-later
"""
import json
import os
import socketserver
import sys
import threading
import time

SOCKET, DB, FAULTS, LOG = sys.argv[1:]
BUSY = SOCKET + '.busy'
# Those that answer before the call is made, so that it is not.
INSTEAD = {'error', 'forget', 'close', 'hang', 'huge', 'endless', 'raw', 'status', 'redirect',
           'result', 'crash-before'}
lock = threading.Lock()
sessions = set()
connections = 0
connections_open = 0


class APIError(Exception):
    def __init__(self, name, *data):
        super().__init__(name)
        self.name, self.data = name, list(data)


class Gone(Exception):
    """The connection is to be closed."""


def log(**what):
    with open(LOG, 'a', encoding='utf-8') as file:
        file.write(json.dumps(what) + '\n')


def replace(path, text):
    new = path + '.new'
    with open(new, 'w', encoding='utf-8') as file:
        file.write(text)
    os.replace(new, path)


def crash():
    log(crash=True)
    os._exit(0)


# --- the database ------------------------------------------------------------------------------

def read_db():
    with open(DB, encoding='utf-8') as file:
        return json.load(file)


def write_db(db):
    replace(DB, json.dumps(db, indent=1, sort_keys=True) + '\n')


def vm_of(db, ref):
    name = str(ref).removeprefix('OpaqueRef:vm-')
    if name == ref or name not in db:
        raise APIError('HANDLE_INVALID', 'VM', ref)
    return db[name]


def vbd_refs(name, vm):
    return [f'OpaqueRef:vbd-{name}-{vbd["userdevice"]}' for vbd in vm.get('VBDs', [])]


def vbd_of(db, ref):
    for name, vm in db.items():
        refs = vbd_refs(name, vm)
        if ref in refs:
            return vm['VBDs'][refs.index(ref)]
    raise APIError('HANDLE_INVALID', 'VBD', ref)


def text(value, field):
    if not isinstance(value, str):
        raise APIError('FIELD_TYPE_ERROR', field)
    if any(ord(c) < 32 and c not in '\t\n\r' for c in value):
        raise APIError('INTERNAL_ERROR', 'Xmlm.Error: character not allowed')
    return value


# --- the methods: each gets the database and the parameters after the session -------------------

def get_by_uuid(db, name):
    if text(name, 'uuid') not in db:
        raise APIError('UUID_INVALID', 'VM', name)
    return 'OpaqueRef:vm-' + name


def get_record(db, ref):
    vm = vm_of(db, ref)
    name = ref.removeprefix('OpaqueRef:vm-')
    # What every real record has, whatever the test has put there.
    record = {'name_label': '', 'name_description': '', 'power_state': 'Halted', 'PV_bootloader': '',
              'PV_bootloader_args': '', 'PV_args': '', 'PV_kernel': '', 'PV_ramdisk': '',
              'HVM_boot_policy': '', 'is_a_template': False, 'memory_static_max': '1073741824',
              'VIFs': [], 'snapshot_time': '19700101T00:00:00Z', 'other_config': {},
              'platform': {}, 'xenstore_data': {}}
    return {**record, **vm, 'uuid': name, 'VBDs': vbd_refs(name, vm)}


def get_vbds(db, ref):
    return vbd_refs(vm_of(db, ref) and ref.removeprefix('OpaqueRef:vm-'), vm_of(db, ref))


def setter(field):
    def set_field(db, ref, value):
        vm_of(db, ref)[field] = text(value, field)
        return ''
    return set_field


def remover(field):
    def remove(db, ref, key):
        vm_of(db, ref).get(field, {}).pop(text(key, field), None)
        return ''
    return remove


def adder(field):
    def add(db, ref, key, value):
        entries = vm_of(db, ref).setdefault(field, {})
        if text(key, field) in entries:
            raise APIError('MAP_DUPLICATE_KEY', 'VM', field, ref, key)
        entries[key] = text(value, field)
        return ''
    return add


def set_bootable(db, ref, value):
    if not isinstance(value, bool):
        raise APIError('FIELD_TYPE_ERROR', 'bootable')
    vbd_of(db, ref)['bootable'] = value
    return ''


LOOKS = {
    'VM.get_by_uuid': get_by_uuid,
    'VM.get_record': get_record,
    'VM.get_VBDs': get_vbds,
    'VBD.get_userdevice': lambda db, ref: vbd_of(db, ref)['userdevice'],
    'VBD.get_bootable': lambda db, ref: vbd_of(db, ref).get('bootable', False),
}
CHANGES = {
    'VM.set_PV_bootloader': setter('PV_bootloader'),
    'VM.set_PV_bootloader_args': setter('PV_bootloader_args'),
    'VM.set_PV_args': setter('PV_args'),
    'VM.add_to_other_config': adder('other_config'),
    'VM.remove_from_other_config': remover('other_config'),
    'VM.add_to_platform': adder('platform'),
    'VM.remove_from_platform': remover('platform'),
    'VBD.set_bootable': set_bootable,
}


def login(*params):
    if len(params) != 4:
        raise APIError('MESSAGE_PARAMETER_COUNT_MISMATCH', 'session.login_with_password', '4',
                       str(len(params)))
    for value in params:
        text(value, 'login')
    sessions.add(session := 'OpaqueRef:' + os.urandom(16).hex())
    return session


def call(method, params):
    """The result of METHOD; it is done, and on the disk, when this returns."""
    if method == 'session.login_with_password':
        return login(*params)
    if not params or params[0] not in sessions:
        raise APIError('SESSION_INVALID', params[0] if params else '')
    if method == 'session.logout':
        sessions.remove(params[0])
        return ''
    function = LOOKS.get(method) or CHANGES.get(method)
    if not function:
        raise APIError('MESSAGE_METHOD_UNKNOWN', method)
    db = read_db()
    before = json.dumps(db)
    try:
        result = function(db, *params[1:])
    except TypeError:
        raise APIError('MESSAGE_PARAMETER_COUNT_MISMATCH', method, '?', str(len(params))) from None
    if json.dumps(db) != before:
        write_db(db)
    return result


# --- faults ------------------------------------------------------------------------------------

def strikes(pattern, method):
    return (pattern == method or pattern == '*' and method != 'session.logout' or
            pattern == 'change' and method in CHANGES)


def take_fault(method):
    """The words of the fault that strikes now, or None."""
    try:
        with open(FAULTS, encoding='utf-8') as file:
            lines = file.read().splitlines()
    except FileNotFoundError:
        return None
    left, found = [], None
    for line in lines:
        words = line.split(' ', 2)
        if len(words) == 3 and not found and strikes(words[1], method):
            if words[0] in ('always', '1'):
                name, _, rest = words[2].partition(' ')
                found = [name, rest]
            if words[0] == '1':
                continue
            if words[0] != 'always':
                line = ' '.join([str(int(words[0]) - 1)] + words[1:])
        left.append(line)
    if left != lines:
        replace(FAULTS, ''.join(line + '\n' for line in left))
    return found


def change_behind(fault, words, method, params):
    """What somebody else does after the call."""
    db = read_db()
    if fault == 'appears':
        key, value = words.split(' ', 1)
        vm_of(db, params[1])[method.split('_', 2)[2]][key] = value
    elif fault == 'set':
        name, key, value = words.split(' ', 2)
        db[name].setdefault('other_config', {})[key] = value
    elif fault == 'destroy':
        db = {}
    elif fault == 'unplug':
        for vm in db.values():
            vm['VBDs'] = []
    else:
        return
    write_db(db)


class Handler(socketserver.StreamRequestHandler):
    """One connection, as HTTP/1.1 keeps it. (http.server takes longer to load than a test to run.)"""

    def setup(self):
        global connections, connections_open
        super().setup()
        with lock:
            connections += 1
            connections_open += 1
            self.number = connections
            replace(BUSY, '')

    def finish(self):
        global connections_open
        with lock:
            connections_open -= 1
            if connections_open == 0:
                os.unlink(BUSY)
        super().finish()

    def handle(self):
        try:
            while self.take_request():
                self.answer()
        except (Gone, BrokenPipeError, ConnectionResetError):
            pass

    def take_request(self):
        """False at the end of the connection."""
        self.request_line = self.rfile.readline().decode('latin-1').split()
        length = 0
        while self.request_line:
            name, _, value = self.rfile.readline().decode('latin-1').partition(':')
            if not name.strip():
                break
            if name.lower() == 'content-length':
                length = int(value)
        self.body = self.rfile.read(length)
        return self.request_line != []

    def send(self, body, status=200, headers=''):
        self.wfile.write(b'HTTP/1.1 %d Status\r\n%sContent-Type: application/json\r\n'
                         b'Content-Length: %d\r\n\r\n' % (status, headers.encode(), len(body)) + body)

    def answer(self):
        if self.request_line[:2] != ['POST', '/jsonrpc']:
            return self.send(b'not here', 404)
        try:
            request = json.loads(self.body)
            method, params, number = request['method'], request['params'], request['id']
            good = request['jsonrpc'] == '2.0' and isinstance(params, list)
        except (ValueError, KeyError, TypeError):
            good = False
        if not good:
            return self.send(b'{"jsonrpc":"2.0","error":{"code":-32600,"message":"bad request",'
                             b'"data":[]},"id":null}')
        with lock:
            fault, words = take_fault(method) or (None, '')
            answer = self.make(method, params, fault, words)
        answer.update(jsonrpc='2.0', id=number + 1 if fault == 'wrong-id' else number)
        self.deliver(answer, fault, words)

    def make(self, method, params, fault, words):
        """The call, or what FAULT puts into its place; logged."""
        answer = {}
        entry = {'connection': self.number, 'method': method, 'error': None,
                 'session': None, 'params': params}
        if method != 'session.login_with_password' and params:
            entry.update(session=params[0], params=params[1:])
        try:
            if fault == 'forget':
                sessions.clear()
                log(forget=True)
            if fault == 'error':
                raise APIError(*words.split(' '))
            if fault not in INSTEAD or fault == 'forget':
                answer['result'] = call(method, params)
                change_behind(fault, words, method, params)
        except APIError as error:
            entry['error'] = error.name
            answer['error'] = {'code': 1, 'message': error.name, 'data': error.data}
        log(**entry)
        if fault in ('crash', 'crash-before'):
            crash()
        return answer

    def deliver(self, answer, fault, words):
        if fault == 'close':
            raise Gone
        if fault == 'hang':
            while self.request.recv(4096):
                pass
            raise Gone
        if fault == 'delay':
            time.sleep(float(words))
        elif fault == 'huge':
            answer['result'] = 'x' * int(words)
        elif fault == 'result':
            answer['result'] = json.loads(words)
        elif fault == 'both':
            answer.update(result='', error={'code': 1, 'message': 'BOTH', 'data': []})
        elif fault == 'neither':
            answer.pop('result', None)
        body = json.dumps(answer).encode()
        if fault == 'raw':
            body = words.encode().decode('unicode_escape').encode('latin-1')
        if fault == 'status':
            return self.send(b'<html>xapi is out of order</html>', int(words))
        if fault == 'redirect':
            return self.send(b'', 302, f'Location: {words}\r\n')
        if fault == 'half':
            self.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n' % len(body))
            self.wfile.write(body[:len(body) // 2])
            raise Gone
        if fault == 'endless':
            self.wfile.write(b'HTTP/1.1 200 OK\r\n\r\n{"result": "')
            while True:
                self.wfile.write(b'x' * 65536)
        self.send(body)
        if fault == 'stop':
            self.wfile.flush()
            crash()


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 128


for left in (SOCKET, BUSY):
    if os.path.exists(left):
        os.unlink(left)
log(start=True)
with Server(SOCKET, Handler) as server:
    print('ready', flush=True)
    server.serve_forever()

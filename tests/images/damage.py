#!/usr/bin/env python3
"""Damages the fields of a disk one by one, and runs fsprobe on each result.

    damage.py FSPROBE IMAGE SECONDS [--gpt HEADER] AT:WIDTH…

Each field (a little-endian number of WIDTH bytes at AT) is set to 0, to all ones, and to one
more and one less than it is; then it is mended. With --gpt the fields are those of the GPT
header at HEADER, whose checksum is made right each time. Prints a line for every run that did
not end in time with status 0 and an answer, and last the number of runs.
SPDX-License-Identifier: GPL-3.0-or-later
"""
import binascii
import os
import subprocess
import sys

REQUEST = b'{"disks":["disk"],"family":null,"arch":null,"uid":65534}'
GPT_HEADER_SIZE, GPT_CRC_AT = 92, 16


def run(fsprobe, image, seconds):
    """What was wrong with one run; None: nothing."""
    # its descriptors: 0 the request, 3 the answer, 4 the disk
    ours, theirs = os.pipe()

    def arrange():
        os.dup2(theirs, 3)
        os.dup2(os.open(image, os.O_RDONLY), 4)

    with subprocess.Popen([fsprobe], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE, close_fds=False, preexec_fn=arrange) as child:
        os.close(theirs)
        try:
            _, errors = child.communicate(REQUEST, timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            os.close(ours)
            return f"longer than {seconds} s"
    answer = b""
    while part := os.read(ours, 65536):
        answer += part
    os.close(ours)
    if child.returncode != 0:
        return f"status {child.returncode}, {errors[:300]!r}"
    if b'"answer":{' not in answer or not answer.endswith(b"}\n"):
        return f"no answer: {answer[:300]!r}"
    return None


def mend_gpt(disk, header):
    bytes_of = bytearray(os.pread(disk, GPT_HEADER_SIZE, header))
    bytes_of[GPT_CRC_AT:GPT_CRC_AT + 4] = bytes(4)
    os.pwrite(disk, binascii.crc32(bytes_of).to_bytes(4, "little"), header + GPT_CRC_AT)


def damage(disk, at, width, header, judge):
    was = os.pread(disk, width, at)
    number, end = int.from_bytes(was, "little"), 1 << 8 * width
    count = 0
    for value in {0, end - 1, (number + 1) % end, (number - 1) % end}:
        os.pwrite(disk, value.to_bytes(width, "little"), at)
        if header is not None:
            mend_gpt(disk, header)
        wrong = judge()
        if wrong:
            print(f"{width} bytes at {at} = {value}: {wrong}")
        count += 1
    os.pwrite(disk, was, at)
    if header is not None:
        mend_gpt(disk, header)
    return count


def main(fsprobe, image, seconds, *fields):
    header = None
    if fields[0] == "--gpt":
        header, fields = int(fields[1]), fields[2:]
    disk = os.open(image, os.O_RDWR)
    count = 0
    for field in fields:
        at, width = (int(n) for n in field.split(":"))
        count += damage(disk, at + (header or 0), width, header,
                        lambda: run(fsprobe, image, float(seconds)))
    print(count)


main(*sys.argv[1:])

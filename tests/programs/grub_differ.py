#!/usr/bin/env python3
"""GRUB's own interpreter of grub.cfg against ours, on configurations that are made up.

    grub_differ.py BUILD SEED COUNT        TAP: one test for each configuration
    grub_differ.py BUILD SEED COUNT SECONDS FOLDER
                                           goes on with further seeds for so long; what differs is
                                           written to FOLDER and counted
    grub_differ.py BUILD FILE…             the configurations of these files

One disk image holds all configurations of a run. grub-emu (GRUB 2.06's interpreter as a program) is
started for each; `linux` and the like, which its build lacks, are functions that print what they
were called with. Ours is tests/programs/grub2_boots.c. What differs fails.

SPDX-License-Identifier: GPL-3.0-or-later
"""
import concurrent.futures
import fcntl
import os
import pty
import random
import re
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import time

UUIDS = ["11111111-2222-3333-4444-555555555501", "11111111-2222-3333-4444-555555555502"]
LABELS = ["system", "second"]
PATIENCE = 5  # seconds that one run of GRUB may take
WIDTH = 2000  # columns of GRUB's screen: what is longer is cut by it

PRELUDE = """
function linux {
    if [ -s "$1" ]; then
        echo
        echo "@kernel $root $1"
        if [ "$#" != 1 ]; then shift; for arg in "$@"; do echo "@arg $arg"; done; fi
    else
        return 5
    fi
}
function linux16 { linux "$@"; }
function linuxefi { linux "$@"; }
function initrd {
    echo
    echo "@ramdisks"
    for f in "$@"; do if [ -s "$f" ]; then echo "@ramdisk $root $f"; else echo "@lost"; fi; done
}
function initrd16 { initrd "$@"; }
function initrdefi { initrd "$@"; }
set root=hd0,msdos1
set prefix=(hd0,msdos1)/case
set cmdpath=(hd0,msdos1)/case
set grub_platform=xen
set grub_cpu=x86_64
source (hd0,msdos1)%s
set timeout=0
"""


# --- the configurations ----------------------------------------------------------------------

class Maker:
    """Makes one configuration, with the mistakes that people make."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.depth = 0
        self.ids = ["one", "two", "a>b", "x y", "gnulinux-simple"]
        self.functions = ["f", "g"]
        self.in_function = False
        self.loops = 0

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def pick(self, *choices):
        choice = self.random.choice(choices)
        return choice() if callable(choice) else choice

    def weighted(self, *pairs):
        choice = self.random.choices([p[1] for p in pairs], [p[0] for p in pairs])[0]
        return choice() if callable(choice) else choice

    # words

    def name(self):
        return self.pick("a", "b", "c", "d", "x1", "_y", "root", "default", "saved_entry", "list")

    def variable(self):
        name = self.weighted((6, self.name), (1, "1"), (1, "2"), (1, "#"), (1, "?"), (1, "@"),
                             (1, "*"), (1, "chosen"), (1, "prefix"), (1, "config_directory"),
                             (1, "nothing"))
        return ("${%s}" if self.chance(35) else "$%s") % name

    def plain(self):
        return self.pick("x", "yes", "no", "1", "2", "10", "-1", "0x1f", "017", "abc", "a=b", "quiet",
                         "root=/dev/xvda1", "console=hvc0", "ro", "=", "-", "--", "a,b", "x:y", "~",
                         "[", "]", "a[1]", "%", "in", "then", "do", "!", "A-b_c.d", "/boot", "(hd0,1)",
                         "hd0,msdos2", "(hd0,2)/both", "/boot/vmlinuz-3")

    def inside(self):
        """What may stand between double quotes."""
        return "".join(self.pick(self.plain, self.variable, " ", "\\\"", "\\\\", "\\$", "\\n", "'",
                                 "  ", ";", "{", "}", "#", "\\a", "<", "|", "*", "?")
                       for _ in range(self.random.randrange(4)))

    def word(self):
        return self.weighted(
            (30, self.plain), (20, self.variable),
            (10, lambda: '"%s"' % self.inside()),
            (6, lambda: "'%s'" % self.pick("a b", "", "$a", "\\", "x;y", "{}", "#", "\"", "*")),
            (4, lambda: self.pick("\\ ", "\\#", "\\$a", "\\;", "a\\ b", "\\\\", "\\'", "\\\"", "\\*",
                                  "\\x41", "\\{")),
            (8, lambda: self.word() + self.word().replace('$"', '"')), (2, '$"text"'), (1, "a#b"), (1, "\\\n"),
            (2, self.wild))

    def wild(self):
        return self.pick("/boot/vmlinuz-*", "/boot/vm*-[1]", "/boot/vmlinuz-?", "(hd0,1)/bo*",
                         "(hd0,2)/v*", "*x", "/none*", "/b*/initrd-1", "/boot/*-2", "/*/none",
                         "'/boot/'*-3", "\"/boot/*\"", "/boot/\\*", "/boot/x$a*", "(hd0,ms*2)/both")

    def words(self, most=4):
        return " ".join(self.word() for _ in range(self.random.randrange(most + 1)))

    # commands

    def test(self, depth=0):
        number = lambda: self.pick("1", "2", "10", "-1", "0x10", "", "a", self.variable)
        text = lambda: self.pick('"$a"', "x", "$b", "'a b'", '""', "yes", '"${nothing}"', self.plain)
        path = lambda: self.pick("/boot", "/both", "(hd0,2)/both", "/none", "(hd0,9)/both", "both",
                                 "/boot/vmlinuz-1", "$a", "(hd0,gpt1)/both", "(hd0)/x", "/boot/",
                                 "(hd0,msdos2)/", "/boot/../both", "//both", '"/boot/empty"', "both/",
                                 "(hd0,2)both", "boot", "boot/empty", "/both/", "(hd0,1)boot//", "/boot//empty")
        one = lambda: self.weighted(
            (5, lambda: "%s %s %s" % (text(), self.pick("=", "==", "!=", "=", '"<"', "'>'", "\\<=", '">="'), text())),
            (5, lambda: "%s %s %s" % (number(), self.pick("-eq", "-ne", "-lt", "-le", "-gt", "-ge",
                                                          "-pgt", "-plt"), number())),
            (5, lambda: "%s %s" % (self.pick("-f", "-d", "-e", "-s"), path())),
            (4, lambda: "%s %s" % (self.pick("-n", "-z"), text())),
            (3, text), (1, ""), (1, "-f"), (1, "x -q y"))
        parts = [one()]
        while self.chance(25):
            parts.append(self.pick("-a", "-o", "-a", "-o", ""))
            parts.append(("! " if self.chance(20) else "") +
                         ("( %s )" % self.test(depth + 1) if self.chance(20) and depth < 2 else one()))
        return ("! " if self.chance(15) else "") + " ".join(parts)

    def condition(self):
        return self.weighted(
            (12, lambda: "[ %s ]" % self.test()), (2, lambda: "test %s" % self.test()),
            (2, "true"), (2, "false"), (1, "! true"), (1, lambda: "[ %s" % self.test()),
            (1, lambda: self.simple()), (1, lambda: "%s; [ %s ]" % (self.simple(), self.test())),
            (1, lambda: "! [ %s ]" % self.test()))

    def search(self):
        what = self.pick("--fs-uuid", "-u", "--label", "-l", "--file", "-f", "")
        target = self.pick("/both", "/vmlinuz-2nd", "/none") if "f" in what.replace("fs", "") else self.pick(
            UUIDS[0], UUIDS[1], UUIDS[1].upper(), "system", "second", "/both",
                           "/vmlinuz-2nd", "/none", "$a")
        words = [what, self.pick("--set=%s" % self.name(), "--set %s" % self.name(), "--set", "-s b",
                                 "-s", ""),
                 self.pick("", "--no-floppy", "-n", "--hint=hd0,msdos2", "--hint hd0,1", "--hint='hd0,'",
                           "--hint-bios=hd0,msdos2", "--hint-baremetal=ahci0,msdos1", "--hint-new=x",
                           "--", "-x", "--hint"), target]
        if self.chance(15):
            self.random.shuffle(words)
        if self.chance(15):
            return "search.%s %s %s %s" % (self.pick("file", "fs_uuid", "fs_label"), target,
                                           self.pick(self.name, ""), self.pick("", "hd0,msdos2", "hd0,"))
        return "search " + " ".join(w for w in words if w)

    def regexp(self):
        return "regexp %s %s %s" % (
            self.pick("", "--set=%s" % self.name(), "-s 1:%s" % self.name(),
                      "--set=2:%s --set=0:%s" % (self.name(), self.name())),
            self.pick("'^(a|b)+$'", "'(.*)-(.*)'", "x", "'[0-9]+'", "'a{2,3}'", "'^$'", "'(x)?y*'"),
            self.pick("aab", "vmlinuz-6.1-2", "$a", "\"$b\"", "xyz", "''", "aaaa"))

    def simple(self):
        self.depth += 1
        more = self.depth < 6
        made = self.weighted(
            (16, lambda: "set %s=%s" % (self.name(), self.word())),
            (6, lambda: "%s=%s" % (self.name(), self.word())),
            (2, lambda: "unset %s" % self.name()), (3, lambda: "export %s" % self.name()),
            (4, self.search), (3, self.regexp), (2, "true"), (2, "false"),
            (2, lambda: "[ %s ]" % self.test()),
            (3, lambda: "%s %s" % (self.pick(*self.functions), self.words())),
            (2, lambda: "eval %s" % self.pick(lambda: '"set a=%s"' % self.plain(), self.words,
                                              "'if true; then b=eval; fi'", "'menuentry e { linux /boot/vmlinuz-5; }'")),
            (2, lambda: "source %s" % self.pick("/case/s1.cfg", "$prefix/s2.cfg", "/none.cfg",
                                                "(hd0,2)/s3.cfg", "")),
            (2, lambda: "probe %s %s %s" % (self.pick("--set=%s" % self.name(), "-s a", ""),
                                            self.pick("-u", "--fs", "-l", "--partmap"),
                                            self.pick("$root", "(hd0,1)", "hd0,msdos2", "(hd0,9)", "($root)"))),
            (1, lambda: "nosuch %s" % self.words()), (1, lambda: "insmod %s" % self.pick("ext2", "regexp", "gzio")),
            (1, "save_env saved_entry"),
            (2, lambda: "load_env %s" % self.pick("", "-f /case/env1", "-f /case/env1 a saved_entry",
                                                  "--file=/none", "-f /case/s1.cfg", "b")),
            (1, lambda: "shift %s" % self.pick("", "1", "2", "x")),
            (2 if self.in_function else 0, lambda: "return %s" % self.pick("", "0", "1", "3")),
            (2, lambda: "%s %s" % (self.pick("break", "continue"), self.pick("", "", "1", "2", "0", "x"))),
            (1, lambda: "setparams %s" % self.words()), (1, lambda: "! %s" % (self.simple() if more else "true")),
            (1, lambda: "time %s" % (self.simple() if more else "true")),
            (1, lambda: "cmp %s %s" % (self.pick("/both", "/boot/vmlinuz-1"), self.pick("/boot/vmlinuz-2", "/none"))),
            (1, lambda: "loopback l /both"), (2, lambda: "set root=%s" % self.pick(
                "hd0,2", "(hd0,2)", "(hd0,msdos1)", "hd0,1", "hd0,msdos2")),
            (1, "echo x"), (1, self.word))
        self.depth -= 1
        return made

    def block(self, most=3):
        return [line for _ in range(1 + self.random.randrange(most)) for line in self.statement()]

    def indent(self, lines):
        return ["  " + line for line in lines]

    def statement(self):
        self.depth += 1
        if self.depth > 4:
            made = [self.simple()]
        else:
            made = self.weighted(
                (30, lambda: [self.simple()]), (8, self.statement_if), (4, self.statement_for),
                (3, self.statement_while), (8, self.entry), (2, lambda: ["# a comment"]),
                (2, lambda: [self.simple() + "; " + self.simple()]), (1, lambda: [""]),
                (1, lambda: [self.simple() + " # " + self.plain()]))
        self.depth -= 1
        return made

    def statement_if(self):
        lines = ["if %s; then" % self.condition()] + self.indent(self.block())
        while self.chance(20):
            lines += ["elif %s; then" % self.condition()] + self.indent(self.block())
        if self.chance(45):
            lines += ["else"] + self.indent(self.block())
        return lines + ["fi"]

    def statement_for(self):
        return (["for %s in %s; do" % (self.pick("a", "b", "i", "root"), self.words(5))] +
                self.indent(self.block()) + ["done"])

    def statement_while(self):
        """Ends after a few turns, unless what it does makes it go on."""
        count = "n%d" % self.depth
        keyword, operator = self.pick(("while", "!="), ("until", "="))
        return (["set %s=" % count, "%s [ \"$%s\" %s iii ]; do" % (keyword, count, operator),
                 "  set %s=i$%s" % (count, count)] + self.indent(self.block()) + ["done"])

    def statement_function(self):
        # Elsewhere a `return` would stay at work, and leave out most of our function `linux`.
        self.in_function = True
        lines = ["function %s {" % self.pick(*self.functions)] + self.indent(self.block(4)) + ["}"]
        self.in_function = False
        return lines

    def kernel(self):
        return self.weighted((12, lambda: "/boot/vmlinuz-%d" % self.random.randrange(1, 6)),
                             (2, "(hd0,2)/vmlinuz-2nd"), (1, "/vmlinuz-2nd"), (1, "/none"),
                             (1, "($root)/boot/vmlinuz-1"), (1, "(hd0,msdos1)/boot/vmlinuz-4"),
                             (1, "(hd0,gpt1)/boot/vmlinuz-4"), (1, "/boot/"), (1, ""))

    def body(self):
        outside, self.in_function = self.in_function, False
        lines = self.body_lines()
        self.in_function = outside
        return lines

    def body_lines(self):
        lines = []
        while self.chance(35):
            lines += self.statement()
        lines.append("%s %s %s" % (self.pick("linux", "linux", "linux16", "linuxefi"), self.kernel(),
                                   self.words(6)))
        if self.chance(50):
            lines.append("%s %s" % (self.pick("initrd", "initrd", "initrd16"), " ".join(
                "/boot/initrd-%d" % self.random.randrange(1, 4) for _ in range(self.random.randrange(1, 3)))))
        while self.chance(15):
            lines += self.statement()
        return lines

    def entry(self):
        title = self.pick("'one'", "'two'", '"Linux $a"', "t", "'a>b'", "'x y'", self.word)
        options = " ".join(self.pick("--class gnu", "--id=%s" % self.pick("one", "two", "a>b"),
                                     "--id 'x y'", "--unrestricted", "$menuentry_id_option 'one'",
                                     "--hotkey=x", "-z", "--users ''", "--id", "arg")
                           for _ in range(self.random.randrange(3)))
        if self.chance(18) and self.depth < 4:
            outside, self.in_function = self.in_function, False
            inner = [line for _ in range(1 + self.random.randrange(3)) for line in self.entry()]
            if self.chance(30):
                inner.insert(0, self.simple())
            if self.chance(30):
                inner.append("set default=%s" % self.default())
            self.in_function = outside
            return ["submenu %s %s {" % (title, options)] + self.indent(inner) + ["}"]
        if self.chance(12):
            return ["menuentry %s %s { %s }" % (title, options, "; ".join(self.body()) + ";")]
        return ["menuentry %s %s {" % (title, options)] + self.indent(self.body()) + ["}"]

    def default(self):
        return self.pick("0", "1", "2", "9", "one", "two", "'x y'", "'a>b'", "'a>>b'", "'1>0'",
                         "'1>one'", "'two>1'", "'0>1>0'", "none", "-1", "0x1", "'1 '", "' 1'", "''",
                         "'Linux '", "\"${saved_entry}\"", "'one>'", "'>1'", "01")

    def mistake(self, lines):
        """Something that is often wrong."""
        at = self.random.randrange(len(lines))
        kind = self.random.randrange(6)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, self.pick("}", "{", "fi", "done", "then", "else", "'", '"', "if true", "&&",
                                       "a | b", "for x", "function", "menuentry x", "${a", "$", "$(a)",
                                       "echo a > b", ";", ";;", "{ a; }", "function h { true }",
                                       "if [ a = b ] then true; fi", "elif", "do", "in", "case x in",
                                       "a && b", "[[ a ]]", "while", "}}", "menuentry 'q' { }"))
        elif kind == 2 and len(lines[at]) > 2:
            cut = self.random.randrange(len(lines[at]))
            lines[at] = lines[at][:cut] + lines[at][cut + 1:]
        elif kind == 3:
            lines[at] += self.pick(" \\", " }", ";", " #", " '", "\r", " {")
        elif kind == 4:
            lines[at] = self.pick("  ", "\t", "; ", "{ ", "! ", "# ") + lines[at]
        else:
            lines.insert(at, lines[self.random.randrange(len(lines))])

    def make(self):
        lines = []
        lines += ["set a=1", "b='two words'", 'menuentry_id_option="--id"']
        if self.chance(50):
            lines += self.statement_function()
        for _ in range(1 + self.random.randrange(5)):
            lines += self.statement()
        if self.chance(70):
            lines.append("set default=%s" % self.default())
        for _ in range(1 + self.random.randrange(3)):
            lines += self.entry()
        if self.chance(20):
            lines += self.statement()
        for _ in range(self.weighted((6, 0), (3, 1), (1, 2))):
            self.mistake(lines)
        return "\n".join(lines) + "\n"


# --- the disk --------------------------------------------------------------------------------

FILES = {
    "case/s1.cfg": "set c=from-s1\nmenuentry 'sourced' --id two { linux /boot/vmlinuz-2 s1 $c; }\n",
    "case/s2.cfg": "d=$config_file\nfunction g { set x1=s2; }\nset list=s2\n",
    "case/env1": "# GRUB Environment Block\nsaved_entry=two\na=env a\nb=\n" + "#" * 970,
    "boot/empty": "",
    "both": "both\n",
}
SECOND = {"s3.cfg": "set b=s3\n", "both": "both\n", "initrd-2nd": "x\n"}


def kernel(path):
    data = bytearray(4096)
    data[510:512] = b"\x55\xaa"
    data[514:520] = b"HdrS\x0f\x02"
    with open(path, "wb") as out:
        out.write(data)


def write_files(folder, files):
    for path, text in files.items():
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(text.encode("utf-8", "surrogateescape"))


def make_disk(folder, configs):
    """An image of two ext2 partitions; the configurations are /case/N.cfg of the first."""
    one, two, image = (os.path.join(folder, n) for n in ("one", "two", "disk.img"))
    for path in (one, two):
        shutil.rmtree(path, ignore_errors=True)
    write_files(one, FILES)
    write_files(one, {"case/%d.cfg" % i: text for i, text in enumerate(configs)})
    write_files(two, SECOND)
    for n in range(1, 6):
        kernel(os.path.join(one, "boot/vmlinuz-%d" % n))
        write_files(one, {"boot/initrd-%d" % n: "ramdisk\n"})
    kernel(os.path.join(two, "vmlinuz-2nd"))
    with open(image, "wb") as out:
        out.truncate(24 << 20)
    subprocess.run(["sfdisk", "-q", image], check=True, text=True, stdout=subprocess.DEVNULL,
                   input="label: dos\nstart=2048, size=32768, type=83\nstart=34816, size=8192, type=83\n")
    for tree, uuid, label, offset, size in ((one, UUIDS[0], LABELS[0], 1 << 20, "16M"),
                                            (two, UUIDS[1], LABELS[1], 17 << 20, "4M")):
        subprocess.run(["mke2fs", "-q", "-F", "-t", "ext2", "-U", uuid, "-L", label, "-N", "1024", "-E",
                        "offset=%d" % offset, "-d", tree, image, size], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return image


# --- both sides ------------------------------------------------------------------------------

def grub_screen(home):
    """What GRUB's screen shows with the grub.cfg and device.map of HOME until it boots nothing, stands
    at its prompt, or ends; None: it does not end."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 500, WIDTH, 0, 0))
    settings = termios.tcgetattr(slave)
    settings[1] &= ~termios.OPOST
    termios.tcsetattr(slave, termios.TCSANOW, settings)
    environment = {**os.environ, "TERM": "dumb", "COLUMNS": str(WIDTH), "LINES": "500"}
    process = subprocess.Popen(["grub-emu", "-d", home, "-m", home + "/device.map", "-r", "host"],
                               stdin=slave, stdout=slave, stderr=slave, env=environment,
                               start_new_session=True)
    os.close(slave)
    screen, end, ended, keys = b"", time.monotonic() + PATIENCE, False, 0
    while not ended and time.monotonic() < end and len(screen) < 1 << 22:
        if not select.select([master], [], [], 1)[0]:
            continue
        try:
            data = os.read(master, 65536)
        except OSError:
            data = b""
        screen += data
        ended = not data or b"Failed to boot" in screen or b"grub> " in screen
        # In front of a menu that follows errors it waits for somebody to read them.
        if not ended and screen.count(b"Press any key") > keys:
            keys += 1
            os.write(master, b"z")
    process.kill()
    process.wait()
    os.close(master)
    return screen.decode("utf-8", "surrogateescape") if ended else None


def ask_grub(folder, image, path):
    """grub_screen() for the configuration PATH of IMAGE."""
    with tempfile.TemporaryDirectory(dir=folder) as home:
        write_files(home, {"grub.cfg": PRELUDE % path, "device.map": "(hd0) %s\n" % image})
        return grub_screen(home)


def device(root):
    """A device's name as ours says it: hd0,2"""
    match = re.fullmatch(r"\(?hd(\d+),(?:msdos)?(\d+)\)?", root)
    return "hd%s,%s" % match.groups() if match else root


def place(words):
    root, path = words.rsplit(" ", 1)  # a root may be anything
    if path.startswith("("):
        root, path = path[1:].split(")", 1)
    return device(root) + ":" + path


def quote(word):
    """As GRUB passes an argument to Linux."""
    word = re.sub(r"\\(?!x[0-9a-fA-F]{2})|['\"]", r"\\\g<0>", word)
    return '"%s"' % word if " " in word else word


def grub_boots(screen):
    """The last kernel that the screen shows, and what follows it."""
    if screen is None:
        return None
    if "Failed to boot" not in screen:
        return "nothing"  # it stands at its prompt
    kernel, arguments, ramdisks, lost = None, [], [], False
    screen = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "\n", screen)
    for line in re.split(r"[\r\n]+", screen):
        if line.startswith("@kernel "):
            kernel, arguments, ramdisks, lost = place(line[8:]), [], [], False
        elif line.startswith("@arg "):
            arguments.append(quote(line[5:]))
        elif line == "@ramdisks" and kernel:
            ramdisks, lost = [], False
        elif line == "@lost":
            lost = True
        elif line.startswith("@ramdisk "):
            ramdisks.append(place(line[9:]))
    if kernel is None or lost:
        return "nothing"
    if "(proc)" in arguments:
        return None  # devices that only grub-emu has
    line = ""
    for argument in arguments:  # an empty one leaves a space, but not in front
        line += (" " if line else "") + argument
    return "%s <%s>%s" % (kernel, line, "".join(" " + r for r in ramdisks))


def compare(build, folder, configs):
    """For each configuration: (GRUB's answer, ours), GRUB's None when it does not end."""
    # In grub-emu regexp is always there, and behind a configuration our own "source" sets $?.
    image = make_disk(folder, ["insmod regexp\n%s\ntrue\n" % config for config in configs])
    paths = ["/case/%d.cfg" % i for i in range(len(configs))]
    ours = subprocess.run([os.path.join(build, "programs/grub2_boots"), image] + paths,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True, timeout=600,
                          env={**os.environ, "LSAN_OPTIONS": "detect_leaks=0"})
    ours = ours.stdout.decode("utf-8", "surrogateescape").split("\n")[:-1]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() + 1) as pool:
        screens = list(pool.map(lambda path: ask_grub(folder, image, path), paths))
    return list(zip([grub_boots(s) for s in screens], ours))


# --- the command -----------------------------------------------------------------------------

def comment(text):
    for line in text.split("\n"):
        print("#   " + line.encode("utf-8", "backslashreplace").decode())


def report(number, name, config, grub, ours):
    """One test. A configuration that does not end is none: its steps are ours to count."""
    good = grub in (ours, None)
    print("%sok %d - %s%s" % ("" if good else "not ", number, name,
                              " # SKIP GRUB does not end, or has devices of its own" if grub is None else ""))
    if not good:
        comment(config.rstrip("\n"))
        comment("GRUB: " + grub)
        comment("ours: " + ours)
    return good


def differs(answer):
    return answer[0] not in (answer[1], None)


def shrink(build, folder, config):
    """The configuration without whatever is not needed for GRUB and us to differ."""
    lines, size = config.split("\n"), 32
    while size:
        starts = range(0, len(lines), size)
        tries = [lines[:at] + lines[at + size:] for at in starts]
        answers = compare(build, folder, ["\n".join(kept) for kept in tries])
        smaller = [kept for kept, answer in zip(tries, answers) if differs(answer)]
        if smaller:
            lines = min(smaller, key=len)
        else:
            size //= 2
    return "\n".join(lines)


def search(build, seed, count, seconds, folder):
    """Goes on for SECONDS; what differs becomes a file of FOLDER. The number of these."""
    os.makedirs(folder, exist_ok=True)
    end, found, done = time.monotonic() + seconds, 0, 0
    while time.monotonic() < end:
        configs = [Maker(seed + i).make() for i in range(count)]
        with tempfile.TemporaryDirectory() as scratch:
            for i, answer in enumerate(compare(build, scratch, configs)):
                if not differs(answer):
                    continue
                found += 1
                small = shrink(build, scratch, configs[i])
                grub, ours = compare(build, scratch, [small])[0]
                with open(os.path.join(folder, "%d.cfg" % (seed + i)), "w", errors="surrogateescape") as out:
                    out.write("%s# GRUB: %s\n# ours: %s\n" % (small, grub, ours))
        seed += count
        done += count
    print("%d configurations, %d of them differ%s" % (done, found, ": see " + folder if found else ""))
    return found


def main(build, *words):
    if os.path.exists(words[0]):
        names = list(words)
        configs = [open(name, errors="surrogateescape", newline="").read() for name in names]
    elif len(words) == 4:
        return 1 if search(build, int(words[0]), int(words[1]), float(words[2]), words[3]) else 0
    else:
        seeds = range(int(words[0]), int(words[0]) + int(words[1]))
        names = ["seed %d" % seed for seed in seeds]
        configs = [Maker(seed).make() for seed in seeds]
    with tempfile.TemporaryDirectory() as scratch:
        answers = compare(build, scratch, configs)
    good = [report(i + 1, names[i], configs[i], *answers[i]) for i in range(len(configs))]
    print("1..%d" % len(configs))
    return 0 if all(good) else 1


if __name__ == "__main__":
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    sys.exit(main(*sys.argv[1:]))

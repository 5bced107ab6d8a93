"""System calls that change files, in the order of strace's log."""

import codecs
import dataclasses
import os
import re
import subprocess

WATCHED = (
    "openat,write,pwrite64,writev,ftruncate,rename,renameat,renameat2,link,linkat,unlink,unlinkat,"
    "fsync,fdatasync,syncfs,mkdir,mkdirat,rmdir"
)
TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"(?:\.\.\.)?|<((?:[^<>\\]|\\.)*)>')
DONE = re.compile(r"^(\d+) +(\w+)\((.*)\) += (-?\d+)")
BEGUN = re.compile(r"^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$")
RESUMED = re.compile(r"^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)")


@dataclasses.dataclass
class Call:
    """`begin` and `end` are line numbers of the log: of two calls with end < begin the first was over before."""

    name: str
    strings: list  # in quotation marks, as bytes
    files: list  # of descriptors
    arguments: str
    begin: int
    end: int

    def paths(self):
        return [os.path.normpath(string.decode()) for string in self.strings]


def traced(command, log, **options):
    """Runs a command, with its calls in `log`."""
    strace = ["strace", "-f", "-y", "-s", "100000", "-o", str(log), "-e", f"trace={WATCHED}"]
    return subprocess.run([*strace, *map(str, command)], capture_output=True, text=True, **options)


def call_of(name, arguments, begin, end):
    strings, files = [], []
    for token in TOKEN.finditer(arguments):
        if token.group(1) is not None:
            strings.append(codecs.escape_decode(token.group(1).encode())[0])
        else:
            files.append(token.group(2))
    return Call(name, strings, files, arguments, begin, end)


def calls_of(log):
    """Those that succeeded, by their ends."""
    begun = {}
    for number, line in enumerate(log.read_text(errors="replace").splitlines(), 1):
        if match := BEGUN.match(line):
            begun[match[1]] = number, match[3]
        elif match := RESUMED.match(line):
            begin, arguments = begun.pop(match[1], (number, ""))
            if int(match[4]) >= 0:
                yield call_of(match[2], arguments + match[3], begin, number)
        elif (match := DONE.match(line)) and int(match[4]) >= 0:
            yield call_of(match[2], match[3], number, number)

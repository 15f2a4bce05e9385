# SPDX-License-Identifier: BSD-2-Clause
"""What the sections of the benchmark share: running a program and measuring it, one look of tables.

A section is an executable tests/bench/NN-name, in any language: it prints its tables to standard
output, watches processes of its own only, and leaves nothing behind. It exits with 0; with 77 and
one line on standard error to say why it cannot run here; with anything else if it failed."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

REPO = pathlib.Path(__file__).resolve().parent.parent.parent
BIN = REPO / "build/bin"
TBIN = REPO / "build/tests/bin"
SHARED = pathlib.Path(os.environ.get("SHARED", REPO.parent / "shared"))
sys.path.insert(0, str(REPO / "tests"))

NAME, CELL = 36, 16


def program(name):
    return str(BIN / f"secmon-{name}")


def tmpdir():
    """A directory that is gone when its with block ends."""
    return tempfile.TemporaryDirectory(prefix="secmon-bench.")


def skip(why):
    print(why, file=sys.stderr)
    sys.exit(77)


def title(what, *columns):
    """Begin a table: what it is about, and its columns with their units."""
    print(f"\n{what:{NAME}}" + "".join(f"{c:>{CELL}}" for c in columns), flush=True)


def row(name, *cells):
    """One line of it; floats are rounded to what can be believed."""
    def text(c):
        return f"{c:,.0f}" if isinstance(c, float) and c >= 100 else \
            f"{c:.2f}" if isinstance(c, float) else str(c)
    print(f"{name:{NAME}}" + "".join(f"{text(c):>{CELL}}" for c in cells), flush=True)


def high_water(pid):
    """Most memory the program had resident, in KiB."""
    try:
        with open(f"/proc/{pid}/status") as fp:
            for line in fp:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1])
    except (ProcessLookupError, FileNotFoundError):
        pass
    return 0


def usage(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL):
    """Run it: wall seconds, CPU seconds, megabytes resident."""
    start, peak = time.monotonic(), 0
    command = [str(word) for word in command]
    with tempfile.TemporaryFile() as said:
        p = subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=said)
        pid = 0
        while not pid:
            # (ru_maxrss would count what we ourselves had before the exec)
            peak = high_water(p.pid) or peak
            time.sleep(0.01)
            pid, status, r = os.wait4(p.pid, os.WNOHANG)
        p.returncode = os.waitstatus_to_exitcode(status)
        if p.returncode:
            said.seek(0)
            sys.exit(f"{' '.join(command)}: status {p.returncode}\n{said.read().decode()}")
    return time.monotonic() - start, r.ru_utime + r.ru_stime, peak / 1024


def in_turn(commands, source=os.devnull, rounds=3):
    """The commands, each reading the file, in turn, some rounds: of each the CPU seconds of its
    best round and the megabytes. In turn, so that a neighbour's work does not count for one only."""
    least = [None] * len(commands)
    for _ in range(rounds):
        for i, command in enumerate(commands):
            with open(source, "rb") as fp:
                _, cpu, rss = usage(command, stdin=fp)
            least[i] = min(filter(None, [least[i], (cpu, rss)]))
    return least

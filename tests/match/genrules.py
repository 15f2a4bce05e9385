#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""genrules.py SEED N: N rules with conditions made up at random, for the property that a plan
may let too much through, never too little."""
import random
import sys

EVENTS = ["open", "openat", "openat2", "creat", "unlink", "unlinkat", "rename", "renameat2", "connect",
          "accept4", "bind", "listen", "execve", "clone", "procexit", "mkdir", "chmod", "kill", "ptrace",
          "setuid", "mount", "dup", "socket", "close"]
PATHS = ["/etc/shadow", "/etc/", "/etc/pam.d/su", "/etc/passwd", "/home/u/.ssh/authorized_keys", "/dev/null",
         "/tmp/x", "/usr/lib", ".pem", "id_rsa", "/", "/proc/1/root/etc/shadow", "/usr/include"]
COMMS = ["cat", "sh", "bash", "sshd", "python3", "nginx", "find", "grep", "head", "x"]
NETS = ["10.0.0.0/8", "169.254.0.0/16", "127.0.0.1/32", "10.0.169.254/32"]
ADDRESSES = ["10.0.169.254", "169.254.169.254"]
TEXT = ["=", "!=", "in", "startswith", "endswith", "contains", "glob", "pmatch", "icontains", "exists"]
NUMBER = ["=", "!=", "<", "<=", ">", ">=", "in"]


def quoted(s):
    return '"' + s + '"'


def text(field, values):
    op = random.choice(TEXT)
    if op == "exists":
        return f"{field} exists"
    if op in ("in", "pmatch"):
        return f"{field} {op} ({', '.join(quoted(random.choice(values)) for _ in range(random.randint(1, 4)))})"
    v = random.choice(values)
    if op == "glob":
        v = random.choice(["*" + v, v + "*", "*" + v + "*", v[:1] + "?" + v[2:] if len(v) > 2 else v])
    return f"{field} {op} {quoted(v)}"


def number(field, lo, hi):
    op = random.choice(NUMBER)
    if op == "in":
        return f"{field} in ({', '.join(str(random.randint(lo, hi)) for _ in range(random.randint(1, 4)))})"
    return f"{field} {op} {random.randint(lo, hi)}"


CHECKS = [
    lambda: f"evt.type {random.choice(['=', '!='])} {random.choice(EVENTS)}",
    lambda: f"evt.type in ({', '.join(random.sample(EVENTS, random.randint(1, 5)))})",
    lambda: text("fd.name", PATHS), lambda: text("fd.name", PATHS), lambda: text("fd.nameraw", PATHS),
    lambda: text("fd.directory", PATHS), lambda: text("fd.filename", PATHS),
    lambda: text("proc.name", COMMS), lambda: text("proc.name", COMMS), lambda: text("proc.exepath", PATHS),
    lambda: text("user.name", ["root", "www-data"]), lambda: text("proc.pname", COMMS),
    lambda: f"fd.type {random.choice(['=', '!='])} {random.choice(['file', 'directory', 'ipv4', 'ipv6', 'unix'])}",
    lambda: f"fd.typechar {random.choice(['=', '!='])} {quoted(random.choice('fd4'))}",
    lambda: f"evt.is_open_read {random.choice(['=', '!='])} {random.choice(['true', 'false'])}",
    lambda: f"evt.is_open_write {random.choice(['=', '!='])} {random.choice(['true', 'false'])}",
    lambda: f"evt.failed {random.choice(['=', '!='])} {random.choice(['true', 'false'])}",
    lambda: f"evt.res {random.choice(['=', '!='])} {random.choice(['SUCCESS', 'EPERM', 'ENOENT'])}",
    lambda: number("evt.rawres", -3, 6), lambda: number("fd.num", -1, 6), lambda: number("user.uid", 0, 1000),
    lambda: number("fd.sport", 0, 65535), lambda: number("fd.cport", 0, 65535),
    lambda: f"fd.sip {random.choice(['=', '!='])} {quoted(random.choice(ADDRESSES))}",
    lambda: f"fd.snet in ({', '.join(quoted(n) for n in random.sample(NETS, 2))})",
    lambda: f"container.id {random.choice(['=', '!='])} host",
]


def condition(depth):
    if depth == 0 or random.random() < 0.25:
        return random.choice(CHECKS)()
    kind = random.choice(["and", "and", "or", "not"])
    if kind == "not":
        return f"not ({condition(depth - 1)})"
    return "(" + f" {kind} ".join(condition(depth - 1) for _ in range(random.randint(2, 4))) + ")"


def main():
    random.seed(int(sys.argv[1]))
    for i in range(int(sys.argv[2])):
        print(f"- rule: made up {i}\n  desc: x\n  condition: >\n    {condition(random.randint(1, 5))}\n"
              f"  output: x\n  priority: {random.choice(['DEBUG', 'WARNING', 'CRITICAL'])}")


main()

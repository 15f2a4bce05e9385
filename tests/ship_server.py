#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""ship_server.py MODE PORTFILE OUT [ARG]: receivers on loopback for the tests of secmon-ship.

PORTFILE gets the port when it listens. HTTP, each request body appended to OUT
(decompressed), headers to OUT.headers:
  ok [DELAY]        200; bodies of _bulk and HEC get the answers of their systems
  status CODE       that status
  flaky N           503 to the first N requests, then 200
  redirect          302 to itself
  half              200 with a body that breaks off
  endless           200 with a body that never ends
  bulk              _bulk with every third item refused for good
  hang              takes the connection and says nothing
Streams, what they read appended to OUT:
  tcp, udp, unix PATH, dgram PATH
  tls CERT KEY [CA] (with CA: asks for a certificate)
"""
import gzip, json, os, signal, socket, ssl, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

mode, portfile, out = sys.argv[1:4]
args = sys.argv[4:]
lock = threading.Lock()
count = 0


def keep(data):
    with lock, open(out, "ab") as f:
        f.write(data)


def ready(port):
    with open(portfile + ".new", "w") as f:
        f.write(str(port))
    os.rename(portfile + ".new", portfile)


def unpack(body, encoding):
    if encoding == "gzip":
        return gzip.decompress(body)
    if encoding == "zstd":
        import subprocess
        return subprocess.run(["zstd", "-dc"], input=body, stdout=subprocess.PIPE, check=True).stdout
    return body


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for k, v in headers:
            self.send_header(k, v)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        global count
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with lock:
            count += 1
            number = count
            with open(out + ".headers", "a") as f:
                f.write(self.path + "\n" + str(self.headers))
        body = unpack(body, self.headers.get("Content-Encoding"))
        getattr(self, "mode_" + mode)(body, number)

    def mode_ok(self, body, number):
        if args:
            time.sleep(float(args[0]))
        keep(body)
        reply = b""
        if "/_bulk" in self.path:
            n = body.count(b"\n") // 2
            reply = json.dumps({"errors": False, "items": [{"create": {"status": 201}}] * n}).encode()
        elif "/services/collector" in self.path:
            reply = b'{"text":"Success","code":0}'
        self.answer(200, reply)

    def mode_status(self, body, number):
        self.answer(int(args[0]), b"no, because \x1b[31mof this")

    def mode_flaky(self, body, number):
        if number <= int(args[0]):
            self.answer(503)
        else:
            keep(body)
            self.answer(200)

    def mode_redirect(self, body, number):
        self.answer(302, headers=[("Location", self.path)])

    def mode_half(self, body, number):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"half")
        self.close_connection = True

    def mode_endless(self, body, number):
        self.send_response(200)
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 65536)
        except OSError:
            self.close_connection = True

    def mode_bulk(self, body, number):
        keep(body)
        n = body.count(b"\n") // 2
        items = [{"create": {"status": 400 if i % 3 == 0 else 201}} for i in range(n)]
        self.answer(200, json.dumps({"errors": True, "items": items}).encode())

    def log_message(self, *_):
        pass


def drain(conn):
    while data := conn.recv(65536):
        keep(data)


def serve_stream(sock, wrap=lambda c: c):
    def one(conn):
        try:
            drain(wrap(conn))
        except OSError as e:
            keep(b"")
            print(e, file=sys.stderr)

    while True:
        threading.Thread(target=one, args=(sock.accept()[0],), daemon=True).start()


def main():
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    open(out, "ab").close()
    if mode in ("unix", "dgram"):
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM if mode == "unix" else socket.SOCK_DGRAM)
        sock.bind(args[0])
        os.chmod(args[0], 0o666)
        if mode == "unix":
            sock.listen()
        ready(0)
    elif mode == "udp":
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        sock.bind(("127.0.0.1", 0))
        ready(sock.getsockname()[1])
    elif mode in ("tcp", "tls", "hang"):
        sock = socket.create_server(("127.0.0.1", 0))
        ready(sock.getsockname()[1])
    else:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        server.request_queue_size = 128
        ready(server.server_address[1])
        server.serve_forever()
    if mode == "hang":
        held = []
        while True:
            held.append(sock.accept())
    if mode in ("udp", "dgram"):
        while True:
            keep(sock.recv(1 << 18) + b"\n")
    if mode == "tls":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(args[0], args[1])
        if len(args) > 2:
            context.load_verify_locations(args[2])
            context.verify_mode = ssl.CERT_REQUIRED
        serve_stream(sock, lambda c: context.wrap_socket(c, server_side=True))
    serve_stream(sock)


main()

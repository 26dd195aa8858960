#!/usr/bin/env python3
"""Takes the events of `unfold watch`, and prints what changed. A beginning for receivers of your own.

    printf %s "$(openssl rand -hex 32)" > secret.txt
    webhook-receiver.py 8470 secret.txt
    unfold saved add old-openssl 'package:openssl version:<3.0.11' --webhook http://127.0.0.1:8470/ --secret-file secret.txt
    unfold watch

What is not signed with the secret, or older than five minutes, is refused; what came before is not printed again.
Python 3.9 or later, nothing else.
"""
import hashlib
import hmac
import json
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

OLDEST_SECONDS = 300
LONGEST_BYTES = 64 * 1024 * 1024


class Receiver(BaseHTTPRequestHandler):
    secret = b""
    seen = set()  # A real receiver remembers longer than it runs.

    def do_POST(self):
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(min(length, LONGEST_BYTES))
        if not self.is_ours(body):
            self.answer(401)
            return
        event = self.headers["idempotency-key"]
        if event not in self.seen:
            tell(json.loads(body))
            self.seen.add(event)
        self.answer(204)

    def is_ours(self, body):
        """Whether who knows the secret sent this, and just now."""
        timestamp = self.headers.get("unfold-timestamp", "")
        digest = hmac.new(self.secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        given = self.headers.get("unfold-signature", "")
        if not hmac.compare_digest(given.encode(), f"sha256={digest}".encode()):
            return False
        return timestamp.isdigit() and abs(time.time() - int(timestamp)) <= OLDEST_SECONDS

    def answer(self, status):
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_):
        pass


def tell(event):
    for kind in ("entered", "left", "unknown", "known"):
        for one in event[kind]:
            why = "; ".join(f"{gap['status']}: {gap['reason']}" for gap in one["gaps"])
            print(event["search"]["name"], kind, one["system"]["name"], why, sep="\t", flush=True)


def main():
    port, secret_file = int(sys.argv[1]), sys.argv[2]
    with open(secret_file, "rb") as file:
        Receiver.secret = file.read().rstrip(b"\r\n")
    server = HTTPServer(("127.0.0.1", port), Receiver)
    print(f"listening on port {server.server_port}", file=sys.stderr, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Before a firewall change: which systems have to do with these addresses, networks, host names and ports?

    firewall-check.py 10.20.30.40 10.30.0.0/16 db1.example.com:5432
    UNFOLD_URL=https://unfold.example.com:8460 UNFOLD_TOKEN=unfold_… firewall-check.py 10.20.30.40

Exit status: 0 no system, and every one could answer; 1 systems are affected; 3 none found, but not every system could
answer; 2 error. Python 3.9 or later, nothing else.
"""
import json
import os
import sys
import urllib.error
import urllib.request


def lookup(asked):
    """The answer of POST /v1/lookup."""
    base = os.environ.get("UNFOLD_URL", "http://127.0.0.1:8460").rstrip("/")
    headers = {"content-type": "application/json"}
    if os.environ.get("UNFOLD_TOKEN"):
        headers["authorization"] = f"Bearer {os.environ['UNFOLD_TOKEN']}"
    body = json.dumps({"asked": asked, "evidence": 20}).encode()
    request = urllib.request.Request(f"{base}/v1/lookup", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        return json.load(response)


def show(found):
    """Prints what was found for one item; whether something was."""
    for hit in found["systems"]:
        for evidence in hit["evidence"]:
            place = evidence.get("path") or f"{evidence['feature']} {evidence['key']}"
            line = f":{evidence['line']}" if "line" in evidence else ""
            print(
                f"{found['asked']}\t{evidence.get('relation', '')}\t{evidence.get('role', '')}"
                f"\t{hit['system']['name']}\t{place}{line}\t{evidence['snippet'].strip()!r}"
            )
        if hit["moreEvidence"]:
            print(f"{found['asked']}\t\t\t{hit['system']['name']}\t… {hit['moreEvidence']} more")
    return bool(found["systems"])


def main(asked):
    """Runs the check; the exit status."""
    if not asked:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        answer = lookup(asked)
        affected = [show(found) for found in answer["lookups"]]
        for gap in answer["coverage"]["gaps"]:
            print(f"{gap['status']}: {gap['system']}: {gap['reason']}", file=sys.stderr)
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        print(f"{problem['code']}: {problem['detail']}\n{problem['remedy']}", file=sys.stderr)
        return 2
    except (OSError, ValueError, KeyError) as error:
        print(f"no answer: {error}", file=sys.stderr)
        return 2
    if any(affected):
        return 1
    return 0 if answer["coverage"]["complete"] else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

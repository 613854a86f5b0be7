"""Asks HeyGen's API, whose address is built in, for an estimate and for voices."""

import json
import sys
import urllib.request

API = "https://api.heygen.com"


def ask(path, body=None):
    headers = {"X-Api-Key": sys.argv[1], "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(API + path, data, headers)) as answer:
        return json.load(answer)


voices = ask("/v2/voices")["data"]["voices"]
assert voices, "no voices"
wanted = {"type": "avatar", "avatar_id": "josh_lite3_20230714", "script": "Hello."}
assert ask("/v3/videos?dry_run=true", wanted)["data"]["dry_run"] is True
print(f"python: {len(voices)} voices, and an estimate")

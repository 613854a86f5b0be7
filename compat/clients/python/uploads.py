"""Uploads a file in every way with the requests library, as programs written for HeyGen's API do, and to signed URLs also
with urllib3 and httpx and in chunks. Prints the ids of the assets by way as JSON.

    python3 uploads.py BASE_URL API_KEY FILE CONTENT_TYPE
"""

import base64
import hashlib
import json
import os
import sys

import httpx
import requests
import urllib3

base, api_key, path, content_type = sys.argv[1:]
key = {"X-Api-Key": api_key}
ids = {}


def checked(answer):
    if not answer.ok:
        sys.exit(f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}")
    return answer


def post(url, value):
    return checked(requests.post(base + url, headers=key, json=value)).json()


with open(path, "rb") as file:
    headers = {**key, "Content-Type": content_type}
    raw = checked(requests.post(base + "/v1/asset", headers=headers, data=file)).json()
assert raw["code"] == 100, raw
ids["raw"] = raw["data"]["id"]

asked = post("/v1/asset", {"content_type": content_type})
assert not asked.get("error"), asked
with open(path, "rb") as file:
    checked(requests.put(asked["data"]["url"], headers={"Content-Type": content_type}, data=file))
ids["asked_for"] = asked["data"]["asset_id"]

with open(path, "rb") as file:
    part = {"file": (os.path.basename(path), file, content_type)}
    multipart = checked(requests.post(base + "/v3/assets", headers=key, files=part)).json()
ids["multipart"] = multipart["data"]["asset_id"]

with open(path, "rb") as file:
    digest = hashlib.sha256(file.read()).digest()


def announce(checksum=None):
    file = {
        "filename": os.path.basename(path),
        "content_type": content_type,
        "size_bytes": os.path.getsize(path),
        "checksum_sha256": checksum,
    }
    return post("/v3/assets/direct-uploads", file)["data"]


def complete(way, announced, checksum=None):
    done = post(f"/v3/assets/{announced['asset_id']}/complete", {"checksum_sha256": checksum})
    ids[way] = done["data"]["asset_id"]


# As with URLs that boto3 presigns.
for way, checksum in [("direct", None), ("hex", digest.hex()), ("base64", base64.b64encode(digest).decode())]:
    announced = announce(checksum)
    with open(path, "rb") as file:
        checked(requests.put(announced["upload_url"], data=file, headers=announced["upload_headers"]))
    complete(way, announced, checksum)


def in_chunks():
    """A body without a length, which is sent with Transfer-Encoding: chunked."""
    with open(path, "rb") as file:
        while chunk := file.read(65536):
            yield chunk


announced = announce()
checked(requests.put(announced["upload_url"], data=in_chunks(), headers=announced["upload_headers"]))
complete("requests_chunked", announced)

pool = urllib3.PoolManager()
for way, options in [("urllib3", {}), ("urllib3_chunked", {"chunked": True})]:
    announced = announce()
    with open(path, "rb") as file:
        body = file if options else file.read()
        answer = pool.request("PUT", announced["upload_url"], body=body, headers=announced["upload_headers"], **options)
    assert answer.status == 200, answer.data
    complete(way, announced)

for way, body in [("httpx", open(path, "rb").read()), ("httpx_chunked", in_chunks())]:
    announced = announce()
    answer = httpx.put(announced["upload_url"], content=body, headers=announced["upload_headers"])
    answer.raise_for_status()
    complete(way, announced)

print(json.dumps(ids))

"""Sends a file with botocore, as boto3 does: to a URL of the server, to a presigned URL of the bucket, and in presigned
parts. Prints the ids of the assets by way as JSON.

    python3 s3.py BASE_URL_WITHOUT_DIRECT BASE_URL_WITH_DIRECT API_KEY_WITHOUT API_KEY_WITH FILE CONTENT_TYPE
"""

import base64
import hashlib
import json
import os
import sys

import requests
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

ours, direct, ours_key, direct_key, path, content_type = sys.argv[1:]
session = URLLib3Session()
with open(path, "rb") as file:
    content = file.read()


def post(base, key, url, value):
    answer = requests.post(base + url, headers={"X-Api-Key": key}, json=value)
    if not answer.ok:
        sys.exit(f"{answer.url}: {answer.status_code} {answer.text}")
    return answer.json()["data"]


def put(url, data, headers):
    answer = session.send(AWSRequest(method="PUT", url=url, data=data, headers=headers).prepare())
    if answer.status_code != 200:
        sys.exit(f"{url}: {answer.status_code} {answer.text}")


def announce(base, key, **more):
    file = {"filename": os.path.basename(path), "content_type": content_type, "size_bytes": len(content)}
    return post(base, key, "/v3/assets/direct-uploads", {**file, **more})


ids = {}

announced = announce(ours, ours_key)
put(announced["upload_url"], content, announced["upload_headers"])
ids["ours"] = post(ours, ours_key, f"/v3/assets/{announced['asset_id']}/complete", {})["asset_id"]

checksum = hashlib.sha256(content)
announced = announce(direct, direct_key, checksum_sha256=checksum.hexdigest())
assert "X-Amz-Signature=" in announced["upload_url"], announced
assert announced["upload_headers"] == {
    "Content-Type": content_type,
    "x-amz-checksum-sha256": base64.b64encode(checksum.digest()).decode(),
}, announced
put(announced["upload_url"], content, announced["upload_headers"])
ids["direct"] = post(direct, direct_key, f"/v3/assets/{announced['asset_id']}/complete", {})["asset_id"]

announced = announce(direct, direct_key, parts=True)
parts = announced["parts"]
assert [part["part_number"] for part in parts] == list(range(1, len(parts) + 1)) and len(parts) > 1, parts
for part in reversed(parts):
    put(part["url"], content[part["from"] : part["to"]], {})
ids["parts"] = post(direct, direct_key, f"/v3/assets/{announced['asset_id']}/complete", {})["asset_id"]

print(json.dumps(ids))

"""Checks a webhook as its receivers do: `webhooks.py FILE` reads {"headers": {...}, "body": "...", "secrets": [...]} and prints,
for each secret, who accepts the webhook with it, as JSON."""

import hashlib
import hmac
import json
import sys

import standardwebhooks
import svix.webhooks


def heygen(secret, headers, body, name):
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, headers.get(name, ""))


def library(webhook, secret, headers, body):
    try:
        webhook(secret).verify(body, headers)
    except svix.webhooks.WebhookVerificationError:
        return False
    return True


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        told = json.load(file)
    headers, body = told["headers"], told["body"].encode()
    accepted = []
    for secret in told["secrets"]:
        by = {
            "heygen-signature": heygen(secret, headers, body, "heygen-signature"),
            "heygen-signature-previous": heygen(secret, headers, body, "heygen-signature-previous"),
            "signature": heygen(secret, headers, body, "signature"),
            "standardwebhooks": library(standardwebhooks.Webhook, secret, headers, body),
            "svix": library(svix.webhooks.Webhook, secret, headers, body),
        }
        accepted.append(sorted(name for name, accepts in by.items() if accepts))
    json.dump(accepted, sys.stdout)


if __name__ == "__main__":
    main()

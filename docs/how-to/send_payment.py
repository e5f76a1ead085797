"""Tells the desk of a payment: python docs/how-to/send_payment.py https://desk.company.example 1 PP-318 1250000.00

The secret is one of DEALWRIGHT_PAYMENT_HOOK_SECRETS. Only the standard library is needed.
"""

import base64
import hashlib
import hmac
import json
import os
import sys
import time
import urllib.request


def signed(secret: str, id: str, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    now = str(int(time.time()))
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = hmac.digest(key, f"{id}.{now}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": id,
        "webhook-timestamp": now,
        "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
        "content-type": "application/json",
    }


def send(desk: str, deal: str, payment: str, amount: str) -> str:
    """Sending the same payment again is safe: it counts once, by the bank's own number."""
    paid = {"id": payment, "deal": deal, "amount": amount, "currency": "RUB", "purpose": "Оплата по счёту"}
    body = json.dumps({"type": "payment.received", "data": paid}, ensure_ascii=False).encode()
    headers = signed(os.environ["SECRET"], f"payment-{payment}", body)
    request = urllib.request.Request(f"{desk}/webhooks/payments", data=body, headers=headers)
    with urllib.request.urlopen(request) as answer:
        return answer.read().decode()


if __name__ == "__main__":
    print(send(*sys.argv[1:]))

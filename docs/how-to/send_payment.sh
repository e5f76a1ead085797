#!/bin/sh
# Tells the desk of a payment: SECRET=whsec_… sh docs/how-to/send_payment.sh https://desk.company.example 1 PP-318 1250000.00
set -eu
body='{"type":"payment.received","data":{"id":"'$3'","deal":"'$2'","amount":"'$4'","currency":"RUB"}}'
id="payment-$3"
now=$(date +%s)
key=$(printf %s "${SECRET#whsec_}" | base64 -d | od -An -vtx1 | tr -d ' \n')
signature=$(printf '%s.%s.%s' "$id" "$now" "$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)
curl --fail-with-body --silent --show-error "$1/webhooks/payments" \
    --header "content-type: application/json" \
    --header "webhook-id: $id" \
    --header "webhook-timestamp: $now" \
    --header "webhook-signature: v1,$signature" \
    --data-raw "$body"

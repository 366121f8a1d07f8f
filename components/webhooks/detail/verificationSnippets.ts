/** Ready-to-paste code that verifies a request, by method and language. */
export const verificationSnippets = {
  standard: {
    node: `import { Webhook } from 'standardwebhooks'; // npm install standardwebhooks

const webhook = new Webhook(process.env.WEBHOOK_SIGNING_SECRET);

export async function POST(request) {
  const body = await request.text();
  const event = webhook.verify(body, Object.fromEntries(request.headers));
  console.log(event.event_type, event.payload);
  return new Response(null, { status: 204 });
}
`,
    python: `import os
from standardwebhooks.webhooks import Webhook  # pip install standardwebhooks
from flask import Flask, request

app = Flask(__name__)
webhook = Webhook(os.environ["WEBHOOK_SIGNING_SECRET"])

@app.post("/webhooks")
def receive():
    event = webhook.verify(request.get_data(), dict(request.headers))
    print(event["event_type"], event["payload"])
    return "", 204
`,
    php: `<?php
$secret = base64_decode(substr(getenv('WEBHOOK_SIGNING_SECRET'), strlen('whsec_')));
$body = file_get_contents('php://input');
$id = $_SERVER['HTTP_WEBHOOK_ID'];
$timestamp = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'];

$expected = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $secret, true));
$valid = abs(time() - (int) $timestamp) < 300 && array_filter(
    explode(' ', $_SERVER['HTTP_WEBHOOK_SIGNATURE']),
    fn ($signature) => hash_equals($expected, $signature),
);
if (!$valid) {
    http_response_code(401);
    exit;
}
$event = json_decode($body, true);
http_response_code(204);
`,
  },
  seed: {
    node: `const crypto = require('crypto');

function verifyWebhook(payload, signature, secretKey) {
  const expectedSignature = Buffer.from(
    \`\${secretKey}:\${JSON.stringify(payload)}\`
  ).toString('base64');

  return signature === expectedSignature;
}
`,
    python: `import base64
import hmac

def verify_webhook(body: bytes, signature: str, secret_key: str) -> bool:
    expected = base64.b64encode(secret_key.encode() + b":" + body).decode()
    return hmac.compare_digest(signature, expected)
`,
    php: `<?php
function verify_webhook(string $body, string $signature, string $secretKey): bool
{
    return hash_equals(base64_encode("$secretKey:$body"), $signature);
}
`,
  },
} as const;

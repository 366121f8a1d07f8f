/** Why an attempt, or a delivery without any attempt, failed. A file of its own: pages use it, and have no use for the schemas. */
export const deliveryErrorKinds = [
  'status', // an answer outside 2xx
  'throttled', // 429: the receiver asks to be called later; uses up no retry
  'redirect', // 3xx: never followed
  'gone', // 410: the webhook is disabled
  'dns', // the name does not resolve
  'address_refused', // the name resolves to a private or reserved address
  'connection_refused',
  'connection_reset', // closed or reset before the answer was complete
  'tls', // of TLS what the next six do not say
  'tls_absent', // the port does not speak TLS
  'tls_expired', // the certificate has expired, or is not valid yet
  'tls_name', // the certificate is for another host name
  'tls_authority', // self-signed, signed by an authority of its own, or without its intermediate certificate
  'tls_protocol', // no version or cipher in common: its TLS is too old
  'http2_only', // it refuses HTTP/1.1
  'timeout',
  'response_invalid', // what came back is not HTTP, or its headers are too large
  'request_invalid', // the request could not be built: URL or headers no longer acceptable
  'payload_too_large', // the transform's result exceeds 256 KiB
  'transform_syntax',
  'transform_error',
  'transform_timeout',
  'transform_memory',
  'transform_result',
  'transform_paused',
  'transform_fault', // the engine itself failed while the script ran
  'smtp_refused', // an alert by e-mail: the mail server said no
  'smtp_unset', // an alert by e-mail, and no mail server is configured
  'webhook_deleted',
  'cancelled', // a person took it out of the queue
  'erased', // its record was erased before it was sent, or while it was
  'superseded', // a newer state of its record was delivered meanwhile: skipped, no failure
] as const;

import type { DeliveryErrorKind } from '@/lib/domain/delivery';

type Failure = [kind: DeliveryErrorKind, message: string];

const absent: Failure = ['tls_absent', 'The receiver does not speak TLS on this port.'];
const tooOld: Failure = [
  'tls_protocol',
  "The receiver's TLS is too old: it offers no version from TLS 1.2 on.",
];
const nothingShared: Failure = [
  'tls_protocol',
  'The receiver and we have no TLS cipher or setting in common: its TLS is too old, or limited too far.',
];
const weakKey: Failure = [
  'tls_protocol',
  "The receiver's certificate uses a key or signature that is too weak.",
];
const unknownAuthority: Failure = [
  'tls_authority',
  "The receiver's certificate is not signed by a known authority.",
];
const otherName: Failure = ['tls_name', "The receiver's certificate is for another host name."];
const noHttp1: Failure = [
  'http2_only',
  'The receiver accepts HTTP/2 only; deliveries are sent over HTTP/1.1.',
];
const asksForClient: Failure = ['tls', 'TLS failed: the receiver asks for a client certificate.'];

/** By OpenSSL's verify results and reasons, as Node names them (`man SSL_alert_desc_string`, RFC 8446, 6.2). */
const failuresByCode: Record<string, Failure> = {
  ERR_SSL_WRONG_VERSION_NUMBER: absent,
  ERR_SSL_HTTP_REQUEST: absent,
  CERT_HAS_EXPIRED: ['tls_expired', "The receiver's certificate has expired."],
  CERT_NOT_YET_VALID: ['tls_expired', "The receiver's certificate is not valid yet."],
  ERR_TLS_CERT_ALTNAME_INVALID: otherName,
  ERR_TLS_CERT_ALTNAME_FORMAT: otherName,
  HOSTNAME_MISMATCH: otherName,
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: ['tls_name', 'The receiver has no certificate for this host name.'],
  ERR_SSL_TLSV1_ALERT_UNRECOGNIZED_NAME: ['tls_name', 'The receiver has no certificate for this host name.'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls_authority', "The receiver's certificate is self-signed."],
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'tls_authority',
    "The receiver's certificate comes without its intermediate certificate, or is not signed by a known authority.",
  ],
  CERT_UNTRUSTED: unknownAuthority,
  INVALID_CA: unknownAuthority,
  CERT_REVOKED: ['tls', "TLS failed: the receiver's certificate was revoked."],
  INVALID_PURPOSE: ['tls', "TLS failed: the receiver's certificate is not one for servers."],
  ERR_SSL_UNSUPPORTED_PROTOCOL: tooOld,
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: tooOld,
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE': nothingShared,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: nothingShared,
  ERR_SSL_TLSV1_ALERT_INSUFFICIENT_SECURITY: nothingShared,
  ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED: nothingShared,
  ERR_SSL_WRONG_SIGNATURE_TYPE: nothingShared,
  ERR_SSL_LEGACY_SIGALG_DISALLOWED_OR_UNSUPPORTED: nothingShared,
  ERR_SSL_DH_KEY_TOO_SMALL: weakKey,
  ERR_SSL_EE_KEY_TOO_SMALL: weakKey,
  ERR_SSL_CA_KEY_TOO_SMALL: weakKey,
  ERR_SSL_CA_MD_TOO_WEAK: weakKey,
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: noHttp1,
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: asksForClient,
};

/** What an error code says of TLS; null for a code of something else. */
export function tlsFailure(code: string): Failure | null {
  const known = failuresByCode[code];
  if (known) return known;
  return /^(ERR_SSL_|ERR_TLS_|ERR_OSSL_|CERT_)/.test(code) ? ['tls', `TLS failed: ${code}.`] : null;
}

/**
 * Why a handshake failed.
 * @param handshake.bytesRead what came from the receiver, in bytes; a TLS record is never shorter than 6
 * @param handshake.agreed a version and a cipher were chosen
 */
export function handshakeFailure(
  { code, message }: { code: string; message: string },
  handshake: { bytesRead: number; agreed: boolean },
): Failure {
  // Node has no name for these results of OpenSSL's check of a certificate.
  if (code === 'UNSPECIFIED') return /too weak/.test(message) ? weakKey : ['tls', `TLS failed: ${message}.`];
  const isClose = code === '' || code === 'ECONNRESET' || code === 'EPIPE';
  if (isClose && handshake.bytesRead > 0 && handshake.bytesRead < 6) return absent;
  if (isClose) return ['tls', 'TLS failed: the receiver closed the connection during the handshake.'];
  const failure = tlsFailure(code) ?? ['tls', `TLS failed: ${code}.`];
  // The same alert answers a client that cannot show a certificate, once everything else is agreed.
  return failure === nothingShared && handshake.agreed ? asksForClient : failure;
}

/** For an answer over TLS or without it that is HTTP/2. */
export const http2Only = noHttp1;

/** What a receiver answered that is no text: its media type and its first bytes. */
export type BinaryBody = { type: string; bytes: Uint8Array<ArrayBuffer> };

const dataUrl = /^data:([\w.+-]+\/[\w.+-]+);base64,([A-Za-z\d+/]*={0,2})$/;

/** The bytes as the text that is stored of them: a data URL (RFC 2397). */
export const binaryBodyText = ({ type, bytes }: BinaryBody) => `data:${type};base64,${btoa(latin1Of(bytes))}`;

/** What `binaryBodyText` made of bytes; null for any other text. */
export function binaryBody(body: string): BinaryBody | null {
  const [, type, base64] = dataUrl.exec(body) ?? [];
  if (type === undefined || base64 === undefined || base64.length % 4 !== 0) return null;
  return { type, bytes: bytesOf(atob(base64)) };
}

/** A body with secrets hidden, also those that stand between bytes. */
export function maskedBody(body: string, mask: (text: string) => string): string {
  const binary = binaryBody(body);
  if (!binary) return mask(body);
  const text = latin1Of(binary.bytes);
  const masked = mask(text);
  if (masked === text) return body;
  return binaryBodyText({ type: binary.type, bytes: bytesOf(masked.replace(/[^\0-\xff]/g, '*')) });
}

/** The first bytes in hexadecimal, 16 a line. */
export function hexOf(bytes: Uint8Array, most = 128): string {
  const lines: string[] = [];
  for (let start = 0; start < Math.min(bytes.length, most); start += 16) {
    const line = bytes.subarray(start, Math.min(start + 16, most));
    lines.push([...line].map((byte) => byte.toString(16).padStart(2, '0')).join(' '));
  }
  return lines.join('\n');
}

const latin1Of = (bytes: Uint8Array) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
const bytesOf = (latin1: string) => Uint8Array.from(latin1, (character) => character.charCodeAt(0));

import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate with its private key, both in PEM, and what it takes to sign others with it. */
export type Certificate = { key: string; cert: string; name: Buffer; privateKey: KeyObject };

type Wishes = {
  /** DNS names and IPv4 addresses that it is for. */
  names: string[];
  /** Days from now at which it begins and ends to be valid. */
  validDays?: [from: number, to: number];
  /** Who signs it; itself when left out. */
  issuer?: Certificate;
  /** Bits of an RSA key; an elliptic key when left out. */
  rsaBits?: number;
};

/** A self-signed certificate, made now. */
export const selfSigned = (...names: string[]) => certificate({ names });

/** A certificate, made now without OpenSSL's command line (RFC 5280, section 4.1), that may sign others. */
export function certificate({ names, validDays = [-1, 2], issuer, rsaBits }: Wishes): Certificate {
  const { privateKey, publicKey } =
    rsaBits === undefined
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: rsaBits });
  const name = sequence(
    der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(`test ${randomBytes(8).toString('hex')}`)))),
  );
  const signer = issuer ?? { name, privateKey };
  const algorithm =
    signer.privateKey.asymmetricKeyType === 'ec'
      ? sequence(oid('2a8648ce3d040302')) // ecdsa-with-SHA256
      : sequence(oid('2a864886f70d01010b'), der(0x05)); // sha256WithRSAEncryption
  const body = sequence(
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    signer.name,
    sequence(...validDays.map(utcTime)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(isAuthority, subjectAltName(names))),
  );
  const signature = Buffer.concat([Buffer.of(0), sign('sha256', body, signer.privateKey)]);
  const encoded = sequence(body, algorithm, der(0x03, signature)).toString('base64');
  const lines = (encoded.match(/.{1,64}/g) ?? []).join('\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    name,
    privateKey,
  };
}

function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag, ...derLength(content.length)), content]);
}

function derLength(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

const sequence = (...contents: Buffer[]) => der(0x30, ...contents);
const oid = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const yes = Buffer.of(0x01, 0x01, 0xff);
const isAuthority = sequence(oid('551d13'), yes, der(0x04, sequence(yes)));

function subjectAltName(names: string[]): Buffer {
  const entries = names.map((name) =>
    /^[\d.]+$/.test(name)
      ? der(0x87, Buffer.from(name.split('.').map(Number)))
      : der(0x82, Buffer.from(name)),
  );
  return sequence(oid('551d11'), der(0x04, sequence(...entries)));
}

function utcTime(daysFromNow: number): Buffer {
  const iso = new Date(Date.now() + daysFromNow * 86_400_000).toISOString();
  return der(0x17, Buffer.from(`${iso.slice(2, 19).replaceAll(/[-T:]/g, '')}Z`));
}

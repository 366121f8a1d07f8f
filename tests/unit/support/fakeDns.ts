import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import ipaddr from 'ipaddr.js';
import { createResolver, type ResolveAddresses } from '@/lib/sender/addressCheck';

/** The addresses of a name, `null` for a name that does not exist, `'silent'` for no answer at all. */
export type DnsAnswer = string[] | null | 'silent';

const typeA = 1;
const typeAaaa = 28;
const rcodeOk = 0;
const rcodeNoSuchName = 3;

/**
 * A real DNS server on loopback and a resolver that asks it.
 * @param answer what a name has at this moment; asked once per question, for A and for AAAA
 */
export async function startFakeDns(answer: (name: string, type: 'A' | 'AAAA') => DnsAnswer) {
  const server = createSocket('udp4');
  const questions: string[] = [];
  server.on('message', (query, { port, address }) => {
    const { name, type, end } = readQuestion(query);
    const typeName = type === typeAaaa ? 'AAAA' : 'A';
    questions.push(`${typeName} ${name}`);
    const addresses = answer(name, typeName);
    if (addresses === 'silent') return;
    server.send(reply(query.subarray(0, end), type, addresses), port, address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const resolve: ResolveAddresses = createResolver([`127.0.0.1:${port}`]);
  return { port, resolve, questions, stop: () => server.close() };
}

/** RFC 1035, section 4.1.2. */
function readQuestion(query: Buffer) {
  const labels: string[] = [];
  let offset = 12;
  for (let length = query[offset] ?? 0; length > 0; length = query[offset] ?? 0) {
    labels.push(query.toString('latin1', offset + 1, offset + 1 + length));
    offset += length + 1;
  }
  return { name: labels.join('.'), type: query.readUInt16BE(offset + 1), end: offset + 5 };
}

/** Repeats the question and answers it with a time to live of 0, so that nothing is cached. */
function reply(question: Buffer, type: number, addresses: string[] | null): Buffer {
  const records = (addresses ?? [])
    .map((address) => Buffer.from(ipaddr.parse(address).toByteArray()))
    .filter((bytes) => (type === typeA && bytes.length === 4) || (type === typeAaaa && bytes.length === 16));
  const head = Buffer.from(question);
  head.writeUInt16BE(0x8180 | (addresses === null ? rcodeNoSuchName : rcodeOk), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, ...records.map((bytes) => record(type, bytes))]);
}

function record(type: number, bytes: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(bytes.length, 10);
  return Buffer.concat([head, bytes]);
}

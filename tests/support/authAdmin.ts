import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import postgres from 'postgres';
import { signUp } from '../../scripts/stack/api/accounts.ts';
import type { StackSecrets } from '../../scripts/stack/api/secrets.ts';

/**
 * The local API with the auth server's interface for administrators in front of it, which the local one has not: accounts are
 * made, listed and removed with the answers of a hosted project. All else is passed on.
 * @param databaseUrl for the superuser
 */
export async function playAuthAdmin(api: string, databaseUrl: string, secrets: StackSecrets) {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  const users = () => sql`select id, email from auth.users order by email`;
  const admin = async (method: string, path: string, text: string): Promise<unknown> => {
    if (method === 'POST') {
      const { email, password } = JSON.parse(text);
      await signUp(databaseUrl, secrets, { email, password });
      return (await users()).find((user) => user.email === email);
    }
    if (method === 'DELETE') await sql`delete from auth.users where id = ${path.split('/').at(-1) ?? ''}`;
    return { users: await users(), aud: 'authenticated' };
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const { method = 'GET', url = '' } = request;
    if (url.startsWith('/auth/v1/admin/users')) {
      const known = request.headers.apikey === secrets.secretKey;
      response.writeHead(known ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify(known ? await admin(method, url, body.toString()) : {}));
      return;
    }
    const headers = new Headers(request.headers as Record<string, string>);
    for (const name of ['host', 'connection', 'content-length', 'transfer-encoding']) headers.delete(name);
    const init = { method, headers, ...(body.length > 0 ? { body } : {}) };
    const answer = await fetch(api + url, init);
    const answered = Object.fromEntries(answer.headers);
    delete answered['content-encoding'];
    delete answered['transfer-encoding'];
    response.writeHead(answer.status, answered);
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    users,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await sql.end();
    },
  };
}

import { createAdaptorServer } from '@hono/node-server';
import { App } from '@supabase/lite';
import { createConnection } from './liteConnection.ts';
import { restoreSqlState } from './liteErrors.ts';
import { requestHeaders } from './requestHeaders.ts';
import type { StackSecrets } from './secrets.ts';

/** The Supabase API (Data API and Auth) served on loopback. */
export interface SupabaseApi {
  url: string;
  publishableKey: string;
  secretKey: string;
  /** What PostgREST does when it is told `reload schema`: it is known here from the first request on, for good. */
  reloadSchema(): Promise<void>;
  stop(): Promise<void>;
}

type ApiSecrets = Pick<StackSecrets, 'publishableKey' | 'secretKey' | 'jwtSecret'>;

/** Without sign-up, accounts come only from whoever runs the stack; a role is still a row of ours, never the account. */
export function supabaseApp(databaseUrl: string, secrets: ApiSecrets, signUp: boolean) {
  return new App({
    connection: createConnection(databaseUrl),
    auth: {
      enabled: true,
      enable_signup: signUp,
      jwt_secret: secrets.jwtSecret,
      publishable_key: secrets.publishableKey,
      secret_key: secrets.secretKey,
      minimum_password_length: 10,
      email: { enable_signup: signUp, enable_confirmations: false },
    },
    api: { schemas: ['public'], max_rows: 1000 },
    // The history of migrations is ours to write, as the Supabase CLI writes it.
    db: { migrations: { enabled: false } },
    options: { server: { admin: false, disableStudio: true, disableFallback: true } },
  });
}

/** Serves the API for one database on 127.0.0.1, on a free port. */
export async function serveSupabaseApi(databaseUrl: string, secrets: ApiSecrets): Promise<SupabaseApi> {
  const app = supabaseApp(databaseUrl, secrets, false);
  // The first connection reads the array types, where the driver survives no loss: before anybody calls.
  (await app.connection.driver.reserve()).release();
  const server = createAdaptorServer({
    fetch: (request) =>
      requestHeaders.run(request.headers, async () =>
        restoreSqlState(await app.fetch(request, { peerAddress: '127.0.0.1' })),
      ),
    overrideGlobalObjects: false,
    // Longer than any client keeps a connection, so that none is closed just as a request is written to it.
    serverOptions: { keepAliveTimeout: 120_000 },
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const stop = async () => {
    await new Promise((resolve) => {
      server.close(resolve);
      if ('closeAllConnections' in server) server.closeAllConnections();
    });
    await app.connection.close();
  };
  const { publishableKey, secretKey } = secrets;
  const reloadSchema = () => app.connection.clearSchemaCache();
  return { url: `http://127.0.0.1:${port}`, publishableKey, secretKey, reloadSchema, stop };
}

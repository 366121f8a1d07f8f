import { Pool } from 'undici';
import type { LocalInfo } from '../../scripts/stack/localInfo.ts';

/** The product's HTTP interface, as the administrator, over kept connections. */
export type BenchApi = {
  get(path: string): Promise<unknown>;
  post(path: string, body: unknown): Promise<unknown>;
  patch(path: string, body: unknown): Promise<unknown>;
  delete(path: string): Promise<unknown>;
};

export async function signedInApi(info: LocalInfo): Promise<BenchApi> {
  const response = await fetch(`${info.supabase.url}/auth/v1/token?grant_type=password`, {
    method: 'POST',
    headers: { apikey: info.supabase.publishable_key, 'content-type': 'application/json' },
    body: JSON.stringify(info.admin),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  const pool = new Pool(info.url, { connections: 64 });
  const headers = { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' };
  const request = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body: string | null) => {
    const answer = await pool.request({ path, method, headers, body });
    const text = await answer.body.text();
    if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${text}`);
    return text === '' ? null : JSON.parse(text);
  };
  return {
    get: (path) => request('GET', path, null),
    post: (path, body) => request('POST', path, JSON.stringify(body)),
    patch: (path, body) => request('PATCH', path, JSON.stringify(body)),
    delete: (path) => request('DELETE', path, null),
  };
}

/** Runs `task` again and again, `concurrency` at a time, for some seconds. Answers runs per second. */
export async function ratePerSecond(
  seconds: number,
  concurrency: number,
  task: () => Promise<unknown>,
): Promise<number> {
  const began = performance.now();
  const ends = began + seconds * 1000;
  let done = 0;
  const worker = async () => {
    while (performance.now() < ends) {
      await task();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return done / ((performance.now() - began) / 1000);
}

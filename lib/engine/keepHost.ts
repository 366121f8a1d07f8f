import { after } from 'next/server';

/**
 * A serverless host stays until the work is done: also when it is told to stop, or when who asked hangs up. Work that
 * rejects is nobody's request any more, and must have told of it.
 */
export function keepHost(work: Promise<unknown>): void {
  try {
    after(work);
  } catch {
    // Outside a request there is no host to tell.
  }
}

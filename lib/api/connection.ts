/** Whether the last request to our own server was answered, whatever the answer said. */
let answered = true;
const listeners = new Set<() => void>();

export type Connection = 'online' | 'offline' | 'unanswered';

export function noteAnswer(came: boolean): void {
  if (came === answered) return;
  answered = came;
  for (const listener of listeners) listener();
}

/** `offline`: the browser has no network; `unanswered`: it has, but our server did not answer the last request. */
export function connection(): Connection {
  if (!navigator.onLine) return 'offline';
  return answered ? 'online' : 'unanswered';
}

/** @returns what ends it */
export function onConnection(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener('online', listener);
  window.addEventListener('offline', listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('online', listener);
    window.removeEventListener('offline', listener);
  };
}

import type { ReactNode } from 'react';
import type { ExternalToast, toast as sonner } from 'sonner';

type Kind = 'success' | 'info' | 'warning' | 'error';
type Message = [kind: Kind, text: ReactNode, options?: ExternalToast];

/** What was said before anything could show it: the Toaster is fetched with the first message. */
const waiting: Message[] = [];
let shown: typeof sonner | null = null;
let fetchToaster: (() => void) | null = null;

function say(...message: Message): void {
  const [kind, text, options] = message;
  if (shown) shown[kind](text, options);
  else {
    waiting.push(message);
    fetchToaster?.();
  }
}

const speaker = (kind: Kind) => (text: ReactNode, options?: ExternalToast) => say(kind, text, options);

/** Short messages over the page. */
export const toast = {
  success: speaker('success'),
  info: speaker('info'),
  warning: speaker('warning'),
  error: speaker('error'),
};

/** Calls `fetch` when there is something to show. Returns what ends that. */
export function onFirstToast(fetch: () => void): () => void {
  fetchToaster = fetch;
  if (waiting.length > 0) fetch();
  return () => {
    fetchToaster = null;
  };
}

/** Hands everything that is and will be said to the Toaster. Returns what ends that. */
export function showToasts(by: typeof sonner): () => void {
  shown = by;
  for (const message of waiting.splice(0)) say(...message);
  return () => {
    shown = null;
  };
}

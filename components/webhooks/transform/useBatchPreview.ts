'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { previewTransform } from '@/lib/api/transforms';
import type { TransformPreview } from '@/lib/domain/transformPreview';
import type { PastEvent } from './usePastEvents';

/** The outcome of a script on one past event; `result` is null when the preview itself was refused. */
export type BatchItem = { past: PastEvent; result: TransformPreview | null; error: unknown };

const atOnce = 4;

/** Runs a script on past events, a few at a time; `done` counts those that have come back. */
export function useBatchPreview() {
  const [done, setDone] = useState(0);
  const batch = useMutation({
    mutationFn: async ({ script, events }: { script: string; events: PastEvent[] }) => {
      setDone(0);
      const items: BatchItem[] = [];
      const waiting = [...events.entries()];
      const work = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const [index, past] = next;
          items[index] = await previewOne(script, past);
          setDone((count) => count + 1);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, work));
      return items;
    },
  });
  return { ...batch, done };
}

async function previewOne(script: string, past: PastEvent): Promise<BatchItem> {
  try {
    return { past, result: await previewTransform({ script, ...past.source }), error: null };
  } catch (error) {
    return { past, result: null, error };
  }
}

'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { previewTransform } from '@/lib/api/transforms';
import type { TransformPreview } from '@/lib/domain/transformPreview';

/** The outcome of a script on one past delivery; `result` is null when the preview itself was refused. */
export type BatchItem = { deliveryId: string; result: TransformPreview | null; error: unknown };

const atOnce = 4;

/** Runs a script on past deliveries, a few at a time; `done` counts those that have come back. */
export function useBatchPreview() {
  const [done, setDone] = useState(0);
  const batch = useMutation({
    mutationFn: async ({ script, deliveryIds }: { script: string; deliveryIds: string[] }) => {
      setDone(0);
      const items: BatchItem[] = [];
      const waiting = [...deliveryIds.entries()];
      const work = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const [index, deliveryId] = next;
          items[index] = await previewOne(script, deliveryId);
          setDone((count) => count + 1);
        }
      };
      await Promise.all(Array.from({ length: atOnce }, work));
      return items;
    },
  });
  return { ...batch, done };
}

async function previewOne(script: string, deliveryId: string): Promise<BatchItem> {
  try {
    return { deliveryId, result: await previewTransform({ script, delivery_id: deliveryId }), error: null };
  } catch (error) {
    return { deliveryId, result: null, error };
  }
}

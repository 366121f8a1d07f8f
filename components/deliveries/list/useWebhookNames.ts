'use client';

import { useQueries } from '@tanstack/react-query';
import { webhookNameQuery } from '@/lib/api/webhookNames';

/** By id: a name; null for a webhook that is deleted; absent while nobody knows. */
export type KnownNames = ReadonlyMap<string, string | null>;

/** The names of webhooks, however many there are: asked for by id. */
export function useWebhookNames(ids: readonly string[]): KnownNames {
  const unique = [...new Set(ids)];
  return useQueries({
    queries: unique.map(webhookNameQuery),
    combine: (answers) =>
      new Map(
        answers.flatMap(({ data }, index) => {
          const id = unique[index];
          return id === undefined || data === undefined ? [] : [[id, data] as const];
        }),
      ),
  });
}

import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { cache } from 'react';
import { WebhookError } from '@/lib/domain/errors';
import { pageService } from '@/lib/services/pageService';

/**
 * Who looks at the page: asked once for the layout and what stands in it. Whoever is nobody any more signs in, and comes back.
 * @returns undefined: it cannot be told now
 */
export const viewer = cache(async () => {
  const known = await pageService.viewer().catch((error: unknown) => {
    if (error instanceof WebhookError) return undefined;
    throw error;
  });
  if (known === null) redirect(`/login?next=${encodeURIComponent((await headers()).get('x-path') ?? '/')}`);
  return known;
});

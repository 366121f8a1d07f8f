import NextLink from 'next/link';
import type { ComponentProps } from 'react';

/**
 * Next's link, which fetches its page when it is followed and not before. Every page here is made for the person who asks
 * and for this moment, so that what came beforehand would hold nothing of it: only two requests for each link in sight.
 */
export function Link(props: Omit<ComponentProps<typeof NextLink>, 'prefetch'>) {
  return <NextLink {...props} prefetch={false} />;
}

'use client';

import { WebhookError } from '@/lib/domain/errors';
import { ErrorState } from './ErrorState';

const forbidden = new WebhookError('forbidden');

/** In place of a page that the person's role does not open. */
export const Refusal = () => <ErrorState error={forbidden} />;

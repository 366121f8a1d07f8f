'use client';

import dynamic from 'next/dynamic';
import { fetchedOnce } from '../../ui/fetchedOnce';
import { FormSkeleton } from './FormSkeleton';

const fetchForm = fetchedOnce(() => import('./WebhookForm').then((file) => file.WebhookForm));

/** Fetches the form's code while the page still waits for its webhook. */
export const fetchFormAhead = fetchForm.ahead;

/**
 * The form, which with its library is a tenth of the page, comes apart from it. The server draws its skeleton:
 * what is typed into a form whose code is not there yet would be lost.
 */
export const LazyWebhookForm = dynamic(fetchForm, { ssr: false, loading: FormSkeleton });

'use client';

import { useTranslations } from 'next-intl';
import { WebhookError } from '@/lib/domain/errors';
import { Banner } from '../ui/Banner';
import { Button } from '../ui/Button';
import { useProblemText } from './useProblemText';

/** Whether what was asked for may have happened all the same: no answer came that says. */
const mayHaveHappened = (error: unknown) =>
  !(error instanceof WebhookError) || ['network', 'timeout', 'internal'].includes(error.code);

type FormFailureProps = {
  /** What saving threw; null or undefined: nothing. */
  error: unknown;
  /** What to look at before it is tried again, where a second save would make a second one. */
  creates?: boolean;
};

/** Why a form is not saved, what became of what was typed, and what to do. What is beside a field is not said again. */
export function FormFailure({ error, creates }: FormFailureProps) {
  const t = useTranslations('common.failure');
  const problemText = useProblemText();
  if (error == null || (error instanceof WebhookError && error.errors.length > 0)) return null;
  const signedOut = error instanceof WebhookError && error.code === 'not_signed_in';
  return (
    <Banner
      tone="danger"
      alert
      actions={
        signedOut ? (
          <Button asChild size="sm">
            <a href="/login" target="_blank" rel="noreferrer">
              {t('signInAgain')}
            </a>
          </Button>
        ) : undefined
      }
    >
      <p>{problemText(error)}</p>
      <p>
        {creates && mayHaveHappened(error) && `${t('lookFirst')} `}
        {t(signedOut ? 'keptSignedOut' : 'kept')}
      </p>
    </Banner>
  );
}

'use client';

import { CloudOff, Lock, SearchX, TriangleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/Button';
import { EmptyState } from '@/components/ui/EmptyState';
import { Link } from '@/components/ui/Link';
import { WebhookError } from '@/lib/domain/errors';
import { useProblemText } from './useProblemText';

type ErrorStateProps = { error: unknown; onRetry?: () => void; className?: string };

/** Stands where data should be: what went wrong, and the way on. */
export function ErrorState({ error, onRetry, className }: ErrorStateProps) {
  const t = useTranslations();
  const problemText = useProblemText();
  const forbidden = error instanceof WebhookError && error.status === 403;
  const final = forbidden || (error instanceof WebhookError && error.status === 404);
  return (
    <div role="alert">
      <EmptyState
        icon={iconOf(error)}
        title={t(titleOf(error))}
        description={problemText(error)}
        actions={
          forbidden ? (
            <Button asChild>
              <Link href="/leads">{t('errors.toCrm')}</Link>
            </Button>
          ) : onRetry && !final ? (
            <Button onClick={onRetry}>{t('common.retry')}</Button>
          ) : undefined
        }
        className={className}
      />
    </div>
  );
}

function titleOf(error: unknown) {
  if (!(error instanceof WebhookError)) return 'errors.title';
  if (error.status === 403) return 'errors.forbiddenTitle';
  return error.status === 404 ? 'errors.notFoundTitle' : 'errors.title';
}

function iconOf(error: unknown) {
  if (!(error instanceof WebhookError)) return TriangleAlert;
  if (error.status === 403) return Lock;
  if (error.status === 404) return SearchX;
  return error.status === 0 || error.status === 503 ? CloudOff : TriangleAlert;
}

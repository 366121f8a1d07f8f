'use client';

import { CircleCheck } from 'lucide-react';
import { useFormatter, useTranslations } from 'next-intl';
import { useProblemText } from '../../shell/useProblemText';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { Skeleton } from '../../ui/Skeleton';

type ReplayCountProps = {
  count: number | undefined;
  /** There are more than were counted. */
  capped: boolean;
  error: unknown;
  onRetry: () => void;
  /** Said where there is none. */
  none: string;
};

/** The number that the replay is about, in large, before it starts. */
export function ReplayCount({ count, capped, error, onRetry, none }: ReplayCountProps) {
  const t = useTranslations('deliveries.replay');
  const common = useTranslations('common');
  const format = useFormatter();
  const problemText = useProblemText();
  if (error && count === undefined) {
    return (
      <Banner
        tone="danger"
        alert
        actions={
          <Button size="sm" onClick={onRetry}>
            {common('retry')}
          </Button>
        }
      >
        {problemText(error)}
      </Banner>
    );
  }
  return (
    <div
      aria-live="polite"
      className="flex min-h-16 items-center gap-3 rounded-lg border bg-sunken px-4 py-3"
    >
      {count === undefined ? (
        <Skeleton className="h-7 w-48" />
      ) : count === 0 ? (
        <p className="flex items-center gap-2 text-muted text-sm">
          <CircleCheck aria-hidden className="size-4 text-success-ink" />
          {none}
        </p>
      ) : (
        <p className="flex items-baseline gap-2 text-sm">
          {capped && t('atLeast')}
          <span className="font-semibold text-2xl">{format.number(count)}</span>
          {t('countLabel', { count })}
        </p>
      )}
    </div>
  );
}

'use client';

import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { cn } from '../ui/cn';
import { diffLines } from './diffLines';

const signs = { same: ' ', added: '+', removed: '−' };
const looks = {
  same: '',
  added: 'bg-success-soft text-success-ink',
  removed: 'bg-danger-soft text-danger-ink',
};

/** What a transform changed, line by line. */
export function DiffView({ before, after }: { before: unknown; after: unknown }) {
  const t = useTranslations('webhooks.transform');
  const lines = useMemo(
    () => diffLines(JSON.stringify(before, null, 2) ?? '', JSON.stringify(after, null, 2) ?? ''),
    [before, after],
  );
  if (!lines) return <p className="py-8 text-center text-muted text-sm">{t('diffTooLong')}</p>;
  if (lines.every((line) => line.kind === 'same')) {
    return <p className="py-8 text-center text-muted text-sm">{t('diffNone')}</p>;
  }
  return (
    <section
      aria-label={t('diff')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
      tabIndex={0}
      className="max-h-96 overflow-auto rounded-md border bg-sunken py-2 font-mono text-xs leading-5 focus-visible:-outline-offset-2"
    >
      <div className="w-fit min-w-full">
        {lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a finished comparison do not move
          <div key={index} className={cn('whitespace-pre px-3', looks[line.kind])}>
            <span aria-hidden className="mr-2 select-none opacity-70">
              {signs[line.kind]}
            </span>
            {line.kind !== 'same' && <span className="sr-only">{t(line.kind)} </span>}
            {line.text}
          </div>
        ))}
      </div>
    </section>
  );
}

'use client';

import { useTranslations } from 'next-intl';
import type { ConsoleLine } from '@/lib/domain/transform';
import { cn } from '../../ui/cn';
import { Nothing } from './Nothing';

const levelClass: Record<ConsoleLine['level'], string> = {
  log: '',
  info: '',
  debug: 'text-muted',
  warn: 'bg-warning-soft text-warning-ink',
  error: 'bg-danger-soft text-danger-ink',
};

/** What the script wrote to its console during one attempt. */
export function ConsoleLines({ lines }: { lines: readonly ConsoleLine[] }) {
  const t = useTranslations('deliveries.tabs');
  if (lines.length === 0) return <Nothing>{t('noConsole')}</Nothing>;
  return (
    <ol className="divide-y overflow-hidden rounded-md border bg-sunken font-mono text-xs">
      {lines.map((line, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: a finished log does not change its order
          key={index}
          className={cn('flex gap-3 px-3 py-1.5', levelClass[line.level])}
        >
          <span className="w-10 shrink-0 select-none font-medium">{line.level}</span>
          <span className="wrap-anywhere min-w-0 whitespace-pre-wrap">{line.text}</span>
        </li>
      ))}
    </ol>
  );
}

'use client';

import { UnfoldVertical } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { cn } from '../../ui/cn';
import { type DiffLine, foldUnchanged, jsonDiff } from './jsonDiff';

type DiffViewProps = {
  before: unknown;
  after: unknown;
  /** What is compared, for screen readers. */
  label: string;
  /** How: as JSON, unless said otherwise. */
  compare?: (before: unknown, after: unknown) => DiffLine[];
};

const looks = {
  same: { sign: ' ', className: '' },
  added: { sign: '+', className: 'bg-success-soft text-success-ink' },
  removed: { sign: '−', className: 'bg-danger-soft text-danger-ink' },
} as const;

/** Two values in one: removed lines, added lines, and folded stretches that are the same in both. */
export function DiffView({ before, after, label, compare = jsonDiff }: DiffViewProps) {
  const t = useTranslations('deliveries.diff');
  const blocks = useMemo(() => foldUnchanged(compare(before, after)), [compare, before, after]);
  const lines = blocks.flatMap((block) => block.lines);
  const count = (change: DiffLine['change']) => lines.filter((line) => line.change === change).length;
  const [unfolded, setUnfolded] = useState<ReadonlySet<number>>(new Set());
  return (
    <figure className="flex min-w-0 flex-col overflow-hidden rounded-md border bg-sunken">
      <figcaption className="flex flex-wrap items-center gap-x-4 gap-y-1 border-b px-3 py-2 text-xs">
        <span className="font-medium text-danger-ink">{t('removed', { count: count('removed') })}</span>
        <span className="font-medium text-success-ink">{t('added', { count: count('added') })}</span>
      </figcaption>
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        className="max-h-96 overflow-auto focus-visible:-outline-offset-2"
      >
        <div className="w-fit min-w-full py-1.5 font-mono text-xs leading-5">
          {blocks.map((block, index) =>
            block.collapsed && !unfolded.has(index) ? (
              <button
                // biome-ignore lint/suspicious/noArrayIndexKey: blocks do not change their order
                key={index}
                type="button"
                onClick={() => setUnfolded(new Set([...unfolded, index]))}
                className="my-1 flex w-full items-center gap-2 border-y bg-raised px-3 py-1 text-left font-sans text-muted hover:text-ink focus-visible:-outline-offset-2"
              >
                <UnfoldVertical aria-hidden className="size-3.5" />
                {t('unchanged', { count: block.lines.length })}
              </button>
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: blocks do not change their order
              <Lines key={index} lines={block.lines} />
            ),
          )}
        </div>
      </section>
    </figure>
  );
}

function Lines({ lines }: { lines: DiffLine[] }) {
  const t = useTranslations('deliveries.diff');
  return lines.map((line, index) => {
    const { sign, className } = looks[line.change];
    return (
      <div
        // biome-ignore lint/suspicious/noArrayIndexKey: lines do not change their order
        key={index}
        className={cn('flex whitespace-pre px-3', className)}
      >
        <span aria-hidden className="w-4 shrink-0 select-none">
          {sign}
        </span>
        <span>
          {line.change !== 'same' && (
            <span className="sr-only">{t(line.change === 'added' ? 'addedLine' : 'removedLine')} </span>
          )}
          {line.text}
        </span>
      </div>
    );
  });
}

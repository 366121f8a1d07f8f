'use client';

import { useTranslations } from 'next-intl';
import { useMemo, useState } from 'react';
import { attemptDifferences } from '@/lib/domain/attemptDifferences';
import type { Attempt } from '@/lib/domain/delivery';
import { Field } from '../../ui/Field';
import { Select } from '../../ui/Select';
import { Nothing } from './Nothing';

type CompareAttemptsProps = { attempts: readonly Attempt[]; attempt: Attempt };

/** The attempt that is open beside another one: only what they have otherwise, value by value. */
export function CompareAttempts({ attempts, attempt }: CompareAttemptsProps) {
  const t = useTranslations('deliveries.compare');
  const others = attempts.filter((one) => one.attempt !== attempt.attempt);
  const [chosen, setChosen] = useState<number | null>(null);
  const before = others.findLast((one) => one.attempt < attempt.attempt) ?? others[0];
  const other = others.find((one) => one.attempt === chosen) ?? before;
  const differences = useMemo(() => (other ? attemptDifferences(other, attempt) : []), [other, attempt]);
  if (!other) return <Nothing>{t('none')}</Nothing>;
  const name = (number: number) => t('attempt', { number });
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Field label={t('with')}>
        <Select
          className="w-full sm:w-56"
          value={String(other.attempt)}
          onValueChange={(number) => setChosen(Number(number))}
          options={others.map((one) => ({ value: String(one.attempt), label: name(one.attempt) }))}
        />
      </Field>
      {differences.length === 0 ? (
        <Nothing>{t('same')}</Nothing>
      ) : (
        <section
          aria-label={t('label')}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
          className="overflow-x-auto rounded-md border bg-raised focus-visible:-outline-offset-2"
        >
          <table className="w-full table-fixed border-collapse text-xs">
            <thead className="border-b bg-sunken text-left text-muted">
              <tr>
                <th scope="col" className="w-[30%] px-3 py-2 font-medium">
                  {t('value')}
                </th>
                {[other, attempt].map((one) => (
                  <th key={one.attempt} scope="col" className="px-3 py-2 font-medium">
                    {name(one.attempt)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody className="divide-y">
              {differences.map(({ part, path, before, after }) => (
                <tr key={`${part} ${path}`} className="align-top">
                  <th scope="row" className="wrap-anywhere px-3 py-1.5 text-left font-normal">
                    <span className="block text-muted">{t(`parts.${part}`)}</span>
                    {path !== null && (
                      <span className="font-mono">
                        {part === 'outcome' ? t(`outcomes.${path as 'error_kind'}`) : path}
                      </span>
                    )}
                  </th>
                  <Value text={before} className="bg-danger-soft/60" />
                  <Value text={after} className="bg-success-soft/60" />
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </div>
  );
}

function Value({ text, className }: { text: string | undefined; className: string }) {
  const t = useTranslations('deliveries.compare');
  if (text === undefined) return <td className="px-3 py-1.5 text-muted">{t('absent')}</td>;
  return (
    <td className={className}>
      <span className="wrap-anywhere block max-h-48 overflow-y-auto whitespace-pre-wrap px-3 py-1.5 font-mono">
        {text}
      </span>
    </td>
  );
}

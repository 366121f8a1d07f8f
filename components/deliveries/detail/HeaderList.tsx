'use client';

import { useTranslations } from 'next-intl';

/** A value that the server hid. */
const isMasked = (value: string) => /^•+$/.test(value);

type HeaderListProps = { label: string; headers: Record<string, string> | null };

/** Header names and values as text, in the order they have. */
export function HeaderList({ label, headers }: HeaderListProps) {
  const t = useTranslations('deliveries.tabs');
  const entries = Object.entries(headers ?? {});
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <h4 className="font-medium text-muted text-xs">{label}</h4>
      {entries.length === 0 ? (
        <p className="text-muted text-sm">{t('noHeaders')}</p>
      ) : (
        <dl className="divide-y overflow-hidden rounded-md border bg-raised text-xs">
          {entries.map(([name, value]) => (
            <div key={name} className="grid gap-x-4 px-3 py-1.5 sm:grid-cols-[minmax(9rem,14rem)_1fr]">
              <dt className="wrap-anywhere font-mono text-muted">{name}</dt>
              <dd className="wrap-anywhere min-w-0 font-mono">
                {isMasked(value) ? <Masked value={value} /> : value}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

function Masked({ value }: { value: string }) {
  const t = useTranslations('deliveries.tabs');
  return (
    <span className="text-muted">
      <span aria-hidden>{value}</span> <span className="font-sans">{t('masked')}</span>
    </span>
  );
}

'use client';

import { useTranslations } from 'next-intl';
import { Dialog } from '@/components/ui/Dialog';
import { KeyNames } from './KeyNames';
import { givenKeys, type KeyPlace, keys } from './keys';

/** Every key of the console, by where it works. */
export function KeyList({ onClose }: { onClose: () => void }) {
  const t = useTranslations('common.keys');
  return (
    <Dialog open onOpenChange={(open) => open || onClose()} title={t('title')}>
      <div className="flex flex-col gap-5">
        {(Object.keys(keys) as KeyPlace[]).map((place) => (
          <section key={place} aria-labelledby={`keys-${place}`} className="flex flex-col gap-2">
            <h3 id={`keys-${place}`} className="font-medium text-muted text-xs">
              {t(`places.${place}`)}
            </h3>
            <dl className="divide-y rounded-lg border">
              {keysOf(place).map(([name, on]) => (
                <div key={name} className="flex items-center justify-between gap-4 px-3 py-1.5 text-sm">
                  <dt>{t(`does.${place}.${name}` as 'does.form.save')}</dt>
                  <dd>
                    <KeyNames on={on} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function keysOf(place: KeyPlace): [name: string, on: readonly string[]][] {
  const all = { ...keys[place], ...(place in givenKeys && givenKeys[place as keyof typeof givenKeys]) };
  return Object.entries(all).map(([name, { on }]) => [name, on]);
}

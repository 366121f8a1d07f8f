'use client';

import { useTranslations } from 'next-intl';
import { useSyncExternalStore } from 'react';
import { Kbd } from '@/components/ui/Kbd';

const signs: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };

/** Keys as they stand on the person's keyboard. */
export function KeyNames({ on }: { on: readonly string[] }) {
  const t = useTranslations('common.keys.names');
  const apple = useSyncExternalStore(never, isApple, () => false);
  const nameOf = (key: string) => {
    if (key === 'mod') return apple ? '⌘' : t('ctrl');
    if (key === 'Escape') return t('escape');
    if (key === 'Enter') return t('enter');
    return signs[key] ?? key.toUpperCase();
  };
  return (
    <span className="inline-flex items-center gap-1">
      {on.map((key) => (
        <span key={key} className="inline-flex gap-0.5">
          {key.split('+').map((part) => (
            <Kbd key={part}>{nameOf(part)}</Kbd>
          ))}
        </span>
      ))}
    </span>
  );
}

const never = () => () => undefined;
const isApple = () => /Mac|iPhone|iPad/.test(navigator.platform);

'use client';

import { useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import type { CSSProperties } from 'react';
import { Toaster as Sonner } from 'sonner';

/** The colours of each kind of message, as a Banner has them. */
const colours = {
  '--normal-bg': 'var(--raised)',
  '--normal-border': 'var(--line)',
  '--normal-text': 'var(--ink)',
  '--border-radius': 'var(--radius-lg)',
  fontFamily: 'var(--font-sans)',
  ...toned('success', 'success'),
  ...toned('info', 'accent'),
  ...toned('warning', 'warning'),
  ...toned('error', 'danger'),
} as CSSProperties;

function toned(kind: string, tone: string) {
  return {
    [`--${kind}-bg`]: `var(--${tone}-soft)`,
    [`--${kind}-border`]: `color-mix(in oklab, var(--${tone}) 30%, transparent)`,
    [`--${kind}-text`]: `var(--${tone}-ink)`,
  };
}

/** Where the messages of sonner's `toast` appear. */
export function Toaster() {
  const t = useTranslations('common');
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      position="bottom-right"
      richColors
      closeButton
      containerAriaLabel={t('notifications')}
      style={colours}
      toastOptions={{ closeButtonAriaLabel: t('close') }}
    />
  );
}

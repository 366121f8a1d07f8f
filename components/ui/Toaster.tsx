'use client';

import { useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import type { CSSProperties } from 'react';
import { Toaster as Sonner } from 'sonner';

const colours = {
  '--normal-bg': 'var(--raised)',
  '--normal-border': 'var(--line)',
  '--normal-text': 'var(--ink)',
  '--border-radius': 'var(--radius-lg)',
  fontFamily: 'var(--font-sans)',
} as CSSProperties;

/** Where short messages appear: `import { toast } from 'sonner'`. */
export function Toaster() {
  const t = useTranslations('common');
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      position="top-center"
      containerAriaLabel={t('notifications')}
      closeButton
      style={colours}
      toastOptions={{ closeButtonAriaLabel: t('close') }}
    />
  );
}

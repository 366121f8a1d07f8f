'use client';

import { useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { type CSSProperties, useEffect } from 'react';
import { Toaster as Sonner, toast } from 'sonner';
import { showToasts } from './toast';

const colours = {
  '--normal-bg': 'var(--raised)',
  '--normal-border': 'var(--line)',
  '--normal-text': 'var(--ink)',
  '--border-radius': 'var(--radius-lg)',
  fontFamily: 'var(--font-sans)',
} as CSSProperties;

/** Where the messages of `toast` appear. */
export function Toaster() {
  const t = useTranslations('common');
  const { resolvedTheme } = useTheme();
  useEffect(() => showToasts(toast), []);
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

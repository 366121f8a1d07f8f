'use client';

import { useLocale } from 'next-intl';
import { useTheme } from 'next-themes';
import 'openapi-explorer/dist/browser/openapi-explorer.min.js';
import { useEffect, useRef } from 'react';

type Explorer = HTMLElement & { loadSpec(document: object): Promise<void> };

/** The renderer reads no oklch: surface, ink and accent of globals.css, as it can. */
const palettes = {
  light: ['#fdfcfb', '#1b1e2b', '#2f42c9'],
  dark: ['#101319', '#eaecf0', '#8fa4ff'],
} as const;

const settings = {
  'hide-server-selection': 'true',
  'hide-authentication': 'true', // the session's cookie goes along by itself
  'fetch-credentials': 'same-origin',
  collapse: 'true',
};

/** The web component that draws a description of an API. Only in the browser: it defines its element as it is loaded. */
export function ApiExplorer({ spec }: { spec: Record<string, unknown> }) {
  const locale = useLocale();
  const { resolvedTheme } = useTheme();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const [surface, ink, accent] = palettes[resolvedTheme === 'dark' ? 'dark' : 'light'];
    const explorer = document.createElement('openapi-explorer') as Explorer;
    const attributes = {
      ...settings,
      ...{ 'bg-color': surface, 'nav-bg-color': surface, 'text-color': ink, 'nav-text-color': ink },
      ...{ 'primary-color': accent, 'secondary-color': accent, 'server-url': window.location.origin },
    };
    for (const [name, value] of Object.entries(attributes)) explorer.setAttribute(name, value);
    place.current?.append(explorer);
    // It changes what it is given, and takes its language from there.
    const copy = structuredClone(spec);
    void explorer.loadSpec({ ...copy, info: { ...(copy.info as object), 'x-locale': locale } });
    return () => explorer.remove();
  }, [spec, locale, resolvedTheme]);
  return <div ref={place} className="min-h-96 overflow-hidden rounded-lg border" />;
}

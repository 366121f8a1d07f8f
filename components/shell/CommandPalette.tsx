'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import {
  Contact,
  History,
  Keyboard,
  KeyRound,
  Languages,
  Monitor,
  Moon,
  Plus,
  Send,
  Sun,
  Webhook,
} from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useLocale, useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { useState } from 'react';
import {
  CommandDialog,
  CommandEmpty,
  CommandGroup,
  CommandInput,
  CommandItem,
  CommandList,
} from '@/components/ui/Command';
import { matches } from '@/components/ui/matches';
import { queryString } from '@/lib/api/apiFetch';
import { recordSearchQuery } from '@/lib/api/records';
import { sessionQuery } from '@/lib/api/session';
import { webhookListQuery } from '@/lib/api/webhooks';
import { kindLabel } from '@/lib/domain/eventTypes';
import { recordPath } from '@/lib/domain/recordPath';
import { locales } from '@/lib/i18n/locales';
import { setLocale } from '@/lib/i18n/setLocale';
import { askToLeave } from './leaving';
import { crmLinks, mainLinks } from './places';
import { useSearchText } from './useSearchText';

type CommandPaletteProps = { onClose: () => void; onListKeys: () => void };

const uuid = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const themes = [
  { name: 'light', icon: Sun },
  { name: 'dark', icon: Moon },
  { name: 'system', icon: Monitor },
] as const;
const mostWebhooks = 8;

/** Where to go and what to do, found by typing: pages, webhooks and records by name, deliveries by id or by what they hold. */
export function CommandPalette({ onClose, onListKeys }: CommandPaletteProps) {
  const t = useTranslations('common.palette');
  const common = useTranslations('common');
  const router = useRouter();
  const locale = useLocale();
  const { theme, setTheme } = useTheme();
  const [term, setTerm] = useState('');
  const { value: text, onValueChange } = useSearchText(term, setTerm);
  const admin = useQuery(sessionQuery).data?.role === 'admin';
  const found = useInfiniteQuery({
    ...webhookListQuery({ q: term, sort: 'newest' }),
    enabled: admin && term !== '',
  });
  const webhooks = term ? (found.data?.pages[0]?.items ?? []).slice(0, mostWebhooks) : [];

  const records = useQuery({ ...recordSearchQuery(term), enabled: admin && term !== '' });

  const then = (act: () => unknown) => () => {
    onClose();
    void act();
  };
  const go = (path: string) => then(async () => (await askToLeave()) && router.push(path));
  const sought = text.trim();
  const places = [...(admin ? mainLinks : []), ...crmLinks].map(({ href, name, icon }) => ({
    id: href,
    label: common(`nav.${name}`),
    icon,
    run: go(href),
  }));
  const actions = [
    ...(admin
      ? [
          { id: 'new', label: t('newWebhook'), icon: Plus, run: go('/webhooks/new') },
          { id: 'type', label: t('newEventType'), icon: Plus, run: go('/events?new=true') },
          { id: 'tokens', label: common('account.tokens'), icon: KeyRound, run: go('/tokens') },
          { id: 'replay', label: t('replay'), icon: History, run: go('/deliveries?replay=true') },
        ]
      : []),
    ...themes
      .filter(({ name }) => name !== theme)
      .map(({ name, icon }) => ({
        id: name,
        label: t('theme', { name: common(`theme.${name}`) }),
        icon,
        run: then(() => setTheme(name)),
      })),
    ...locales
      .filter((name) => name !== locale)
      .map((name) => ({
        id: name,
        label: t('language', { name: common(`language.${name}`) }),
        icon: Languages,
        run: then(() => setLocale(name)),
      })),
    { id: 'keys', label: common('keys.title'), icon: Keyboard, run: onListKeys },
  ];
  const groups = [
    {
      name: t('search'),
      items:
        !admin || sought === ''
          ? []
          : [
              ...(uuid.test(sought)
                ? [
                    {
                      id: 'delivery',
                      label: t('delivery', { id: sought }),
                      icon: Send,
                      run: go(`/deliveries/${sought}`),
                    },
                  ]
                : []),
              {
                id: 'contents',
                label: t('contents', { text: sought }),
                icon: Send,
                run: go(`/deliveries${queryString({ q: sought })}`),
              },
            ],
    },
    {
      name: common('nav.webhooks'),
      items: webhooks.map(({ id, name }) => ({ id, label: name, icon: Webhook, run: go(`/webhooks/${id}`) })),
    },
    {
      name: t('records'),
      items: (term ? (records.data ?? []) : []).map(({ kind, record_id, record_label }) => ({
        id: `${kind} ${record_id}`,
        label: `${record_label} · ${kindLabel(kind, locale)}`,
        icon: Contact,
        run: go(recordPath(record_id)),
      })),
    },
    { name: t('places'), items: places.filter(({ label }) => matches(sought, label)) },
    { name: t('actions'), items: actions.filter(({ label }) => matches(sought, label)) },
  ];
  return (
    <CommandDialog label={t('open')} onClose={onClose}>
      <CommandInput
        value={text}
        onValueChange={onValueChange}
        placeholder={t(admin ? 'placeholder' : 'placeholderMember')}
        className="h-10"
      />
      <CommandList label={t('results')} className="max-h-[min(26rem,60dvh)]">
        <CommandEmpty>{common('noMatch')}</CommandEmpty>
        {groups.map(
          ({ name, items }) =>
            items.length > 0 && (
              <CommandGroup key={name} heading={name}>
                {items.map(({ id, label, icon: Icon, run }) => (
                  <CommandItem key={id} value={`${name} ${id}`} onSelect={run}>
                    <Icon aria-hidden />
                    <span className="truncate">{label}</span>
                  </CommandItem>
                ))}
              </CommandGroup>
            ),
        )}
      </CommandList>
    </CommandDialog>
  );
}

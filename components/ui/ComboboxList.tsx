'use client';

import { Command } from 'cmdk';
import { Check, Search } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { cn } from './cn';
import { itemClass, menuLabelClass } from './DropdownMenu';
import { matches } from './matches';
import { optionGroups, type SelectOption } from './selectOption';

type ComboboxListProps = {
  value: string;
  options: readonly SelectOption[];
  onChoose: (value: string) => void;
};

/** As many as anybody scrolls through; a longer word finds the others. */
const mostShown = 100;

/** The search field of a `Combobox`, and what it leaves to choose from. */
export function ComboboxList({ value, options, onChoose }: ComboboxListProps) {
  const t = useTranslations('common');
  const [search, setSearch] = useState('');
  const found = options.filter(({ label, group }) => matches(search, `${label} ${group ?? ''}`));
  return (
    <Command shouldFilter={false} label={t('search')} defaultValue={value}>
      <div className="flex items-center gap-2 border-b px-2 pb-1">
        <Search aria-hidden className="size-4 shrink-0 text-muted" />
        <Command.Input
          autoFocus
          value={search}
          onValueChange={setSearch}
          placeholder={t('search')}
          className="h-8 min-w-0 flex-1 bg-transparent text-sm outline-none placeholder:text-muted/80 max-md:text-[16px]"
        />
      </div>
      <Command.List
        label={t('choices')}
        className="-mx-1 max-h-[min(20rem,calc(var(--radix-popover-content-available-height)-3.5rem))] scroll-py-1 overflow-y-auto px-1 pt-1"
      >
        <Command.Empty className="px-2 py-4 text-center text-muted text-sm">{t('noMatch')}</Command.Empty>
        {optionGroups(found.slice(0, mostShown)).map(([name, grouped]) => (
          <Command.Group
            key={name}
            heading={name && <span className={cn('block', menuLabelClass)}>{name}</span>}
          >
            {grouped.map((option) => (
              <Command.Item
                key={option.value}
                value={option.value}
                onSelect={() => onChoose(option.value)}
                className={cn(itemClass, 'justify-between data-[selected=true]:bg-hover')}
              >
                <span className="truncate">{option.label}</span>
                {option.value === value && <Check aria-hidden className="size-4 text-accent-ink" />}
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
      {found.length > mostShown && (
        <p className="border-t px-2 pt-1.5 text-muted text-xs">
          {t('moreMatches', { count: found.length - mostShown })}
        </p>
      )}
    </Command>
  );
}

'use client';

import { Check } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Command, CommandEmpty, CommandGroup, CommandInput, CommandItem, CommandList } from './Command';
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
    <Command label={t('search')} defaultValue={value}>
      <CommandInput value={search} onValueChange={setSearch} placeholder={t('search')} />
      <CommandList
        label={t('choices')}
        className="max-h-[min(20rem,calc(var(--radix-popover-content-available-height)-3.5rem))]"
      >
        <CommandEmpty>{t('noMatch')}</CommandEmpty>
        {optionGroups(found.slice(0, mostShown)).map(([name, grouped]) => (
          <CommandGroup key={name} heading={name}>
            {grouped.map((option) => (
              <CommandItem
                key={option.value}
                value={option.value}
                aria-checked={option.value === value}
                onSelect={() => onChoose(option.value)}
                className="justify-between"
              >
                <span className="truncate">{option.label}</span>
                {option.value === value && <Check aria-hidden className="text-accent-ink!" />}
              </CommandItem>
            ))}
          </CommandGroup>
        ))}
      </CommandList>
      {found.length > mostShown && (
        <p className="border-t px-2 pt-1.5 text-muted text-xs">
          {t('moreMatches', { count: found.length - mostShown })}
        </p>
      )}
    </Command>
  );
}

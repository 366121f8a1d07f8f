'use client';

import { Search, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useEffectEvent, useRef } from 'react';
import { Button } from './Button';
import { cn } from './cn';
import { Input } from './Input';

type SearchInputProps = {
  value: string;
  onValueChange: (value: string) => void;
  /** True while an input method composes, false once the text stands. */
  onComposition?: (composing: boolean) => void;
  /** Name of the field and its placeholder. */
  label: string;
  className?: string;
};

/** A search field with a cross; Escape empties it. */
export function SearchInput({ value, onValueChange, onComposition, label, className }: SearchInputProps) {
  const t = useTranslations('common');
  const input = useRef<HTMLInputElement>(null);
  const takeOver = useEffectEvent(() => {
    const typed = input.current?.value ?? '';
    if (typed !== value) onValueChange(typed);
  });
  // What was typed into the server's drawing of it, before anybody listened.
  useEffect(() => takeOver(), []);
  const clear = () => {
    onValueChange('');
    input.current?.focus();
  };
  return (
    <div className={cn('relative', className)}>
      <Search aria-hidden className="-translate-y-1/2 absolute top-1/2 left-2.5 size-4 text-muted" />
      <Input
        ref={input}
        aria-label={label}
        placeholder={label}
        value={value}
        autoComplete="off"
        spellCheck={false}
        enterKeyHint="search"
        className="pr-9 pl-8.5"
        onChange={(event) => onValueChange(event.target.value)}
        onCompositionStart={() => onComposition?.(true)}
        onCompositionEnd={() => onComposition?.(false)}
        onKeyDown={(event) => {
          // While an input method composes, Escape is its own.
          if (event.key !== 'Escape' || !value || event.nativeEvent.isComposing) return;
          event.stopPropagation();
          clear();
        }}
      />
      {value && (
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={t('clearSearch')}
          className="absolute top-0.5 right-0.5"
          onClick={clear}
        >
          <X aria-hidden />
        </Button>
      )}
    </div>
  );
}

'use client';

import { useQuery } from '@tanstack/react-query';
import { Bookmark, BookmarkPlus, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useRef, useState } from 'react';
import { toast } from 'sonner';
import { sessionQuery } from '@/lib/api/session';
import { Button } from '../../ui/Button';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '../../ui/DropdownMenu';
import { lazily } from '../../ui/lazily';
import { readViews, type SavedView, withView, writeViews } from './savedViews';
import type { DeliveryFilters } from './useDeliveryFilters';

const SaveViewDialog = lazily(() => import('./SaveViewDialog').then((file) => file.SaveViewDialog));

/** The list as one narrowed it before, by name; kept in this browser. */
export function SavedViews({ filters }: { filters: DeliveryFilters }) {
  const t = useTranslations('deliveries.views');
  const person = useQuery(sessionQuery).data?.email ?? '';
  // Read when the menu opens: another tab may have changed them.
  const [views, setViews] = useState<SavedView[]>([]);
  const [naming, setNaming] = useState(false);
  const trigger = useRef<HTMLButtonElement>(null);
  const keep = (next: readonly SavedView[] | null, done: string) => {
    if (next === null) toast.error(t('tooMany'));
    else if (writeViews(person, next)) toast.success(done);
    else toast.error(t('notKept'));
  };
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button
            ref={trigger}
            variant="ghost"
            size="sm"
            onPointerDownCapture={() => setViews(readViews(person))}
            onKeyDownCapture={() => setViews(readViews(person))}
          >
            <Bookmark aria-hidden />
            {t('open')}
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent className="max-w-80">
          {views.length === 0 && <DropdownMenuLabel>{t('none')}</DropdownMenuLabel>}
          {views.map((view) => (
            <DropdownMenuItem key={view.name} onSelect={() => filters.apply(view.search)}>
              <Bookmark aria-hidden />
              <span className="truncate">{view.name}</span>
            </DropdownMenuItem>
          ))}
          <DropdownMenuSeparator />
          <DropdownMenuItem onSelect={() => setNaming(true)}>
            <BookmarkPlus aria-hidden />
            {t('save')}
          </DropdownMenuItem>
          {views
            .filter(({ search }) => search === filters.search)
            .map((view) => (
              <DropdownMenuItem
                key={view.name}
                danger
                onSelect={() =>
                  keep(
                    readViews(person).filter(({ name }) => name !== view.name),
                    t('deleted', { name: view.name }),
                  )
                }
              >
                <Trash2 aria-hidden />
                <span className="truncate">{t('delete', { name: view.name })}</span>
              </DropdownMenuItem>
            ))}
        </DropdownMenuContent>
      </DropdownMenu>
      {naming && (
        <SaveViewDialog
          returnFocusTo={trigger}
          onClose={() => setNaming(false)}
          onSave={(name) =>
            keep(withView(readViews(person), { name, search: filters.search }), t('saved', { name }))
          }
        />
      )}
    </>
  );
}

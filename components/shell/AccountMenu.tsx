'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { BookOpen, ChevronsUpDown, KeyRound, LogOut } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { toast } from 'sonner';
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuLabel,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from '@/components/ui/DropdownMenu';
import { Link } from '@/components/ui/Link';
import { Skeleton } from '@/components/ui/Skeleton';
import { sessionQuery, signOutMutation } from '@/lib/api/session';
import { forgetDraftsOf } from './drafts';
import { askToLeave } from './leaving';
import { ThemeChoice } from './ThemeChoice';
import { useProblemText } from './useProblemText';

/** Who is signed in; theme, language and sign-out behind it. */
export function AccountMenu() {
  const t = useTranslations('common.account');
  const { data: session } = useQuery(sessionQuery);
  const problemText = useProblemText();
  const signOut = useMutation({
    ...signOutMutation,
    // A full load: nothing of the person's data stays in memory.
    onSuccess: () => {
      if (session) forgetDraftsOf(session.email);
      window.location.assign('/login');
    },
    onError: (error) => toast.error(problemText(error)),
  });
  return (
    <DropdownMenu>
      <DropdownMenuTrigger className="flex w-full items-center gap-2.5 rounded-lg p-2 text-left transition-colors hover:bg-hover data-[state=open]:bg-hover">
        <span
          aria-hidden
          className="grid size-8 shrink-0 place-items-center rounded-full bg-accent-soft font-semibold text-accent-ink text-xs uppercase"
        >
          {session?.email.slice(0, 2) ?? ''}
        </span>
        <span className="flex min-w-0 flex-1 flex-col">
          {session ? (
            <>
              <span className="truncate font-medium text-sm">{session.email}</span>
              <span className="text-muted text-xs">{t(session.role)}</span>
            </>
          ) : (
            <>
              <span className="sr-only">{t('label')}</span>
              <Skeleton className="my-1 h-3 w-28" />
              <Skeleton className="h-2.5 w-16" />
            </>
          )}
        </span>
        <ChevronsUpDown aria-hidden className="size-4 text-muted" />
      </DropdownMenuTrigger>
      <DropdownMenuContent side="top" align="start" className="w-(--radix-popper-anchor-width) min-w-56">
        <DropdownMenuLabel className="truncate">{session?.email ?? t('label')}</DropdownMenuLabel>
        <ThemeChoice />
        <DropdownMenuSeparator />
        {session?.role === 'admin' && (
          <DropdownMenuItem asChild>
            <Link href="/tokens">
              <KeyRound aria-hidden />
              {t('tokens')}
            </Link>
          </DropdownMenuItem>
        )}
        <DropdownMenuItem asChild>
          <Link href="/docs/api">
            <BookOpen aria-hidden />
            {t('apiReference')}
          </Link>
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={async () => (await askToLeave()) && signOut.mutate()}>
          <LogOut aria-hidden />
          {t('signOut')}
        </DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

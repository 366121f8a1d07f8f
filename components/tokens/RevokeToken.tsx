'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Ban } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { toast } from 'sonner';
import { revokeToken, tokenListQuery } from '@/lib/api/tokens';
import type { IssuedToken } from '@/lib/domain/issuedToken';
import { useProblemText } from '../shell/useProblemText';
import { AlertDialog } from '../ui/AlertDialog';
import { Button } from '../ui/Button';
import { RelativeTime } from '../ui/RelativeTime';

/** Ends a token: asks first, and says what stops. */
export function RevokeToken({ token }: { token: IssuedToken }) {
  const t = useTranslations('tokens');
  const client = useQueryClient();
  const problemText = useProblemText();
  const [asking, setAsking] = useState(false);
  const revoke = useMutation({
    mutationFn: () => revokeToken(token.id),
    onSuccess: () => {
      setAsking(false);
      toast.success(t('revokedToast', { name: token.name }));
    },
    onError: (error) => toast.error(problemText(error)),
    onSettled: () => client.invalidateQueries({ queryKey: tokenListQuery.queryKey }),
  });
  const { last_used_at: used } = token;
  return (
    <>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={t('revokeNamed', { name: token.name })}
        onClick={() => setAsking(true)}
      >
        <Ban aria-hidden />
      </Button>
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        danger
        title={t('revokeTitle', { name: token.name })}
        description={
          <>
            <p>{t(`scopes.${token.scope}.stops`)}</p>
            <p className="mt-2">
              {used
                ? t.rich('usedLast', { time: () => <RelativeTime at={used} className="rounded-sm" /> })
                : t('unusedYet')}
            </p>
          </>
        }
        confirmLabel={t('revoke')}
        pending={revoke.isPending}
        onConfirm={() => revoke.mutate()}
      />
    </>
  );
}

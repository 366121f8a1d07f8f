'use client';

import { FlaskConical } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { toast } from 'sonner';
import { useProblemText } from '../shell/useProblemText';
import { Button } from '../ui/Button';
import { Card } from '../ui/Card';
import { EmptyState } from '../ui/EmptyState';
import { useCreateInbox } from './useCreateInbox';

/** No inbox yet: one click makes the first. */
export function FirstInbox() {
  const t = useTranslations('playground');
  const problemText = useProblemText();
  const create = useCreateInbox();
  return (
    <Card>
      <EmptyState
        icon={FlaskConical}
        title={t('first.title')}
        description={t('first.text')}
        actions={
          <Button
            variant="primary"
            loading={create.isPending}
            onClick={() =>
              create.mutate(t('first.name'), { onError: (error) => toast.error(problemText(error)) })
            }
          >
            {t('first.action')}
          </Button>
        }
      />
    </Card>
  );
}

'use client';

import { useTranslations } from 'next-intl';
import type { Job } from '@/lib/domain/job';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { JobLine } from './JobLine';

/** A replay that goes on in the background, whether it is watched or not. */
export function ReplayProgress({ job, onClose }: { job: Job; onClose: () => void }) {
  const t = useTranslations('deliveries.replay');
  const common = useTranslations('common');
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={t('title')}
      description={t(job.state === 'running' ? 'started' : 'ended')}
      footer={
        <Button variant="primary" onClick={onClose}>
          {common('close')}
        </Button>
      }
    >
      <div className="rounded-lg border bg-sunken px-4 py-3">
        <JobLine job={job} />
      </div>
    </Dialog>
  );
}

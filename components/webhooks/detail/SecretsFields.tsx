'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useEffect, useEffectEvent, useState } from 'react';
import { revealSecrets, rotateSecret, webhookKeys } from '@/lib/api/webhooks';
import type { WebhookSecrets } from '@/lib/domain/webhook';
import { useProblemText } from '../../shell/useProblemText';
import { AlertDialog } from '../../ui/AlertDialog';
import { Banner } from '../../ui/Banner';
import { Button } from '../../ui/Button';
import { ExactTime } from '../../ui/RelativeTime';
import { SecretField } from '../../ui/SecretField';
import { toast } from '../../ui/toast';

type SecretName = (typeof secrets)[number]['name'];
type SecretsFieldsProps = {
  webhookId: string;
  rotatable?: boolean;
  /** Fetch them at once, without waiting for the eye. */
  fetched?: boolean;
};

const secrets = [
  { name: 'signing_secret', label: 'signing', title: 'rotateSigningTitle', text: 'rotateSigningText' },
  { name: 'secret_key', label: 'key', title: 'rotateKeyTitle', text: 'rotateKeyText' },
] as const;

/** Both secrets behind dots. They are asked for only when the person wants to see them, and never cached. */
export function SecretsFields({ webhookId, rotatable, fetched }: SecretsFieldsProps) {
  const t = useTranslations('webhooks.secrets');
  const problemText = useProblemText();
  const [known, setKnown] = useState<WebhookSecrets>();
  const reveal = useMutation({
    mutationFn: () => revealSecrets(webhookId),
    onSuccess: setKnown,
    onError: (error) => toast.error(problemText(error)),
  });
  const fetchNow = useEffectEvent(() => reveal.mutate());
  useEffect(() => {
    if (fetched) fetchNow();
  }, [fetched]);
  const until = known?.previous_expires_at;
  return (
    <>
      {secrets.map((secret) => (
        <div key={secret.name} className="flex items-start gap-2">
          <div className="min-w-0 flex-1">
            <SecretField
              label={t(secret.label)}
              hint={t(`${secret.label}Hint`)}
              value={known?.[secret.name]}
              onReveal={() => reveal.mutate()}
              revealing={reveal.isPending}
            />
          </div>
          {rotatable && <RotateButton webhookId={webhookId} secret={secret} onRotated={setKnown} />}
        </div>
      ))}
      {until && Date.parse(until) > Date.now() && (
        <Banner>{t.rich('overlap', { time: () => <ExactTime at={until} /> })}</Banner>
      )}
    </>
  );
}

type RotateButtonProps = {
  webhookId: string;
  secret: (typeof secrets)[number];
  onRotated: (secrets: WebhookSecrets) => void;
};

function RotateButton({ webhookId, secret, onRotated }: RotateButtonProps) {
  const t = useTranslations('webhooks.secrets');
  const client = useQueryClient();
  const problemText = useProblemText();
  const [asking, setAsking] = useState(false);
  const rotate = useMutation({
    mutationFn: (name: SecretName) => rotateSecret(webhookId, name),
    onSuccess: (fresh) => {
      onRotated(fresh);
      setAsking(false);
      toast.success(t('rotated'));
      return client.invalidateQueries({ queryKey: webhookKeys.one(webhookId) });
    },
    onError: (error) => toast.error(problemText(error)),
  });
  return (
    <>
      <Button
        className="mt-6.5"
        aria-label={t('rotateLabel', { label: t(secret.label) })}
        onClick={() => setAsking(true)}
      >
        {t('rotate')}
      </Button>
      <AlertDialog
        open={asking}
        onOpenChange={setAsking}
        title={t(secret.title)}
        description={t(secret.text)}
        confirmLabel={t('rotate')}
        danger={secret.name === 'secret_key'}
        pending={rotate.isPending}
        onConfirm={() => rotate.mutate(secret.name)}
      />
    </>
  );
}

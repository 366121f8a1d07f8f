'use client';

import { useTranslations } from 'next-intl';
import { type RefObject, useId, useState } from 'react';
import { Button } from '../../ui/Button';
import { Dialog } from '../../ui/Dialog';
import { Field } from '../../ui/Field';
import { Input } from '../../ui/Input';
import { longestViewName } from './savedViews';

type SaveViewDialogProps = {
  onSave: (name: string) => void;
  onClose: () => void;
  returnFocusTo: RefObject<HTMLElement | null>;
};

/** Asks for the name of a view. */
export function SaveViewDialog({ onSave, onClose, returnFocusTo }: SaveViewDialogProps) {
  const t = useTranslations('deliveries.views');
  const common = useTranslations('common');
  const formId = useId();
  const [name, setName] = useState('');
  const given = name.trim();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      returnFocusTo={returnFocusTo}
      title={t('title')}
      description={t('description')}
      footer={
        <>
          <Button onClick={onClose}>{common('cancel')}</Button>
          <Button type="submit" form={formId} variant="primary" disabled={given === ''}>
            {t('confirm')}
          </Button>
        </>
      }
    >
      <form
        id={formId}
        data-keeps-text
        onSubmit={(event) => {
          event.preventDefault();
          if (given === '') return;
          onSave(given);
          onClose();
        }}
      >
        <Field label={t('name')}>
          <Input value={name} maxLength={longestViewName} onChange={({ target }) => setName(target.value)} />
        </Field>
      </form>
    </Dialog>
  );
}

import { useTranslations } from 'next-intl';
import type { SchemaField } from './schemaTree';

/** The fields of an event's data as a tree: name, type, meaning, and which are always there. */
export function SchemaTree({ fields, label }: { fields: readonly SchemaField[]; label?: string }) {
  return (
    <ul aria-label={label} className="flex flex-col">
      {fields.map((field) => (
        <li key={field.name} className="group/field relative border-b py-1.5 last:border-b-0">
          <Field field={field} />
          {field.children.length > 0 && (
            <div className="mt-1 ml-2 border-l pl-3">
              <SchemaTree fields={field.children} />
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

function Field({ field }: { field: SchemaField }) {
  const t = useTranslations('events.schema');
  return (
    <div className="flex flex-wrap items-baseline gap-x-2 gap-y-0.5 text-xs">
      <code className="font-medium font-mono text-code-key">{field.name}</code>
      <span className="text-muted">
        {t(`types.${field.type}`)}
        {field.nullable ? ` ${t('nullable')}` : ''}
      </span>
      {field.format && <span className="text-muted">{t('format', { format: field.format })}</span>}
      {field.required && <span className="ml-auto text-warning-ink">{t('required')}</span>}
    </div>
  );
}

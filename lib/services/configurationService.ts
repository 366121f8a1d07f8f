import { isDeepStrictEqual } from 'node:util';
import {
  type Configuration,
  type ImportAnswer,
  type ImportOutline,
  settingsSchema,
  type WebhookChange,
} from '@/lib/domain/configuration';
import { maskHeaderValues } from '@/lib/domain/customHeaders';
import { type FieldError, WebhookError } from '@/lib/domain/errors';
import { isEventName } from '@/lib/domain/eventName';
import { fieldErrorMessages, toFieldErrors } from '@/lib/domain/fieldErrors';
import { maskedValue } from '@/lib/domain/maskedValue';
import { configuredWebhookSchema, webhookInputSchema } from '@/lib/domain/webhook';
import { wakeDrain } from '@/lib/engine/processDrain';
import { urlPolicy } from '@/lib/env';
import * as store from '@/lib/store/configurationStore';
import { listEventTypes } from '@/lib/store/eventTypeStore';
import { requirePublicHost, requireValidScript } from './webhookChecks';

/** Refused fields that are told at once. */
const mostErrors = 100;
/** Webhooks whose hosts and scripts are looked at together. */
const lookedAtTogether = 10;

type Fields = Record<string, unknown>;
/** A webhook of the file: what it was, null for a new one; which settings it is given, and which of them are others. */
type Planned = { slug: string; current: store.ConfiguredWebhook | null; settings: Fields; changed: string[] };

/** Webhooks as a configuration. Server only. Acts for the person or token behind the current request. */
export const configurationService = {
  /** All webhooks, by slug, without secrets. The audit log keeps who asked. */
  async export(): Promise<Configuration> {
    const webhooks = await store.configuredWebhooks();
    await store.noteExport(webhooks.length);
    return {
      version: 1,
      webhooks: webhooks.map((webhook) => ({
        ...settingsSchema.parse(webhook),
        headers: maskHeaderValues(webhook.headers),
      })),
    };
  },

  /**
   * Makes and changes webhooks as a file says, by slug, all or none; what it does not name stays. A masked header value
   * stands for the one that is there.
   * @param dryRun only tells what would change
   * @throws WebhookError `validation_failed` with what is wrong, by its path in the file; `changed_meanwhile`
   */
  async import(file: ImportOutline, dryRun: boolean): Promise<ImportAnswer> {
    const [current, types] = await Promise.all([store.configuredWebhooks(), listEventTypes()]);
    const bySlug = new Map(current.map((webhook) => [webhook.slug, webhook]));
    const errors = duplicatesIn(file.webhooks.map(({ slug }) => slug));
    const planned = file.webhooks.map((given, index) => {
      const found = plan(given, bySlug.get(given.slug) ?? null, new Set(types.map(({ name }) => name)));
      if (!('errors' in found)) return found;
      errors.push(...within(index, found.errors));
      return null;
    });
    refuse(errors);
    const plans = planned.filter((one) => one !== null);
    refuse(await lookAround(plans));
    const answer = { dry_run: dryRun, webhooks: plans.map(changeOf) };
    if (dryRun) return answer;
    const changes = plans.filter(({ changed }) => changed.length > 0).map(importedOf);
    if (!(await store.importWebhooks(changes))) {
      const detail = 'Somebody else changed a webhook while the file was compared with it: import it again.';
      throw new WebhookError('changed_meanwhile', { detail });
    }
    wakeDrain(); // what waited for a webhook that is active now
    return answer;
  },
};

function refuse(errors: FieldError[]): void {
  if (errors.length > 0) throw new WebhookError('validation_failed', { errors: errors.slice(0, mostErrors) });
}

const errorAt = (path: string, code: string): FieldError => ({
  path,
  code,
  message: fieldErrorMessages[code] ?? code,
});

const within = (index: number, errors: FieldError[]) =>
  errors.map((error) => ({ ...error, path: [`webhooks.${index}`, error.path].filter(Boolean).join('.') }));

function duplicatesIn(slugs: string[]): FieldError[] {
  const seen = new Set<string>();
  return slugs.flatMap((slug, index) => {
    if (seen.has(slug)) return [errorAt(`webhooks.${index}.slug`, 'slug_duplicate')];
    seen.add(slug);
    return [];
  });
}

/** What the file's text and the stored webhook tell of one entry. */
function plan(
  given: Fields,
  current: store.ConfiguredWebhook | null,
  types: Set<string>,
): Planned | { errors: FieldError[] } {
  const { headers, errors } = unmasked(given.headers, current?.headers ?? {});
  const schema = current ? configuredWebhookSchema(urlPolicy()) : webhookInputSchema(urlPolicy());
  const parsed = schema.safeParse('headers' in given ? { ...given, headers } : given);
  if (!parsed.success) return { errors: [...errors, ...toFieldErrors(parsed.error)] };
  const settings: Fields = { ...parsed.data };
  for (const [index, name] of (parsed.data.events ?? []).entries())
    if (isEventName(name) && !types.has(name)) errors.push(errorAt(`events.${index}`, 'unknown_event'));
  const result = { ...current, ...parsed.data };
  if (result.transform_enabled && !result.transform_script?.trim())
    errors.push(errorAt('transform_script', 'script_required'));
  if (errors.length > 0) return { errors };
  const changed = Object.keys(settings).filter(
    (name) => !current || !isDeepStrictEqual(settings[name], (current as Fields)[name]),
  );
  return { slug: String(given.slug), current, settings, changed };
}

/** Header values with what stands behind their masks. What is no object of texts is refused later. */
function unmasked(headers: unknown, current: Record<string, string>) {
  const errors: FieldError[] = [];
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return { headers, errors };
  const known = new Map(Object.entries(current));
  const values = Object.entries(headers).map(([name, value]) => {
    if (value !== maskedValue) return [name, value];
    const kept = known.get(name);
    if (kept === undefined) errors.push(errorAt(`headers.${name}`, 'header_value_masked'));
    return [name, kept ?? 'masked'];
  });
  return { headers: Object.fromEntries(values), errors };
}

/** What only the network and the sandbox can tell, of what changes. */
async function lookAround(plans: Planned[]): Promise<FieldError[]> {
  const errors: FieldError[] = [];
  const look = async ({ settings, changed, current }: Planned, index: number) => {
    try {
      if (changed.includes('url')) await requirePublicHost(String(settings.url));
      if (changed.includes('transform_script'))
        await requireValidScript(String(settings.transform_script), current?.id);
    } catch (error) {
      if (!(error instanceof WebhookError) || error.code !== 'validation_failed') throw error;
      errors.push(...within(index, error.errors));
    }
  };
  for (let from = 0; from < plans.length; from += lookedAtTogether) {
    const some = plans.slice(from, from + lookedAtTogether);
    await Promise.all(some.map((one, place) => look(one, from + place)));
  }
  return errors;
}

function changeOf({ slug, current, settings, changed }: Planned): WebhookChange {
  const action = current ? (changed.length > 0 ? 'changed' : 'unchanged') : 'created';
  const named = changed.filter((name) => name !== 'slug' && name !== 'headers');
  const changes = named.map((name) => [
    name,
    { before: (current as Fields | null)?.[name] ?? null, after: settings[name] },
  ]);
  const headers = changed.includes('headers')
    ? headerChanges(current?.headers ?? {}, settings.headers as Record<string, string>)
    : [];
  return { slug, action, changes: Object.fromEntries([...changes, ...headers]) };
}

/** Which headers come, go or have another value; which one, the mask does not tell. */
function headerChanges(before: Record<string, string>, after: Record<string, string>) {
  const masked = (headers: Record<string, string>, name: string) =>
    Object.hasOwn(headers, name) ? maskedValue : null;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((name) => before[name] !== after[name])
    .map((name) => [`headers.${name}`, { before: masked(before, name), after: masked(after, name) }]);
}

function importedOf({ current, settings, changed }: Planned): store.ImportedWebhook {
  if (!current) return { settings };
  const others = Object.fromEntries(changed.map((name) => [name, settings[name]]));
  return { id: current.id, updated_at: current.updated_at, settings: others };
}

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createMetrics } from '@/lib/telemetry/prometheus';
import { headingsOf } from '../support/headings';

/*
 * docs/alerts.yml, docs/operations.md and the registry speak of the same metrics.
 */

const read = (file: string) => readFileSync(path.join(import.meta.dirname, '../../docs', file), 'utf8');
const operations = read('operations.md');
const rule = z.strictObject({
  alert: z.string().regex(/^Webhooks[A-Z]\w+$/),
  expr: z.string(),
  for: z
    .string()
    .regex(/^\d+[smhd]$/)
    .optional(),
  labels: z.strictObject({ severity: z.enum(['critical', 'warning', 'info']) }),
  annotations: z.strictObject({ summary: z.string(), action: z.string(), runbook_url: z.string() }),
});
const { groups } = z
  .strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(rule).min(1) })) })
  .parse(parse(read('alerts.yml')));
const rules = groups.flatMap((group) => group.rules);

const { registry } = createMetrics();
const registered = registry.getMetricsAsArray().map(({ name, type }) => ({ name, type: String(type) }));
const ours = registered.filter(({ name }) => name.startsWith('webhook_'));
/** The names under which Prometheus sees a metric. */
const seen = new Set(
  ours.flatMap(({ name, type }) =>
    type === 'histogram' ? ['_bucket', '_count', '_sum'].map((end) => name + end) : [name],
  ),
);
it.each(rules)('$alert asks for metrics that exist', ({ expr }) => {
  const names = expr.replace(/\{[^}]*\}/g, '').match(/\bwebhook_\w+/g) ?? [];
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !seen.has(name))).toEqual([]);
});

it.each(rules)('$alert leads to a section of the docs', ({ annotations }) => {
  const [file = '', anchor = ''] = annotations.runbook_url.split('#');
  expect([...headingsOf(file)]).toContain(anchor);
});

it('no alert comes twice', () => {
  expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
});

it('every metric is documented, and no other', () => {
  const documented = [...operations.matchAll(/^\| `(webhook_\w+)`/gm)].map(([, name]) => name).sort();
  expect(documented).toEqual(ours.map(({ name }) => name).sort());
});

it('the labels that alerts choose by are those of the metric', async () => {
  const labels = new Map(
    registry
      .getMetricsAsArray()
      .map((metric) => [metric.name, (metric as { labelNames?: string[] }).labelNames ?? []]),
  );
  for (const { alert, expr } of rules) {
    for (const [, name = '', inside = ''] of expr.matchAll(/\b(webhook_\w+)\{([^}]*)\}/g)) {
      const known = labels.get(name.replace(/_(bucket|count|sum)$/, '')) ?? labels.get(name) ?? [];
      for (const [, label] of inside.matchAll(/(\w+)\s*[!=~]+/g))
        expect([alert, known]).toEqual([alert, expect.arrayContaining([label])]);
    }
  }
});

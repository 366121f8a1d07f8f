import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { expect, test } from 'vitest';
import { apiRoutes } from '@/lib/domain/apiRoutes';

/*
 * Holds the import table of docs/architecture.md: arrows between layers only go down. Holds its picture, too.
 */

const root = join(import.meta.dirname, '../..');

/** The layers, by the first pattern that fits a file's path. */
const layers: [name: string, pattern: RegExp][] = [
  ['app/api', /^app\/api\//],
  ['app pages', /^app\//],
  ['components/ui', /^components\/ui\//],
  ['components', /^components\//],
  ['lib/utils', /^lib\/utils\//],
  ['lib/api', /^lib\/api\//],
  ['lib/i18n', /^lib\/i18n\//],
  ['lib/http', /^lib\/http\//],
  ['lib/services', /^lib\/services\//],
  ['lib/engine', /^lib\/engine\//],
  ['lib/sandbox', /^lib\/sandbox\//],
  ['lib/sender', /^lib\/sender\//],
  ['lib/store', /^lib\/store\//],
  ['lib/telemetry', /^lib\/telemetry\//],
  ['lib/domain', /^lib\/domain\//],
  ['lib/env', /^lib\/env\.ts$/],
  ['server entry', /^(proxy|instrumentation)\.ts$/],
  ['cli', /^cli\//],
  ['package.json', /^package\.json$/],
];

/** Who may import whom, beyond its own layer. */
const allowed: Record<string, string[]> = {
  'app/api': ['lib/http', 'lib/services', 'lib/domain', 'lib/env'],
  'app pages': [
    'lib/services',
    'components',
    'components/ui',
    'lib/api',
    'lib/i18n',
    'lib/domain',
    'lib/env',
  ],
  'components/ui': [],
  components: ['components/ui', 'lib/api', 'lib/i18n', 'lib/utils', 'lib/domain'],
  'lib/utils': ['lib/api', 'lib/domain'],
  'lib/api': ['lib/domain'],
  'lib/i18n': ['lib/domain'],
  'lib/http': ['lib/services', 'lib/store', 'lib/telemetry', 'lib/domain', 'lib/env'],
  'lib/services': [
    'lib/engine',
    'lib/sandbox',
    'lib/sender',
    'lib/store',
    'lib/telemetry',
    'lib/domain',
    'lib/env',
    'package.json',
  ],
  'lib/engine': [
    'lib/sandbox',
    'lib/sender',
    'lib/store',
    'lib/telemetry',
    'lib/domain',
    'lib/env',
    'package.json',
  ],
  'lib/sandbox': ['lib/telemetry', 'lib/domain'],
  'lib/sender': ['lib/domain'],
  'lib/store': ['lib/telemetry', 'lib/domain', 'lib/env'],
  'lib/telemetry': ['lib/domain', 'lib/env'],
  'lib/domain': [],
  cli: ['lib/domain'],
  'lib/env': ['lib/domain'],
  'server entry': ['lib/domain', 'lib/env', 'lib/engine', 'lib/sandbox', 'lib/store', 'lib/telemetry'],
};

/** Packages that a layer below the screens may use; screens and scripts are free. */
const packages: Record<string, RegExp> = {
  'lib/domain': /^(zod|ipaddr\.js|lru-cache|node:crypto)$/,
  cli: /^(commander|node:.*)$/,
  'lib/api': /^@tanstack\/react-query$/,
  'lib/utils': /^$/,
  'lib/store':
    /^(zod|dataloader|pg|lru-cache|jose|node:net|node:timers\/promises|@supabase\/(supabase-js|ssr)|next\/headers|node:async_hooks)$/,
  'lib/http': /^(zod|csv-stringify\/sync|yaml|node:crypto)$/,
  'lib/sender': /^(undici|ipaddr\.js|nodemailer|node:.*)$/,
  'lib/sandbox': /^(isolated-vm|lru-cache|node:.*)$/,
  'lib/telemetry': /^(@opentelemetry\/.*|prom-client|pino|node:fs)$/,
};

const sources = globSync(
  ['app/**/*.{ts,tsx}', 'components/**/*.{ts,tsx}', 'lib/**/*.ts', 'cli/**/*.ts', '*.ts'],
  {
    cwd: root,
  },
).filter((path) => !/(^next-env|\.config\.ts$|\.d\.ts$)/.test(path));

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s(?:[^;'"]*?\sfrom\s)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g;

function importsOf(path: string): string[] {
  const text = readFileSync(join(root, path), 'utf8');
  return [...text.matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? '');
}

/** The path in the project that an import names, or null for a package. */
function localPath(from: string, specifier: string): string | null {
  if (specifier.startsWith('@/')) return specifier.slice(2);
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier));
  return null;
}

const layerOf = (path: string) =>
  layers.find(([, pattern]) => pattern.test(path) || pattern.test(`${path}.ts`))?.[0];

test('every source belongs to a layer', () => {
  expect(sources.length).toBeGreaterThan(100);
  expect(sources.filter((path) => layerOf(path) === undefined)).toEqual([]);
});

/** The folders that the picture of docs/architecture.md draws: by indentation, several on a line at times. */
function picturedFolders(): string[] {
  const [, picture = ''] = readFileSync(join(root, 'docs/architecture.md'), 'utf8').split('```text\n', 2);
  const trail: string[] = [];
  return picture
    .slice(0, picture.indexOf('```'))
    .split('\n')
    .flatMap((line) => {
      const depth = line.search(/\S/) / 2;
      const names = /^(\S+\/ ?)+/.exec(line.trim())?.[0].trim().split(' ') ?? [];
      return names.map((name) => {
        trail.splice(depth, Number.POSITIVE_INFINITY, name.slice(0, -1));
        return trail.join('/');
      });
    });
}

test('the picture draws each folder, and none that is not there', () => {
  const pictured = picturedFolders();
  const held = globSync(['components/**/*.{ts,tsx}', 'lib/*/**/*.ts', 'scripts/**/*.ts'], { cwd: root });
  expect([...new Set(held.map(dirname))].filter((folder) => !pictured.includes(folder))).toEqual([]);
  expect(pictured.filter((folder) => !existsSync(join(root, folder)))).toEqual([]);
});

test('imports only go down', () => {
  const faults = sources.flatMap((path) => {
    const layer = layerOf(path) ?? '';
    return importsOf(path).flatMap((specifier) => {
      const target = localPath(path, specifier);
      if (target === null)
        return packages[layer] && !packages[layer].test(specifier) ? [`${path} -> ${specifier}`] : [];
      const targetLayer = layerOf(target);
      const css = target.endsWith('.css');
      const fine = css || targetLayer === layer || (targetLayer && allowed[layer]?.includes(targetLayer));
      return fine ? [] : [`${path} -> ${relative('', target)}`];
    });
  });
  expect(faults).toEqual([]);
});

/** Which node leads to which, over imports that stay in the project. */
function importGraph(files: string[], nodeOf: (path: string) => string): Map<string, Set<string>> {
  const known = new Set(files);
  const graph = new Map(files.map((path) => [nodeOf(path), new Set<string>()]));
  for (const path of files) {
    for (const specifier of importsOf(path)) {
      const target = localPath(path, specifier);
      const file = [target, `${target}.ts`, `${target}.tsx`].find((candidate) => known.has(candidate ?? ''));
      if (file && nodeOf(file) !== nodeOf(path)) graph.get(nodeOf(path))?.add(nodeOf(file));
    }
  }
  return graph;
}

function circlesOf(graph: Map<string, Set<string>>): string[] {
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (node: string, trail: string[]) => {
    if (trail.includes(node)) circles.push([...trail.slice(trail.indexOf(node)), node].join(' -> '));
    if (done.has(node)) return;
    done.add(node);
    for (const next of graph.get(node) ?? []) visit(next, [...trail, node]);
  };
  for (const node of graph.keys()) visit(node, []);
  return circles;
}

test('no file imports itself over others, not even for a type', () => {
  const graph = importGraph(sources, (path) => path);
  expect([...graph.values()].flatMap((targets) => [...targets]).length).toBeGreaterThan(300);
  expect(circlesOf(graph)).toEqual([]);
});

test('no folder imports itself over others', () => {
  const scripts = globSync('scripts/**/*.ts', { cwd: root });
  expect(circlesOf(importGraph([...sources, ...scripts], dirname))).toEqual([]);
});

test('no family of screens imports itself over another', () => {
  const screens = sources.filter((path) => path.startsWith('components/'));
  expect(circlesOf(importGraph(screens, (path) => path.split('/')[1] ?? ''))).toEqual([]);
});

test('only lib/env.ts reads the configuration', () => {
  // NODE_ENV and NEXT_RUNTIME are constants of the build, not configuration.
  const readers = sources
    .filter((path) => !path.startsWith('components/'))
    .filter((path) =>
      /process\.env(?!\.(NODE_ENV|NEXT_RUNTIME)\b)/.test(readFileSync(join(root, path), 'utf8')),
    );
  expect(readers).toEqual(['lib/env.ts']);
});

test('triggerWebhooks brings nothing along: no schemas, no cache', () => {
  const seen = new Set<string>();
  const visit = (path: string) => {
    if (seen.has(path)) return;
    seen.add(path);
    // Types are gone in the browser.
    const values = readFileSync(join(root, path), 'utf8').replace(/^import type [^;]*;/gm, '');
    for (const [, specifier = ''] of values.matchAll(/from '([^']+)'/g)) {
      const target = localPath(path, specifier);
      expect([path, specifier, target !== null]).toEqual([path, specifier, true]);
      if (target) visit(`${target}.ts`);
    }
  };
  visit('lib/utils/webhookTrigger.ts');
  expect([...seen].sort()).toEqual([
    'lib/api/apiFetch.ts',
    'lib/api/connection.ts',
    'lib/domain/errors.ts',
    'lib/domain/payloadJson.ts',
    'lib/utils/webhookTrigger.ts',
  ]);
});

test('every route of apiRoutes has its handler, under its name', () => {
  const handled = globSync('app/api/**/route.ts', { cwd: root }).flatMap((file) => {
    const path = `/${dirname(file).slice(4)}`.replace(/\[(\w+)\]/g, '{$1}');
    const handlers = readFileSync(join(root, file), 'utf8').matchAll(
      /export const (\w+) = withRoute\(\s*'([^']+)'/g,
    );
    return [...handlers].map(([, method, name]) => {
      expect([file, name]).toEqual([file, `${method} ${path}`]);
      return name ?? '';
    });
  });
  expect(handled.sort()).toEqual(Object.keys(apiRoutes).sort());
});

test('every route answers every method: Next’s own 405 has no body', () => {
  for (const file of globSync('app/api/**/route.ts', { cwd: root })) {
    const exported = [...readFileSync(join(root, file), 'utf8').matchAll(/^export (.*?)( =|;)/gms)]
      .flatMap((match) => match[1]?.match(/\b(GET|POST|PUT|PATCH|DELETE)\b/g) ?? [])
      .sort();
    expect([file, exported]).toEqual([file, ['DELETE', 'GET', 'PATCH', 'POST', 'PUT']]);
  }
});

test('nothing that waits is measured by a clock that somebody can set', () => {
  const reading = sources
    .filter((path) => /^lib\/(engine|sandbox|sender|http)\//.test(path))
    .filter((path) => /Date\.now\(/.test(readFileSync(join(root, path), 'utf8')));
  // For a sentence to people, which names a time of day.
  expect(reading).toEqual(['lib/sandbox/job.ts']);
});

import type { Command } from 'commander';
import { ask, type GlobalOptions } from './apiClient.ts';
import { fieldsOf, print, tableOf } from './output.ts';

type List = {
  noun: string;
  list: `GET /api/${'webhooks' | 'deliveries' | 'events'}`;
  get: 'GET /api/webhooks/{webhookId}' | 'GET /api/deliveries/{deliveryId}' | 'GET /api/events/{eventId}';
  /** The path's parameter of `get`. */
  id: string;
  columns: string[];
  /** Options of `ls`, as the API names them in its query. */
  filters: [flags: string, query: string, says: string][];
};

const lists: List[] = [
  {
    noun: 'webhooks',
    list: 'GET /api/webhooks',
    get: 'GET /api/webhooks/{webhookId}',
    id: 'webhookId',
    columns: ['id', 'status', 'name', 'url', 'events'],
    filters: [
      ['--q <text>', 'q', 'in the name or the URL'],
      ['--state <state>', 'state', 'active, inactive or troubled'],
    ],
  },
  {
    noun: 'deliveries',
    list: 'GET /api/deliveries',
    get: 'GET /api/deliveries/{deliveryId}',
    id: 'deliveryId',
    columns: [
      'id',
      'created_at',
      'status',
      'attempt_count',
      'last_status_code',
      'event_type',
      'record_label',
    ],
    filters: [
      ['--status <status>', 'status', 'pending, retrying, success, failed or skipped; several with commas'],
      ['--webhook <id>', 'webhook_id', 'of one webhook'],
      ['--type <type>', 'event_type', 'of one event type'],
      ['--record <id>', 'record_id', 'of one record'],
      ['--from <time>', 'from', 'created since then (ISO 8601)'],
    ],
  },
  {
    noun: 'events',
    list: 'GET /api/events',
    get: 'GET /api/events/{eventId}',
    id: 'eventId',
    columns: ['id', 'occurred_at', 'event_type', 'deliveries', 'record_label'],
    filters: [
      ['--type <type>', 'type', 'of one event type'],
      ['--record <id>', 'record_id', 'of one record'],
      ['--since <time>', 'since', 'since then (ISO 8601)'],
    ],
  },
];

/** `webhooks|deliveries|events ls|get`. */
export function addLists(program: Command): void {
  for (const { noun, list, get, id, columns, filters } of lists) {
    const group = program.command(noun).description(`list ${noun}, or read one (scope read)`);
    const ls = group.command('ls').description(`the newest ${noun}`);
    for (const [flags, , says] of filters) ls.option(flags, says);
    ls.option('--limit <n>', 'how many', '20').option('--cursor <cursor>', 'go on behind an earlier list');
    ls.action(async (given: Record<string, string>, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const named = filters.map(([flags, query]) => [query, given[/--(\w+)/.exec(flags)?.[1] ?? '']]);
      const query = { ...Object.fromEntries(named), limit: given.limit, cursor: given.cursor };
      const page = await ask(options, list, { query });
      const more = page.next_cursor ? `\nMore: --cursor ${page.next_cursor}` : '';
      print(options, page, page.items.length === 0 ? `No ${noun}.` : tableOf(page.items, columns) + more);
    });
    group
      .command('get <id>')
      .description('one of them, with everything')
      .action(async (given: string, _, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        const thing = await ask(options, get, { params: { [id]: given } });
        print(options, thing, fieldsOf(thing));
      });
  }
}

import { isTriggerable } from '../lib/domain/eventName.ts';
import { isCatalogueEvent } from '../lib/domain/eventTypes.ts';
import { inferSchema } from '../lib/domain/inferSchema.ts';
import { schemaToType } from '../lib/domain/schemaTypes.ts';

export type RegisteredType = { name: string; schema: unknown; sample: unknown; deprecated: boolean };

/** A TypeScript declaration file of the registry's further event types: their payloads are checked where they are triggered. */
export function eventDeclarations(registered: RegisteredType[]): string {
  const further = registered.filter(({ name }) => isTriggerable(name) && !isCatalogueEvent(name));
  const members = further.map(({ name, schema, sample, deprecated }) => {
    const type = schemaToType(schema ?? (sample === null ? true : inferSchema(sample)), '    ');
    return `${deprecated ? '    /** @deprecated */\n' : ''}    '${name}': ${type};\n`;
  });
  return `// Written by \`npm run types:events\` from the registry of event types: run it again rather than change it.
import '@/lib/domain/eventSchemas';

declare module '@/lib/domain/eventSchemas' {
  interface RegisteredEventPayloads {
${members.join('')}  }
}
`;
}

/** Something about a Supabase project that its operator should know before the product runs on it. */
export interface Need {
  /** `missing`: it does not run there; `advice`: it runs, and this should be mended; `untried`: nobody looked. */
  weight: 'missing' | 'advice' | 'untried';
  sentence: string;
}

export const missing = (sentence: string): Need => ({ weight: 'missing', sentence });
export const advice = (sentence: string): Need => ({ weight: 'advice', sentence });
export const untried = (sentence: string): Need => ({ weight: 'untried', sentence });

/** What of a database decides whether the product runs on it. */
export interface DatabaseFacts {
  /** As `server_version_num` writes it: 170004. */
  version: number;
  encoding: string;
  readOnly: boolean;
  role: string;
  superuser: boolean;
  createsSchemas: boolean;
  createsInPublic: boolean;
  /** The API's roles that there are, and of which of them `authenticator` is a member. */
  roles: string[];
  authenticates: string[];
  serviceBypassesPolicies: boolean;
  /** Parts of the schema `auth` that the role may use as the migrations do: `users`, `sessions`, `uid`, `jwt`. */
  auth: string[];
  /** Milliseconds a statement may take, by role; 0: no limit of its own. */
  statementTimeouts: Record<string, number>;
  idleInTransactionTimeout: number;
  maxConnections: number;
  connections: number;
  /** Those that wake the drain, and are installed. */
  extensions: string[];
  /** Names of what a new project does not have. */
  strangers: string[];
  /** An earlier trial was cut off before it could take away what it made. */
  leftOver: boolean;
}

const apiRoles = ['anon', 'authenticated', 'service_role'];
const versions = { oldest: 15, newest: 18 };
/** Milliseconds after which the application ends a request by itself, and below which its longest ones would be cut. */
const limits = { most: 9000, least: 5000 };
const leastConnections = 60;
const wakers = ['pg_net', 'pg_cron', 'supabase_vault'];

const without = (wanted: string[], given: string[]) => wanted.filter((name) => !given.includes(name));

function timeoutNeed(role: string, own: number | undefined, inherited: number | undefined): Need[] {
  const ms = own || inherited || 0;
  const cure = `alter role ${role} set statement_timeout = '8s'`;
  if (ms === 0 || ms > limits.most)
    return [
      advice(
        `Une requête de ${role} peut durer plus de 9 s, alors que l’application y renonce avant : ${cure}.`,
      ),
    ];
  if (ms < limits.least)
    return [advice(`Une requête de ${role} est arrêtée après ${ms / 1000} s, c’est trop tôt : ${cure}.`)];
  return [];
}

/** What a database lacks, the worst first. */
export function databaseNeeds(facts: DatabaseFacts): Need[] {
  const major = Math.floor(facts.version / 10_000);
  const needs: Need[] = [];
  if (major < versions.oldest || major > versions.newest)
    needs.push(
      missing(
        `Postgres ${major} : il faut une version de ${versions.oldest} à ${versions.newest} (Settings > Infrastructure).`,
      ),
    );
  if (facts.encoding !== 'UTF8')
    needs.push(missing(`La base est en ${facts.encoding} : il en faut une en UTF8.`));
  if (facts.readOnly)
    needs.push(
      missing(
        'La base est en lecture seule (disque plein, ou réplique) : rendez-la accessible en écriture, ou donnez la base principale.',
      ),
    );
  if (facts.leftOver)
    needs.push(
      missing(
        'Un essai interrompu a laissé ses traces : ajoutez --clear pour effacer tout ce qui est dans le schéma public, puis essayer de nouveau.',
      ),
    );
  else if (facts.strangers.length > 0) {
    const shown = facts.strangers.slice(0, 5).join(', ');
    const more = facts.strangers.length > 5 ? ` et ${facts.strangers.length - 5} autres` : '';
    needs.push(
      missing(
        `Ce projet n’est pas vide (${shown}${more}) : l’essai efface tout ce qui est dans le schéma public, donnez-lui un projet neuf.`,
      ),
    );
  }
  const lackingRoles = without(apiRoles, facts.roles);
  if (lackingRoles.length > 0)
    needs.push(
      missing(
        `Il manque des rôles de l’API (${lackingRoles.join(', ')}) : créez-les comme Supabase le fait, nologin, et bypassrls pour service_role.`,
      ),
    );
  else if (!facts.serviceBypassesPolicies)
    needs.push(missing('service_role obéit aux politiques de sécurité : alter role service_role bypassrls.'));
  const unknown = without(apiRoles, facts.authenticates);
  if (lackingRoles.length === 0 && !facts.roles.includes('authenticator'))
    needs.push(
      advice(
        'Il n’y a pas de rôle authenticator : celui par lequel l’API se connecte doit être membre de anon, authenticated et service_role.',
      ),
    );
  else if (lackingRoles.length === 0 && unknown.length > 0)
    needs.push(missing(`L’API ne peut pas agir pour tous : grant ${unknown.join(', ')} to authenticator.`));
  const lackingAuth = without(['users', 'sessions', 'uid', 'jwt'], facts.auth);
  if (lackingAuth.length > 0) {
    const names = lackingAuth.map((name) => `auth.${name}${name.endsWith('s') ? '' : '()'}`).join(', ');
    needs.push(
      missing(
        `${facts.role} ne peut pas se servir de ${names} : il faut l’usage du schéma auth, select sur ses tables et references sur auth.users, comme Supabase les donne à postgres.`,
      ),
    );
  }
  if (!facts.createsSchemas)
    needs.push(
      missing(`${facts.role} ne peut pas créer de schéma : grant create on database … to ${facts.role}.`),
    );
  if (!facts.createsInPublic)
    needs.push(missing(`${facts.role} ne peut rien créer : grant create on schema public to ${facts.role}.`));
  if (facts.superuser)
    needs.push(
      advice(
        `${facts.role} est superutilisateur, et il n’en faut pas : l’essai prouve plus avec le rôle postgres du projet.`,
      ),
    );
  const { authenticated, service_role, authenticator } = facts.statementTimeouts;
  needs.push(...timeoutNeed('authenticated', authenticated, authenticator));
  needs.push(...timeoutNeed('service_role', service_role, authenticator));
  if (facts.idleInTransactionTimeout === 0)
    needs.push(
      advice(
        `Une transaction oubliée peut rester ouverte sans fin et ralentir tout envoi : alter role ${facts.role} set idle_in_transaction_session_timeout = '5min' (docs/operations.md).`,
      ),
    );
  if (facts.maxConnections < leastConnections)
    needs.push(
      advice(`max_connections vaut ${facts.maxConnections} : ${leastConnections} sont conseillées.`),
    );
  if (facts.connections > facts.maxConnections - 15)
    needs.push(
      advice(
        `${facts.connections} connexions sur ${facts.maxConnections} sont prises : il doit en rester pour l’API et une migration.`,
      ),
    );
  const lackingWakers = without(wakers, facts.extensions);
  if (lackingWakers.length > 0)
    needs.push(
      advice(
        `Extensions absentes : ${lackingWakers.join(', ')}. Aucune n’est requise ; avec elles la base appelle l’application elle-même, sans elles un cron doit le faire (docs/hosted.md).`,
      ),
    );
  return needs.sort((a, b) => Number(a.weight !== 'missing') - Number(b.weight !== 'missing'));
}

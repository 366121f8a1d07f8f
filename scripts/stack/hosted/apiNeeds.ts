import { decodeJwt } from 'jose';
import { advice, missing, type Need } from './projectNeeds.ts';

/** What is known of a project's API: its address and its keys. */
interface Api {
  url: string;
  publishableKey: string | null;
  secretKey: string;
}

/** Milliseconds for each question. */
const limitMs = 8000;

/** Whose key it is by what is written in it; null when it does not tell. */
function kindOf(key: string): 'publishable' | 'secret' | null {
  if (key.startsWith('sb_publishable_')) return 'publishable';
  if (key.startsWith('sb_secret_')) return 'secret';
  try {
    const { role } = decodeJwt(key);
    return role === 'anon' ? 'publishable' : role === 'service_role' ? 'secret' : null;
  } catch {
    return null;
  }
}

type Answer = { status: number; body: Record<string, unknown> };

async function ask(address: string, key: string, post?: object, schema?: string): Promise<Answer> {
  // The new keys are none that could be borne; a gateway that knows them takes the header for what it says.
  const headers = new Headers({ apikey: key, 'content-type': 'application/json' });
  if (!key.startsWith('sb_')) headers.set('authorization', `Bearer ${key}`);
  if (schema) headers.set('accept-profile', schema);
  const response = await fetch(address, {
    method: post ? 'POST' : 'GET',
    headers,
    body: post && JSON.stringify(post),
    signal: AbortSignal.timeout(limitMs),
  });
  const body = (await response.json().catch(() => ({}))) as Answer['body'];
  return { status: response.status, body: body ?? {} };
}

const isRefusal = ({ status }: Answer) => status === 401 || status === 403;

function dataApiNeeds(url: string, answer: Answer): Need[] {
  if (isRefusal(answer))
    return [
      missing(
        `La clé secrète n’est pas acceptée par ${url} (HTTP ${answer.status}) : copiez sb_secret_… ou service_role de ses réglages (Settings > API Keys).`,
      ),
    ];
  const { code, message, hint } = answer.body;
  if (code === 'PGRST106' && !/\bpublic\b/.test(`${message} ${hint}`))
    return [
      missing('L’API ne montre pas le schéma public : ajoutez-le aux schémas exposés (Settings > Data API).'),
    ];
  if (answer.status >= 500 || answer.status === 402)
    return [
      missing(
        `${url} répond HTTP ${answer.status} : le projet est en pause ou restreint, ou sa base est injoignable pour l’API.`,
      ),
    ];
  return [];
}

function authNeeds(answer: Answer, signIn: Answer): Need[] {
  if (isRefusal(answer))
    return [
      missing(
        `La clé publique n’est pas acceptée (HTTP ${answer.status}) : copiez sb_publishable_… ou anon des réglages du projet.`,
      ),
    ];
  if (answer.status !== 200)
    return [
      missing(`Le serveur d’authentification répond HTTP ${answer.status} : attendez qu’il soit prêt.`),
    ];
  const { disable_signup: closed, external } = answer.body as {
    disable_signup?: boolean;
    external?: { anonymous_users?: boolean };
  };
  return [
    ...(signIn.body.error_code === 'email_provider_disabled'
      ? [
          missing(
            'La connexion par e-mail est fermée : ouvrez-la (Authentication > Sign In / Providers > Email).',
          ),
        ]
      : []),
    ...(closed === false
      ? [
          advice(
            'L’inscription est ouverte : fermez-la (Authentication > Sign In / Providers > Allow new users to sign up).',
          ),
        ]
      : []),
    ...(external?.anonymous_users
      ? [advice('Les connexions anonymes sont ouvertes : fermez-les, l’application n’en a pas besoin.')]
      : []),
  ];
}

/** Who cannot sign in: the auth server's answer says whether anybody can with a password. */
const nobody = { email: 'nobody@devlink.test', password: 'no-password-at-all' };

/** Asks the API of a project, before anything is applied to its database, what it would refuse. Changes nothing. */
export async function apiNeeds({ url: given, publishableKey, secretKey }: Api): Promise<Need[]> {
  const url = given.replace(/\/$/, '');
  const swapped = [
    ...(kindOf(secretKey) === 'publishable'
      ? [missing('--service-key est une clé publique : donnez la clé secrète (sb_secret_… ou service_role).')]
      : []),
    ...(publishableKey && kindOf(publishableKey) === 'secret'
      ? [
          missing(
            '--publishable-key est une clé secrète : donnez la clé publique (sb_publishable_… ou anon), et changez la secrète si elle a servi ainsi.',
          ),
        ]
      : []),
  ];
  if (swapped.length > 0) return swapped;
  try {
    // A schema that is not: the answer names those that are shown, and nothing of them is read, and then kept, before the migrations.
    const data = dataApiNeeds(url, await ask(`${url}/rest/v1/none`, secretKey, undefined, 'devlink_none'));
    // Whether a key counts is known from the Data API: the auth server's settings are shown for either.
    if (data.some(({ weight }) => weight === 'missing')) return data;
    const key = publishableKey ?? secretKey;
    const settings = await ask(`${url}/auth/v1/settings`, key);
    const auth = authNeeds(settings, await ask(`${url}/auth/v1/token?grant_type=password`, key, nobody));
    const { body } = await ask(`${url}/auth/v1/.well-known/jwks.json`, key);
    const signs = Array.isArray(body.keys) && body.keys.length > 0;
    const legacy = advice(
      'Les sessions sont signées avec l’ancien secret (HS256) : passez aux clés de signature (Settings > JWT Keys), ou donnez SUPABASE_JWT_SECRET à l’application ; sans cela chaque page attend le serveur d’authentification.',
    );
    return [...auth, ...(signs ? [] : [legacy])];
  } catch {
    return [
      missing(`${url} ne répond pas : vérifiez --url, le réseau, et que le projet n’est pas en pause.`),
    ];
  }
}

/** Whether address and database are of two hosted projects; elsewhere names tell nothing. */
export function areOfTwoProjects(url: string, databaseUrl: string): boolean {
  const ref = /^([a-z]{20})\.supabase\.co$/.exec(new URL(url).hostname)?.[1];
  const { hostname, username } = new URL(databaseUrl);
  const other = /^db\.([a-z]{20})\.supabase\.co$/.exec(hostname)?.[1] ?? /\.([a-z]{20})$/.exec(username)?.[1];
  return ref !== undefined && other !== undefined && ref !== other;
}

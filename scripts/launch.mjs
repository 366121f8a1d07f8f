// The way in: plain JavaScript that an older Node can read. It finds Node 24, installs what is missing, and runs the
// real program (start, dev, test, bench, chaos) under Node 24.
import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const programs = {
  start: ['scripts/localStack.ts', 'start'],
  dev: ['scripts/localStack.ts', 'dev'],
  test: ['scripts/test.ts'],
  bench: ['tests/bench/bench.ts'],
  chaos: ['tests/chaos/chaos.ts'],
  user: ['scripts/user.ts'],
  migrate: ['scripts/migrate.ts'],
  'types:events': ['scripts/eventTypes.ts'],
  rollback: ['scripts/rollback.ts'],
  backup: ['scripts/backup.ts'],
  restore: ['scripts/restore.ts'],
  'check:hosted': ['scripts/checkHosted.ts'],
  'check:postgres': ['scripts/checkPostgres.ts'],
  devlink: ['cli/main.ts'],
};
const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const dataDir = path.resolve(root, process.env.DEVLINK_DATA_DIR || '.data');
const log = path.join(dataDir, 'logs/launcher.log');
/** Bytes after which a start begins a new log of the launcher, and keeps the one before. */
const logLimit = 10 * 1024 * 1024;
const quiet = { LITE_TELEMETRY: '0', DO_NOT_TRACK: '1', NEXT_TELEMETRY_DISABLED: '1' };

class Advice extends Error {}

const major = (version) => Number.parseInt(version.replace(/^v/, ''), 10);

/** The oldest Node that runs the product: scripts of strangers run in its engine, so its security releases count. */
const oldestNode = readFileSync(path.join(root, '.nvmrc'), 'utf8').trim();

function isRecent(version) {
  const [given, oldest] = [version, oldestNode].map((text) => text.replace(/^v/, '').split('.').map(Number));
  const place = given.findIndex((number, index) => number !== oldest[index]);
  return place === -1 || given[place] > oldest[place];
}

/** Calls `stop` when this process is asked to end, or when npm, which started it, is gone. Returns what ends the watch. */
function onStopAsked(stop) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const parent = process.ppid;
  for (const signal of signals) process.on(signal, stop);
  const watch = setInterval(() => process.ppid !== parent && stop('SIGTERM'), 1000).unref();
  return () => {
    clearInterval(watch);
    for (const signal of signals) process.off(signal, stop);
  };
}

function openLog() {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o755 });
    mkdirSync(path.dirname(log), { recursive: true, mode: 0o700 });
    if (existsSync(log) && statSync(log).size > logLimit) renameSync(log, `${log}.1`);
    appendFileSync(
      log,
      `\n${new Date().toISOString()} node ${process.version} ${process.argv.slice(2).join(' ')}\n`,
    );
  } catch (error) {
    if (error.code === 'ENOSPC') throw new Advice('Le disque est plein : libérez de la place puis relancez.');
    throw new Advice(
      `Le dossier de données ${dataDir} n’est pas accessible en écriture : rendez-le vôtre, ou choisissez-en un autre avec DEVLINK_DATA_DIR.`,
    );
  }
}

/** What `devlink` prints is read by programs: what the launcher does for it is told beside. */
const isCommandLine = process.argv[2] === 'devlink';
const tell = isCommandLine ? console.error : console.log;

/** Does the work; announces it when it lasts, and says how long it took. */
async function step(title, done, work) {
  const began = Date.now();
  const slow = setTimeout(() => tell(`… ${title}`), 2000);
  try {
    const result = await work();
    tell(`✓ ${done} (${((Date.now() - began) / 1000).toFixed(1).replace('.', ',')} s)`);
    return result;
  } finally {
    clearTimeout(slow);
  }
}

/** Runs npm; its output goes to the log. Resolves with what it printed, rejects with a sentence that says what to do. */
function npm(args, nodeDir) {
  const cli = process.env.npm_execpath;
  const direct = cli && /npm-cli\.c?js$/.test(cli) && existsSync(cli);
  const node = nodeDir ? path.join(nodeDir, path.basename(process.execPath)) : process.execPath;
  const [command, rest] = direct ? [node, [cli, ...args]] : ['npm', args];
  const env = { ...process.env, ...quiet };
  if (nodeDir) env.PATH = nodeDir + path.delimiter + process.env.PATH;
  return new Promise((resolve, reject) => {
    const windows = process.platform === 'win32';
    // A group of its own, so that stopping it stops the install scripts that it runs.
    const child = spawn(command, rest, {
      cwd: root,
      env,
      shell: !direct && windows,
      detached: !windows,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const endWatch = onStopAsked(() => {
      // npm finishes what it is at before it heeds a milder signal; the next run installs afresh anyway.
      if (windows) child.kill('SIGKILL');
      else process.kill(-child.pid, 'SIGKILL');
      tell('Installation interrompue : relancez pour la reprendre.');
      process.exit(1);
    });
    let output = '';
    let printed = '';
    const collect = (chunk) => {
      output += chunk;
      appendFileSync(log, chunk);
    };
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      collect(chunk);
    });
    child.stderr.on('data', collect);
    child.once('error', () =>
      reject(new Advice('npm est introuvable : installez Node avec npm (https://nodejs.org) puis relancez.')),
    );
    child.once('close', (code) => {
      endWatch();
      if (code === 0) resolve(printed.trim());
      else reject(new Advice(npmAdvice(output, args[0])));
    });
  });
}

function npmAdvice(output, verb) {
  const what = verb === 'ci' ? 'les dépendances du projet' : 'Node 24';
  if (/ENOSPC|no space left/i.test(output)) return 'Le disque est plein : libérez de la place puis relancez.';
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ENOTCACHED|network/i.test(output)) {
    return `Le registre npm est injoignable : vérifiez le réseau (ou le proxy) puis relancez pour télécharger ${what}.`;
  }
  if (/EACCES|EPERM|EROFS/.test(output)) {
    return `Écriture refusée : rendez-vous propriétaire de ${root} et du cache de npm, puis relancez.`;
  }
  if (verb === 'ci')
    return 'Les dépendances n’ont pas pu être installées : lisez le journal, ou lancez « npm ci » à la main.';
  return `Node ${oldestNode} n’a pas pu être obtenu : installez-le (https://nodejs.org) puis relancez.`;
}

function answersAsRecent(binary) {
  try {
    return isRecent(execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim());
  } catch {
    return false;
  }
}

/** The path of a Node that is recent enough: this one, the one found last time, or the npm registry's. */
async function findNode() {
  if (isRecent(process.version)) return process.execPath;
  const note = path.join(dataDir, 'node24');
  const known = existsSync(note) ? readFileSync(note, 'utf8').trim() : '';
  if (known && answersAsRecent(known)) return known;
  const found = await step('Recherche de Node 24 dans le registre npm', 'Node 24 trouvé', () =>
    npm([
      'exec',
      '--yes',
      '--prefer-offline',
      `--package=node@^${oldestNode}`,
      '-c',
      'node -p process.execPath',
    ]),
  );
  const binary = found.split('\n').pop().trim();
  if (!answersAsRecent(binary)) {
    throw new Advice(
      `Le Node du registre npm ne démarre pas ici : installez Node ${oldestNode} ou plus récent (https://nodejs.org) puis relancez.`,
    );
  }
  writeFileSync(note, `${binary}\n`);
  return binary;
}

/** True when node_modules holds exactly what package-lock.json asks for. npm writes its own list last. */
function dependenciesAreThere() {
  try {
    const read = (file) => JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
    const installed = read('node_modules/.package-lock.json');
    return Object.entries(read('package-lock.json')).every(
      ([name, { version, optional, devOptional, link }]) =>
        name === '' ||
        link ||
        (installed[name] ? installed[name].version === version : optional || devOptional),
    );
  } catch {
    return false;
  }
}

async function installDependencies(node) {
  if (dependenciesAreThere()) return;
  const title = 'Installation des dépendances (une à deux minutes la première fois)';
  await step(title, 'Dépendances installées', () =>
    npm(['ci', '--include=dev', '--no-audit', '--no-fund'], path.dirname(node)),
  );
}

/** Runs the program and ends as it ends. It is told to stop when npm, which started this process, is gone. */
function run(node, [program, ...fixed], args) {
  if (!existsSync(path.join(root, program)))
    throw new Advice(`${program} manque : récupérez le dépôt en entier.`);
  const child = spawn(node, [path.join(root, program), ...fixed, ...args], {
    // Paths on the command line are meant from where it is called.
    cwd: isCommandLine ? process.cwd() : root,
    env: { ...process.env, ...quiet, PATH: path.dirname(node) + path.delimiter + process.env.PATH },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  onStopAsked((signal) => child.kill(signal));
  child.once('exit', (code, signal) => process.exit(signal ? 1 : code));
}

async function main() {
  const [name, ...args] = process.argv.slice(2);
  if (major(process.version) < 20)
    throw new Advice(`Il faut Node 20 ou plus récent (ici ${process.version}) : https://nodejs.org.`);
  if (!programs[name])
    throw new Advice(
      `Commande inconnue : « ${name || ''} ». Choisissez parmi ${Object.keys(programs).join(', ')}.`,
    );
  openLog();
  const node = await findNode();
  await installDependencies(node);
  run(node, programs[name], args);
}

main().catch((error) => {
  console.error(`✗ ${error instanceof Advice ? error.message : `Erreur inattendue : ${error.message}`}`);
  if (existsSync(log)) {
    try {
      appendFileSync(log, `${error.stack}\n`);
      console.error(`  Détails : ${log}`);
    } catch {
      // The disk is full or closed: the sentence above already says so.
    }
  }
  process.exit(1);
});

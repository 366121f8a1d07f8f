/** One kind of load: to how many webhooks each event goes, and how large its payload is. */
export type ScalePoint = { fanOut: number; kilobytes: number };

/** For one event with all its deliveries: microseconds of CPU by part, bytes of WAL, bytes that stay on disk. */
export type Spent = { app: number; api: number; database: number; wal: number; disk: number };

/** Where `npm run bench -- --only scale` measures: the model is made of the first four, and held to the others. */
export const scalePoints: ScalePoint[] = [
  { fanOut: 1, kilobytes: 0.5 },
  { fanOut: 10, kilobytes: 0.5 },
  { fanOut: 1, kilobytes: 8 },
  { fanOut: 10, kilobytes: 8 },
  { fanOut: 3, kilobytes: 2 },
  { fanOut: 30, kilobytes: 1 },
  { fanOut: 5, kilobytes: 4 },
];

const quantities = ['app', 'api', 'database', 'wal', 'disk'] as const;

/** Predicts what an event costs: each cost is a part for the event, for each delivery, for each KB, and for each KB of each delivery. */
export type ScaleModel = (point: ScalePoint) => Spent;

/**
 * The model that goes through four measured points, which are the corners of a rectangle: two fan-outs and two sizes.
 * @throws Error when they are none
 */
export function modelOf(corners: (ScalePoint & Spent)[]): ScaleModel {
  const [few, many] = [...new Set(corners.map(({ fanOut }) => fanOut))].sort((a, b) => a - b);
  const [small, large] = [...new Set(corners.map(({ kilobytes }) => kilobytes))].sort((a, b) => a - b);
  const at = (fanOut: number | undefined, kilobytes: number | undefined): Spent => {
    const found = corners.find((point) => point.fanOut === fanOut && point.kilobytes === kilobytes);
    if (!found) throw new Error(`Nothing was measured for ${kilobytes} KB to ${fanOut}.`);
    return found;
  };
  if (few === undefined || many === undefined || small === undefined || large === undefined)
    throw new Error('A model takes two fan-outs and two sizes.');
  const [fewSmall, manySmall, fewLarge, manyLarge] = [
    at(few, small),
    at(many, small),
    at(few, large),
    at(many, large),
  ];
  return ({ fanOut, kilobytes }) => {
    const across = (fanOut - few) / (many - few);
    const along = (kilobytes - small) / (large - small);
    const predict = (what: keyof Spent) =>
      fewSmall[what] * (1 - across) * (1 - along) +
      manySmall[what] * across * (1 - along) +
      fewLarge[what] * (1 - across) * along +
      manyLarge[what] * across * along;
    return Object.fromEntries(quantities.map((what) => [what, predict(what)])) as Spent;
  };
}

/** What somebody means to send. */
export type WantedLoad = ScalePoint & {
  eventsPerSecond: number;
  /** Seconds that a receiver takes to answer. */
  receiverSeconds: number;
  /** Attempts for each delivery: 1 where nothing fails. */
  attempts: number;
  /** For which deliveries are kept. */
  days: number;
};

export type Needs = {
  /** Processors, busy all the time. */
  appCores: number;
  databaseCores: number;
  /** Requests that are under way at once. */
  inFlight: number;
  /** Copies of the app: each has one thread that sends, and so many requests at once. */
  processes: number;
  walMegabytesPerSecond: number;
  /** Of events, deliveries and attempts. */
  diskGigabytes: number;
  /** Of Postgres: the app's own lines and the API's pool. */
  connections: number;
};

/** How much of one processor a process may be at work: beyond it what comes in bursts waits. */
const mostBusy = 0.7;
const slotsOfProcess = 2048;
const connectionsOfProcess = 7;
const poolOfApi = 10;

/** What a load needs, where events are triggered in SQL; triggers over HTTP cost what `triggerMicros` says besides. */
export function needsOf(model: ScaleModel, load: WantedLoad, triggerMicros = 0): Needs {
  const { eventsPerSecond, fanOut, receiverSeconds, attempts, days } = load;
  const spent = model({ ...load, fanOut: fanOut * attempts });
  const appCores = (eventsPerSecond * (spent.app + triggerMicros)) / 1e6;
  const inFlight = eventsPerSecond * fanOut * attempts * receiverSeconds;
  const processes = Math.max(1, Math.ceil(appCores / mostBusy), Math.ceil(inFlight / slotsOfProcess));
  return {
    appCores,
    databaseCores: (eventsPerSecond * (spent.database + spent.api)) / 1e6,
    inFlight,
    processes,
    walMegabytesPerSecond: (eventsPerSecond * spent.wal) / 1e6,
    diskGigabytes: (eventsPerSecond * spent.disk * 86_400 * days) / 1e9,
    connections: processes * connectionsOfProcess + poolOfApi,
  };
}

import type { ScalePoint, Spent } from './scaleModel.ts';

/** One run of `npm run bench -- --only scale`, 2026-11-27, version 0.6.0: 2 × AMD EPYC, 24 GiB, Node v24.21.0. */
export const measured: (ScalePoint & Spent)[] = [
  { fanOut: 1, kilobytes: 0.5, app: 109.3, api: 17.0, database: 121.3, wal: 2255, disk: 1403 },
  { fanOut: 10, kilobytes: 0.5, app: 856.7, api: 43.3, database: 606.7, wal: 16822, disk: 8080 },
  { fanOut: 1, kilobytes: 8, app: 299.7, api: 73.0, database: 599.3, wal: 10747, disk: 9357 },
  { fanOut: 10, kilobytes: 8, app: 1330.0, api: 133.3, database: 1003.3, wal: 26584, disk: 16100 },
  { fanOut: 3, kilobytes: 2, app: 325.0, api: 45.0, database: 301.0, wal: 7316, disk: 5123 },
  { fanOut: 30, kilobytes: 1, app: 2960.0, api: 210.0, database: 2420.0, wal: 51380, disk: 24142 },
  { fanOut: 5, kilobytes: 4, app: 541.7, api: 63.3, database: 498.3, wal: 12732, disk: 9351 },
];

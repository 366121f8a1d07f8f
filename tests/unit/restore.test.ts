import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { draftIn, replacementSteps, takeDataDir } from '../../scripts/stack/postgres/restore';
import { temporaryDataDir } from '../support/temporaryDataDir';

/*
 * A restored state takes the place of the present one, wherever the process is killed meanwhile: the next start ends it.
 */

let dataDir: string;
let folder: string;
let kept: string;

const write = (dir: string, state: string) => {
  mkdirSync(path.join(dir, 'data'), { recursive: true });
  writeFileSync(path.join(dir, 'data/state'), state);
};
const keys = (dir: string, state: string) => {
  for (const name of ['secrets.json', 'admin.json']) writeFileSync(path.join(dir, name), state);
};
const stateOf = (dataFolder: string, keyFolder: string) =>
  [
    path.join(dataFolder, 'data/state'),
    path.join(keyFolder, 'secrets.json'),
    path.join(keyFolder, 'admin.json'),
  ].map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : null));

beforeEach(() => {
  dataDir = temporaryDataDir();
  folder = path.join(dataDir, 'postgres');
  kept = path.join(folder, 'replaced-now');
  write(draftIn(folder), 'restored');
  keys(draftIn(folder), 'restored');
  // As `replace` notes it before its first step.
  writeFileSync(path.join(dataDir, 'restore.json'), kept);
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const restored = ['restored', 'restored', 'restored'];
const present = ['present', 'present', 'present'];
const count = 10;

it.each(Array.from({ length: count + 1 }, (_, done) => done))('cut off after %i steps', (done) => {
  write(folder, 'present');
  keys(dataDir, 'present');
  const steps = replacementSteps(dataDir, folder, kept);
  expect(steps).toHaveLength(count);
  for (const step of steps.slice(0, done)) step();
  takeDataDir(dataDir)();
  expect(stateOf(folder, dataDir)).toEqual(restored);
  expect(stateOf(kept, kept)).toEqual(present);
  expect(existsSync(path.join(dataDir, 'restore.json'))).toBe(false);
});

it.each(Array.from({ length: count }, (_, done) => done))(
  'into an empty folder, cut off after %i steps',
  (done) => {
    for (const step of replacementSteps(dataDir, folder, kept).slice(0, done)) step();
    takeDataDir(dataDir)();
    expect(stateOf(folder, dataDir)).toEqual(restored);
    takeDataDir(dataDir)();
    expect(stateOf(folder, dataDir)).toEqual(restored);
  },
);

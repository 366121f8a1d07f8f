import { availableParallelism } from 'node:os';
import type { Standing } from './conduct';

/*
 * How many may work at once, and which children that takes: pure functions of what the pool sees at the moment.
 */

/**
 * Who waits for whom: the trusted for each other, newcomers for each other, suspects for each other. The trusted have
 * children of the application's own priority, the others such of low priority, so that no crowd slows them down.
 */
export type Group = 'trusted' | 'newcomers' | 'suspects';
export const groups = ['trusted', 'newcomers', 'suspects'] as const;
export const groupOf: Record<Standing, Group> = {
  trusted: 'trusted',
  proven: 'newcomers',
  fresh: 'newcomers',
  suspect: 'suspects',
};

/** Children of one group that may work at once: two, and while one hangs, more of those that wait are tried at a time. */
const workingChildren = 2;
const workingBesideHanging = 4;
/** Suspects go one by one: where two burn at once, two processors have nobody left who gets to work without a wait. */
const workingSuspects = 1;
/** Children in all, with those that hang. */
const maxChildren = 8;
/** Starting one takes a processor for a tenth of a second: one after the other is quicker than all at once. */
const mostStarting = Math.max(1, availableParallelism() - 1);

/** What is seen of a child from outside. */
export type SeenChild = { isIdle: boolean; isStarting: boolean; isDead: boolean; isLow: boolean };
/** A child at work. */
export type SeenWork = { group: Group; child: { hangs: boolean; isUneasy: boolean; silenceMs: number } };

/** How many more of a group may run now. @param suspectsRest no suspect is served at the moment */
export function freeOf(group: Group, work: SeenWork[], suspectsRest: boolean): number {
  const own = work.filter((slot) => slot.group === group);
  if (group === 'suspects') return suspectsRest ? 0 : workingSuspects - own.length;
  const hanging = own.filter(({ child }) => child.hangs).length;
  return (hanging > 0 ? workingBesideHanging : workingChildren) - (own.length - hanging);
}

/** Children to start of the application's own priority and of low one; and of which one that hangs has to give way to one. */
type Starting = { high: number; low: number; inPlaceOfOne: 'high' | 'low' | null };

/**
 * Whom to start: children for those that may run and have none; and spare ones in good time, so that whoever comes after a
 * hanging script does not wait for a process to start as well.
 * @param wanting how many of each group wait that may run now
 */
export function childrenToStart(
  wanting: Record<Group, number>,
  children: SeenChild[],
  work: SeenWork[],
): Starting {
  const uneasy = work.filter(({ child }) => child.isUneasy).length;
  const alive = children.filter((child) => !child.isDead);
  const ready = alive.filter((child) => child.isIdle || child.isStarting);
  const readyLow = ready.filter(({ isLow }) => isLow).length;
  const high = Math.max(0, wanting.trusted - (ready.length - readyLow));
  const low = wanting.newcomers + wanting.suspects + uneasy - readyLow;
  const starting = ready.filter(({ isStarting }) => isStarting).length;
  const room = Math.min(maxChildren - alive.length, mostStarting - starting);
  const isFull = alive.length >= maxChildren && ready.length === 0;
  const givesWay = isFull && (high > 0 || wanting.newcomers > 0);
  return {
    high: Math.max(0, Math.min(high, room)),
    low: Math.max(0, Math.min(low, room - high)),
    inPlaceOfOne: givesWay ? (high > 0 ? 'high' : 'low') : null,
  };
}

/** Of those that hang, the one that was silent longest: it gives way. */
export function longestHanging<W extends SeenWork>(work: W[]): W | undefined {
  const hanging = work.filter(({ child }) => child.hangs);
  return hanging.sort((one, other) => other.child.silenceMs - one.child.silenceMs)[0];
}

import type { Webhook, WebhookInput } from '@/lib/domain/webhook';

export type Setting = Exclude<keyof WebhookInput, 'status' | 'slug'>;
export type Settings = Partial<Pick<WebhookInput, Setting>>;

/** A setting that somebody else saved meanwhile, and that is another one here. */
export type SettingConflict = {
  setting: Setting;
  mine: unknown;
  theirs: unknown;
  /** Changed here too: either value is somebody's work. Else only the other one is. */
  touched: boolean;
};

/** The settings of `mine` that differ from those of `before`. */
export function changedSettings(mine: Settings, before: Webhook): Settings {
  return Object.fromEntries(
    settingsOf(mine).filter(([setting, value]) => !sameValue(value, before[setting])),
  );
}

/**
 * What has to be decided before `mine` can be saved over what somebody else saved since.
 * @param base what `mine` started from
 */
export function settingConflicts(base: Webhook, mine: Settings, theirs: Webhook): SettingConflict[] {
  return settingsOf(mine).flatMap(([setting, value]) =>
    sameValue(theirs[setting], base[setting]) || sameValue(theirs[setting], value)
      ? []
      : [{ setting, mine: value, theirs: theirs[setting], touched: !sameValue(value, base[setting]) }],
  );
}

/** `mine`, but for the conflicts that are decided for the other side. */
export function decided(
  mine: Settings,
  conflicts: readonly SettingConflict[],
  kept: ReadonlySet<Setting>,
): Settings {
  const others = conflicts.filter(({ setting }) => !kept.has(setting));
  return { ...mine, ...Object.fromEntries(others.map(({ setting, theirs }) => [setting, theirs])) };
}

const settingsOf = ({ ...settings }: Settings) =>
  Object.entries(settings).filter(([name]) => name !== 'status') as [Setting, unknown][];

/** The database keeps neither the order of an object's names nor, to any effect, that of events and conditions. */
function sameValue(left: unknown, right: unknown): boolean {
  return JSON.stringify(ordered(left)) === JSON.stringify(ordered(right));
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => JSON.stringify(ordered(one))).sort();
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .map(([name, inner]) => [name, ordered(inner)])
    .sort(([left], [right]) => (String(left) < String(right) ? -1 : 1));
}

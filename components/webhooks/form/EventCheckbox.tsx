import { type ReactNode, useId } from 'react';
import { Checkbox } from '../../ui/Checkbox';

type EventCheckboxProps = {
  /** The name of a type, or a pattern. */
  name: string;
  label: string;
  checked: boolean;
  /** A pattern that is ticked has it already. */
  taken?: boolean;
  badge?: ReactNode;
  onToggle: (on: boolean) => void;
};

/** One of the things that a webhook may listen to. */
export function EventCheckbox({ name, label, checked, taken, badge, onToggle }: EventCheckboxProps) {
  const id = useId();
  return (
    <label htmlFor={id} className="flex cursor-pointer items-start gap-3 px-3 py-1.5 hover:bg-hover">
      <Checkbox
        id={id}
        className="mt-0.5"
        checked={taken || checked}
        disabled={taken}
        onCheckedChange={(on) => onToggle(on === true)}
      />
      <span className="flex min-w-0 flex-col">
        <span className="wrap-anywhere text-sm">
          {label} {badge}
        </span>
        <span className="wrap-anywhere font-mono text-2xs text-muted">{name}</span>
      </span>
    </label>
  );
}

import { Children, cloneElement, type HTMLAttributes, type ReactElement, type Ref, useCallback } from 'react';

type SlotProps = HTMLAttributes<HTMLElement> & { ref?: Ref<HTMLElement>; [attribute: string]: unknown };

/**
 * Draws its only child, with these props besides the child's own, which win. Handlers are both called, the child's
 * first; class names are joined; refs are both set.
 */
export function Slot({ children, ref, ...props }: SlotProps) {
  const child = Children.only(children) as ReactElement<SlotProps>;
  const { ref: own, ...given } = child.props;
  const both = useCallback(
    (node: HTMLElement | null) => {
      const undo = [setRef(own, node), setRef(ref, node)];
      return () => {
        for (const cleanUp of undo) cleanUp();
      };
    },
    [own, ref],
  );
  return cloneElement(child, { ...joined(props, given), ref: own && ref ? both : (own ?? ref) });
}

function joined(props: SlotProps, own: SlotProps): SlotProps {
  const all: SlotProps = { ...props, ...own };
  for (const [name, value] of Object.entries(props)) {
    const mine = own[name];
    if (typeof value !== 'function' || typeof mine !== 'function' || !/^on[A-Z]/.test(name)) continue;
    all[name] = (...input: unknown[]) => {
      mine(...input);
      value(...input);
    };
  }
  if (props.className && own.className) all.className = `${props.className} ${own.className}`;
  return all;
}

function setRef(ref: Ref<HTMLElement> | undefined, node: HTMLElement | null): () => void {
  if (typeof ref !== 'function') {
    if (ref) ref.current = node;
    return () => {
      if (ref) ref.current = null;
    };
  }
  const cleanUp = ref(node);
  return typeof cleanUp === 'function' ? cleanUp : () => void ref(null);
}

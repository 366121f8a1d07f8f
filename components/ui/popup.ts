/* What menus and lists have in common. */

export const popupClass = 'z-50 animate-pop-in rounded-lg border bg-raised p-1 shadow-lg';

export const itemClass =
  'flex min-h-8 cursor-default select-none items-center gap-2.5 rounded-md px-2 py-1 text-sm outline-none [&>svg]:size-4 [&>svg]:shrink-0';

export const menuLabelClass = 'px-2 pt-1.5 pb-1 text-muted text-xs';

create table public.webhook_source_rules (
  relation regclass references public.webhook_sources (relation) on delete cascade,
  place smallint check (place between 1 and 100),
  event_type text not null references public.webhook_event_types (name),
  operation text not null check (operation in ('insert', 'update', 'delete')),
  columns text[] check (cardinality(columns) between 1 and 49),
  changed text,
  changed_to text,
  fields json,
  instead boolean not null default false,
  primary key (relation, place),
  constraint webhook_source_rules_changed_check check (changed is null or operation = 'update'),
  constraint webhook_source_rules_to_check check (changed_to is null or changed is not null),
  constraint webhook_source_rules_fields_check check ((fields is null) = (changed is null)),
  constraint webhook_source_rules_instead_check check (not instead or changed is not null)
);

comment on table public.webhook_source_rules is
  'What a source tells of an insert, an update, a delete: one event each; and for a column of its own.';
comment on column public.webhook_source_rules.columns is
  'What the payload has of the row, in this order; null: all that may go out, in the order of the table.';
comment on column public.webhook_source_rules.changed is
  'The event comes when this column changes; with changed_to, when it changes to that.';
comment on column public.webhook_source_rules.fields is
  'The payload of such an event beside id: {"name": "old.column" | "new.column" | "now"}.';
comment on column public.webhook_source_rules.instead is
  'Whether what such an event says is left out of the update''s own.';

create unique index webhook_source_rules_operation on public.webhook_source_rules (relation, operation) where changed is null;
create index webhook_source_rules_event_type on public.webhook_source_rules (event_type);

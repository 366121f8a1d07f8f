create table public.webhook_stats_hourly (
  webhook_id uuid not null,
  hour timestamptz not null,
  succeeded integer not null default 0,
  failed integer not null default 0,
  retried integer not null default 0,
  duration_ms_sum bigint not null default 0,
  latency_histogram integer[] not null,
  errors_4xx integer not null default 0, -- 410 too
  errors_5xx integer not null default 0,
  errors_timeout integer not null default 0,
  errors_network integer not null default 0,
  errors_transform integer not null default 0,
  skipped integer not null default 0,
  stripe smallint not null default 0,
  primary key (webhook_id, hour, stripe)
) with (fillfactor = 50);

comment on table public.webhook_stats_hourly is
  'Per webhook and hour: outcomes and a histogram of the latencies of answered attempts, written by settle. Charts never count raw rows. Tests are left out.';
comment on column public.webhook_stats_hourly.errors_4xx is
  'The errors_ columns count failed attempts by what failed; failed + retried less their sum failed in another way.';
comment on column public.webhook_stats_hourly.stripe is
  'Each ten seconds of the hour have a row of their own, 1 to 361, until a chore adds them to row 0: while anybody keeps an old snapshot, a row that is written again and again costs more each time.';

create index webhook_stats_hourly_hour on public.webhook_stats_hourly (hour);
create index webhook_stats_hourly_stripes on public.webhook_stats_hourly (hour, stripe) where stripe > 0;

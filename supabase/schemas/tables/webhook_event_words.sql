create table public.webhook_event_words (
  event_id uuid primary key,
  words tsvector not null
) partition by range (event_id);

comment on table public.webhook_event_words is
  'What each event is found by. Written behind the events, by a chore: no event waits for it. Partitioned by day, as they are.';

create index webhook_event_words_words on public.webhook_event_words using gin (words) with (fastupdate = off);

-- What comes on a day that nobody foresaw.
create table webhook_partitions.webhook_event_words_default partition of public.webhook_event_words default;

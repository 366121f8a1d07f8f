create table public.webhook_event_types (
  name text primary key check (public.webhook_event_name_is_valid(name)),
  kind text not null generated always as (split_part(name, '.', 1)) stored,
  labels jsonb not null default '{}' check (jsonb_typeof(labels) = 'object' and octet_length(labels::text) <= 2000),
  descriptions jsonb not null default '{}' check (jsonb_typeof(descriptions) = 'object' and octet_length(descriptions::text) <= 10000),
  schema json check (octet_length(schema::text) <= 65536 and json_typeof(schema) = 'object'),
  schema_mode text not null default 'document' check (schema_mode in ('document', 'warning', 'gate')),
  sample json check (octet_length(sample::text) <= 65536),
  label_paths text[] not null default '{}' check (cardinality(label_paths) <= 10),
  source regclass references public.webhook_sources (relation) on delete set null,
  deprecated_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint webhook_event_types_gate_check check (schema_mode = 'document' or schema is not null)
);

comment on table public.webhook_event_types is
  'The registry of event types: what may be triggered, and what the system emits itself (webhook.*).';
comment on column public.webhook_event_types.labels is
  'Its name for people, {"fr": …, "en": …}.';
comment on column public.webhook_event_types.schema is
  'The JSON Schema (2020-12) of its payload.';
comment on column public.webhook_event_types.schema_mode is
  'What is done with a payload that does not fit, where the application is asked to trigger it: document: nothing; warning: the answer says so; gate: it is refused.';
comment on column public.webhook_event_types.label_paths is
  'Where its payload has what people call the record, such as {prenom, nom}.';
comment on column public.webhook_event_types.source is
  'The table that tells it by itself; null: only code triggers it.';
comment on column public.webhook_event_types.deprecated_at is
  'Since when nothing new should listen to it. It can be triggered all the same.';

create index webhook_event_types_source on public.webhook_event_types (source);

-- As lib/domain/eventTypes.ts and eventSchemas.ts have them; a test holds the two together.
insert into public.webhook_event_types (name, labels, descriptions, label_paths, created_at, sample, schema) values
  ('lead.created', '{"fr":"Lead créé","en":"Lead created"}', '{"fr":"Un nouveau lead est créé.","en":"A new lead is created."}', '{prenom,nom}', '2026-11-01T00:00:00Z',
    '{"id":"123e4567-e89b-12d3-a456-426614174000","nom":"Dupont","prenom":"Jean","email":"jean.dupont@example.com","telephone":"+33612345678","statut":"nouveau","created_at":"2024-01-15T10:30:00Z"}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"id":{"type":"string","description":"UUID"},"nom":{"type":"string"},"prenom":{"type":["string","null"]},"email":{"type":["string","null"]},"telephone":{"type":["string","null"]},"statut":{"type":"string"},"created_at":{"type":"string","description":"ISO 8601"}},"required":["id"],"additionalProperties":{}}'),
  ('lead.updated', '{"fr":"Lead modifié","en":"Lead updated"}', '{"fr":"Les champs d’un lead sont modifiés.","en":"Fields of a lead are changed."}', '{}', '2026-11-01T00:00:01Z',
    '{"id":"123e4567-e89b-12d3-a456-426614174000","changes":{"telephone":"+33698765432","email":"j.dupont@example.com"},"previous":{"telephone":"+33612345678","email":"jean.dupont@example.com"}}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"id":{"type":"string","description":"UUID"},"changes":{"type":"object","propertyNames":{"type":"string"},"additionalProperties":{}},"previous":{"type":"object","propertyNames":{"type":"string"},"additionalProperties":{}}},"required":["id"],"additionalProperties":{}}'),
  ('lead.deleted', '{"fr":"Lead supprimé","en":"Lead deleted"}', '{"fr":"Un lead est supprimé.","en":"A lead is deleted."}', '{prenom,nom}', '2026-11-01T00:00:02Z',
    '{"id":"123e4567-e89b-12d3-a456-426614174000","nom":"Dupont","prenom":"Jean"}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"id":{"type":"string","description":"UUID"},"nom":{"type":"string"},"prenom":{"type":["string","null"]},"email":{"type":["string","null"]},"telephone":{"type":["string","null"]},"statut":{"type":"string"},"created_at":{"type":"string","description":"ISO 8601"}},"required":["id"],"additionalProperties":{}}'),
  ('lead.status_changed', '{"fr":"Statut du lead changé","en":"Lead status changed"}', '{"fr":"Le statut d’un lead change.","en":"The status of a lead changes."}', '{}', '2026-11-01T00:00:03Z',
    '{"id":"123e4567-e89b-12d3-a456-426614174000","ancien_statut":"nouveau","nouveau_statut":"qualifie"}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"id":{"type":"string","description":"UUID"},"ancien_statut":{"type":"string"},"nouveau_statut":{"type":"string"}},"required":["id"],"additionalProperties":{}}'),
  ('appointment.created', '{"fr":"Rendez-vous créé","en":"Appointment created"}', '{"fr":"Un nouveau rendez-vous est pris.","en":"A new appointment is made."}', '{titre}', '2026-11-01T00:00:04Z',
    '{"id":"7c9e6679-7425-40de-944b-e07fc1f90ae7","lead_id":"123e4567-e89b-12d3-a456-426614174000","titre":"Visite du bien","debut":"2024-01-18T14:00:00Z","fin":"2024-01-18T14:45:00Z","lieu":"12 rue des Lilas, 69003 Lyon","statut":"planifie"}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"id":{"type":"string","description":"UUID"},"lead_id":{"type":["string","null"]},"titre":{"type":"string"},"debut":{"type":"string","description":"ISO 8601"},"fin":{"type":"string","description":"ISO 8601"},"lieu":{"type":["string","null"]},"statut":{"type":"string"}},"required":["id"],"additionalProperties":{}}'),
  ('appointment.updated', '{"fr":"Rendez-vous modifié","en":"Appointment updated"}', '{"fr":"L’heure, le lieu ou un autre champ d’un rendez-vous est modifié.","en":"The time, the place or another field of an appointment is changed."}', '{}', '2026-11-01T00:00:05Z',
    '{"id":"7c9e6679-7425-40de-944b-e07fc1f90ae7","changes":{"debut":"2024-01-19T09:00:00Z","fin":"2024-01-19T09:45:00Z"},"previous":{"debut":"2024-01-18T14:00:00Z","fin":"2024-01-18T14:45:00Z"}}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"id":{"type":"string","description":"UUID"},"changes":{"type":"object","propertyNames":{"type":"string"},"additionalProperties":{}},"previous":{"type":"object","propertyNames":{"type":"string"},"additionalProperties":{}}},"required":["id"],"additionalProperties":{}}'),
  ('appointment.cancelled', '{"fr":"Rendez-vous annulé","en":"Appointment cancelled"}', '{"fr":"Un rendez-vous est annulé.","en":"An appointment is cancelled."}', '{}', '2026-11-01T00:00:06Z',
    '{"id":"7c9e6679-7425-40de-944b-e07fc1f90ae7","motif":"Client indisponible","annule_le":"2024-01-17T16:20:00Z"}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"id":{"type":"string","description":"UUID"},"motif":{"type":["string","null"]},"annule_le":{"type":"string","description":"ISO 8601"}},"required":["id"],"additionalProperties":{}}'),
  ('file.uploaded', '{"fr":"Fichier ajouté","en":"File uploaded"}', '{"fr":"Un fichier est ajouté.","en":"A file is uploaded."}', '{nom}', '2026-11-01T00:00:07Z',
    '{"id":"9b2d7f64-1f0a-4c7e-8a55-3e1d9c0b6a21","lead_id":"123e4567-e89b-12d3-a456-426614174000","nom":"devis-dupont.pdf","type_mime":"application/pdf","taille":184320,"created_at":"2024-01-15T11:05:00Z"}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"id":{"type":"string","description":"UUID"},"lead_id":{"type":["string","null"]},"nom":{"type":"string"},"type_mime":{"type":["string","null"]},"taille":{"description":"octets","type":["number","null"]},"created_at":{"type":"string","description":"ISO 8601"}},"required":["id"],"additionalProperties":{}}'),
  ('file.deleted', '{"fr":"Fichier supprimé","en":"File deleted"}', '{"fr":"Un fichier est supprimé.","en":"A file is deleted."}', '{nom}', '2026-11-01T00:00:08Z',
    '{"id":"9b2d7f64-1f0a-4c7e-8a55-3e1d9c0b6a21","lead_id":"123e4567-e89b-12d3-a456-426614174000","nom":"devis-dupont.pdf"}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"id":{"type":"string","description":"UUID"},"lead_id":{"type":["string","null"]},"nom":{"type":"string"},"type_mime":{"type":["string","null"]},"taille":{"description":"octets","type":["number","null"]},"created_at":{"type":"string","description":"ISO 8601"}},"required":["id"],"additionalProperties":{}}'),
  ('webhook.disabled', '{"fr":"Webhook désactivé","en":"Webhook disabled"}', '{"fr":"Le système désactive un webhook : son récepteur a répondu 410, ou tout a échoué pendant 5 jours.","en":"The system switches a webhook off: its receiver answered 410, or everything failed for 5 days."}', '{name}', '2026-11-01T00:00:09Z',
    '{"id":"0190a6e4-5b1c-7f3e-8d21-6a4c9f0e7b35","name":"Synchronisation comptable","reason":"failing","disabled_at":"2024-01-20T10:30:00Z"}',
    '{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"id":{"type":"string","description":"UUID"},"name":{"type":"string"},"reason":{"type":"string","enum":["gone","failing"],"description":"gone: 410; failing: 5 days of failures"},"disabled_at":{"type":"string","description":"ISO 8601"}},"required":["id","name","reason","disabled_at"],"additionalProperties":false}');

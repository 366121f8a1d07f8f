-- The CRM tables tell their changes themselves.

select public.attach_webhook_source('public.crm_leads', kind => 'lead', label => array['prenom', 'nom'], iso_times => true, rules => '[
  {"event": "created", "on": "insert", "columns": ["nom", "prenom", "email", "telephone", "statut", "created_at"]},
  {"event": "updated", "on": "update", "columns": ["nom", "prenom", "email", "telephone", "statut"]},
  {"event": "status_changed", "on": "update", "changed": "statut", "fields": {"ancien_statut": "old.statut", "nouveau_statut": "new.statut"}},
  {"event": "deleted", "on": "delete", "columns": ["nom", "prenom", "email"]}
]');

-- What a cancellation says by itself is no update besides; a deletion has no event in the catalogue.
select public.attach_webhook_source('public.crm_appointments', kind => 'appointment', label => array['titre'], iso_times => true, rules => '[
  {"event": "created", "on": "insert", "columns": ["lead_id", "titre", "debut", "fin", "lieu", "statut"]},
  {"event": "updated", "on": "update", "columns": ["titre", "lead_id", "debut", "fin", "lieu", "statut", "motif"]},
  {"event": "cancelled", "on": "update", "changed": "statut", "changed_to": "annule", "instead": true,
    "fields": {"motif": "new.motif", "annule_le": "now"}}
]');

select public.attach_webhook_source('public.crm_files', kind => 'file', label => array['nom'], iso_times => true, rules => '[
  {"event": "uploaded", "on": "insert", "columns": ["lead_id", "nom", "type_mime", "taille", "created_at"]},
  {"event": "deleted", "on": "delete", "columns": ["lead_id", "nom"]}
]');

-- Who holds a chore's row keeps that chore from being done, and no other: the note of its failure waits no longer than it did.

alter function public.note_webhook_chore_failure set lock_timeout = '200ms';

-- Partitions live in a schema of their own, which no API exposes. Those of days are made and dropped by the chores.

create schema webhook_partitions;
revoke all on schema webhook_partitions from public;

-- Foreign keys first, so that they can be dropped first.
SELECT conname, pg_get_constraintdef(oid)
FROM pg_constraint
WHERE conrelid = 'activity_event'::regclass
ORDER BY contype = 'f' DESC, conname;

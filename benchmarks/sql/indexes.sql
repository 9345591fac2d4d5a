SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'activity_event' ORDER BY indexname;

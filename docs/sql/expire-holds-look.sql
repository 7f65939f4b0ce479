SELECT EXISTS (SELECT FROM holds WHERE status = 'held' AND expires_at <= clock_timestamp())

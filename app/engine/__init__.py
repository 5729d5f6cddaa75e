"""The worker's side of the page: takes frames and wishes, answers plain records."""

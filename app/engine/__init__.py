"""The worker's side of the page: takes frames and wishes, calls the library, answers plain records."""

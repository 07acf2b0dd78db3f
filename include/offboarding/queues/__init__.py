"""Where messages of departures come from: one file a kind of queue."""

"""Where messages of departures come from: one package a kind of queue."""

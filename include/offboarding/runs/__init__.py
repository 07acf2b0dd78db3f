"""Nights, departures, rechecks and the doctor: what a run does, one function a task."""

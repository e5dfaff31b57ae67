"""`counting_hook`, one event at a time: a host or a bridge that finds `on_events` in a hook would hand over batches."""

from counting_hook import on_event

__all__ = ["on_event"]

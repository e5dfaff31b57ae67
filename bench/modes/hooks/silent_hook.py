"""A gate that lets everything pass."""


def on_event(event: dict) -> None:
    pass

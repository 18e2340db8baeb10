"""The sentences of the program, a module a subject; `ui.messages` gives them out. Nothing here imports Qt."""

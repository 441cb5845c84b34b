"""Pictures as files: what is taken in, what is made of it. Knows no database and no settings.

`python -m articles.pictures` makes a picture's renditions in a process of its own, so that no
file, however it was made, costs more time or memory than that process may have.
"""

"""A ticket's plain text in the markup of trackers that render one: nothing that a system told is acted on by it.

A login, a name or a DN may hold a mention, a link, an image or a command of the tracker's. So blocks are told by the
layout that our own texts have (`blocks`), and words within them are written as words, or as code (`markdown`).
"""

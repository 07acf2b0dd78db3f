"""Random companies with keys, and a second opinion on who may have held which: no code is shared with the store's."""

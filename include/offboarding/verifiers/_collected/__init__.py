"""Files that somebody collects into a folder of this machine: read strictly, since one that is missing or cut off must
not make a key look gone, and searched for private keys, which have no business there.
"""

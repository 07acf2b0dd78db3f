"""What kinds share that read a folder of collected files: a machine each, told by a script on that machine."""

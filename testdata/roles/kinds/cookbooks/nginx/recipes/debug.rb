package "strace"

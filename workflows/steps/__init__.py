"""The micro-processes, a module each: what a step asks, what it reads of the answers, when it is over."""

# the callback

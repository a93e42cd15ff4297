import time

import state

state.runs += 1
first = 1
time.sleep(0.1)
if state.runs == 1:
    raise ValueError("the first time")
last = 2

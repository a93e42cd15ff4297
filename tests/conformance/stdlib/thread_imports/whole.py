import time

import state

state.runs += 10
time.sleep(0.1)
last = "whole"

import time

time.sleep(0.1)
import one

name = "two"

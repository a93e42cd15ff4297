import time

time.sleep(0.1)
import two

name = "one"

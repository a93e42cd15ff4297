"""Loops that call nothing let other threads run."""
import threading, time
flag = False
def other():
    global flag
    time.sleep(0.05)
    flag = True
t = threading.Thread(target=other); t.start()
n = 0
while not flag:
    n += 1
print("seen", n > 0)
t.join()
def spin(stop):
    c = 0
    for i in range(10**12):
        c += 1
        if stop: break
    print("spun")
stop = []
t = threading.Thread(target=spin, args=(stop,)); t.start()
time.sleep(0.05)
stop.append(1)
t.join()
print("end")

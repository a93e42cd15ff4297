import time


def nap():
    time.sleep(1)  # tauraro: ignore[TAU0303]

from websockets.sync.client import connect

connect("ws://localhost")

import hashlib
import hmac
import secrets

for name in sorted(hashlib.algorithms_guaranteed):
    h = hashlib.new(name, b"tauraro")
    h.update(b" and more")
    n = (20,) if name.startswith("shake") else ()
    print(h.name, h.digest_size, h.block_size, h.hexdigest(*n), h.copy().digest(*n) == h.digest(*n))
print(hashlib.sha256(b"").hexdigest() == hashlib.new("SHA256").hexdigest(), hashlib.md5(bytearray(b"x"), usedforsecurity=False).hexdigest())
print(hashlib.blake2b(b"a", digest_size=16, key=b"k", salt=b"s", person=b"p").hexdigest(), hashlib.blake2s(b"a", fanout=2, depth=3, leaf_size=4, node_offset=5, node_depth=1, inner_size=6, last_node=True).hexdigest())
print(hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 1000).hex(), hashlib.pbkdf2_hmac("sha1", b"p", b"s", 2, 10).hex())
print(hashlib.scrypt(b"password", salt=b"NaCl", n=16, r=8, p=2, dklen=32).hex())
print(hmac.new(b"key", b"msg", "sha256").hexdigest(), hmac.digest(b"k" * 200, b"m", "sha512").hex()[:20], hmac.new(b"k", digestmod=hashlib.md5).name)
print(hmac.compare_digest("a", "a"), hmac.compare_digest(b"a", b"b"), len(secrets.token_hex(4)), len(secrets.token_bytes(3)))
for f in (lambda: hashlib.sha256("text"), lambda: hashlib.new("nope"), lambda: hashlib.sha1(3), lambda: hashlib.blake2b(digest_size=65), lambda: hashlib.blake2b(key=b"x" * 65), lambda: hmac.new(b"k", b"m"), lambda: hashlib.pbkdf2_hmac("sha256", b"", b"", 0), lambda: hmac.compare_digest("é", "a"), lambda: hmac.compare_digest("a", b"a"), lambda: hashlib.scrypt(b"", salt=b"", n=3, r=1, p=1), lambda: hashlib.shake_128(b"").hexdigest()):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)

"""Count words: no asyncio, plain language and containers."""
import sys
from collections import Counter

TEXT = """the quick brown fox jumps over the lazy dog
the dog sleeps and the fox runs"""


def words(text):
    for line in text.splitlines():
        yield from line.split()


def main(args):
    limit = int(args[0]) if args else 3
    counts = Counter(words(TEXT))
    width = max(len(word) for word in counts)
    for word, count in counts.most_common(limit):
        print(f"{word:<{width}} {count:>3} {'#' * count}")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Groups, except*, notes, chained causes, and a program that ends with an exception group."""
import asyncio
import sys
import traceback


class Retry(Exception):
    def __init__(self, attempts, *rest):
        super().__init__(f"gave up after {attempts} attempts", *rest)
        self.attempts = attempts


async def fail(kind, text, delay=0):
    await asyncio.sleep(delay)
    raise kind(text)


async def retry(make, attempts=3):
    errors = []
    for number in range(attempts):
        try:
            return await make(number)
        except (ValueError, OSError) as error:
            error.add_note(f"attempt {number + 1}")
            errors.append(error)
    raise Retry(attempts) from ExceptionGroup("all attempts", errors)


async def main():
    async def flaky(number):
        if number < 2:
            raise (ValueError if number else ConnectionResetError)(f"n{number}")
        return "fine"

    print(await retry(flaky))
    try:
        await retry(flaky, 2)
    except Retry as error:
        print(error, repr(error.__cause__), [e.__notes__ for e in error.__cause__.exceptions])
        traceback.print_exception(error, file=sys.stdout, limit=0)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fail(ValueError, "v"))
            group.create_task(fail(TypeError, "t"))
            group.create_task(fail(KeyError, "late", 5))
    except* ValueError as group:
        print("values", group.exceptions)
    except* TypeError as group:
        print("types", repr(group))
    group = ExceptionGroup("top", [ValueError(1), ExceptionGroup("in", [OSError(2, "two"), TypeError(3)])])
    match, rest = group.split(OSError)
    print(match, "|", rest, "|", group.subgroup(lambda e: isinstance(e, TypeError)))
    print(group.derive([KeyError("x")]))
    for wait in ("ALL_COMPLETED", "FIRST_EXCEPTION"):
        tasks = [asyncio.create_task(fail(ValueError, "w")), asyncio.create_task(asyncio.sleep(0.02, "slept"))]
        done, pending = await asyncio.wait(tasks, return_when=getattr(asyncio, wait))
        print(wait, len(done), len(pending), [str(t.exception()) for t in tasks if t in done])
        for task in pending:
            task.cancel("enough")
            try:
                await task
            except asyncio.CancelledError as stop:
                print("cancelled with", stop.args)
    try:
        try:
            raise KeyError("first")
        finally:
            [][0]
    except IndexError as error:
        print(repr(error.__context__), error.__suppress_context__)
    async with asyncio.TaskGroup() as group:
        group.create_task(retry(flaky, 1), name="last")
        group.create_task(fail(RuntimeError, "other"))


asyncio.run(main())

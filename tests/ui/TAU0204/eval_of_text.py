def compile(text):
    return text


def run(text):
    return eval(text)


print(compile("1 + 1"))

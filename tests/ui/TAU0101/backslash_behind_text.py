if True:
    x = """one
    two""" \ three

"""How the modules of this folder change moto: each function below a decorator is one gap, named by its first line.

`adds` an operation that moto lacks, `extends` one that it has (the function gets moto's own first), `replaces` one that
it gets wrong. All three refuse to load where moto has moved on, so that an update of moto shows what became needless.
"""

import functools


def adds(cls):
    def decorate(function):
        name = function.fget.__name__ if isinstance(function, property) else function.__name__
        if hasattr(cls, name):
            raise TypeError(f"moto has {cls.__name__}.{name} by now: remove ours")
        setattr(cls, name, function)
        return function

    return decorate


def extends(cls):
    def decorate(function):
        original = _own(cls, function.__name__)
        if isinstance(original, property):

            @functools.wraps(function)
            def fget(self):
                return function(original.fget, self)

            setattr(cls, function.__name__, property(fget, original.fset))
        else:

            @functools.wraps(original)
            def method(*args, **kwargs):
                return function(original, *args, **kwargs)

            setattr(cls, function.__name__, method)
        return function

    return decorate


def replaces(cls):
    def decorate(function):
        _own(cls, function.__name__)
        setattr(cls, function.__name__, function)
        return function

    return decorate


def _own(cls, name):
    if not hasattr(cls, name):
        raise TypeError(f"moto has no {cls.__name__}.{name} any more")
    return getattr(cls, name)
